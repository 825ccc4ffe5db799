// All in ms. Half fixed, half chance: a storm's many phones must not all come back at once.
const FIRST = 4_000;
const LONGEST = 10 * 60_000;

/** How long to wait after the nth try that came to nothing. `chance` is in [0, 1). */
export function nextDelay(attempts: number, chance: number): number {
  const full = Math.min(LONGEST, FIRST * 2 ** Math.max(0, attempts - 1));
  return full / 2 + (chance * full) / 2;
}
