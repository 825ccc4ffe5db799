export function calmWished(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** A transition's length in ms, or none where the system asks for calm. */
export function calm(ms: number): number {
  return calmWished() ? 0 : ms;
}
