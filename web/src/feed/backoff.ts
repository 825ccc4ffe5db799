import type { Closing } from "./protocol";

// All in ms. Full jitter: a thousand clients that lost one server must not return as one.
const FIRST = 1_000;
const LONGEST = 30_000;
const RESTART_SPREAD = 5_000;
const BUSY_LEAST = 30_000;
const BUSY_SPREAD = 30_000;

/** How long to wait before connecting again, in ms. `chance` is in [0, 1). */
export function delayBefore(attempt: number, why: Closing, chance: number): number {
  if (why === "return_later") return BUSY_LEAST + chance * BUSY_SPREAD;
  if (why === "restarting" && attempt === 0) return chance * RESTART_SPREAD;
  return chance * Math.min(LONGEST, FIRST * 2 ** attempt);
}
