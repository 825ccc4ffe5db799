/** One position for one report: watched until it is good enough, then let go. */
import type { Location } from "../api/types";

const GOOD = 20; // metres: about a street's width
const PATIENCE = 15_000; // ms to wait for a good one before taking the best so far

export type GpsFault = "denied" | "unavailable";

export class GpsError extends Error {
  readonly fault: GpsFault;
  constructor(fault: GpsFault) {
    super(fault);
    this.fault = fault;
  }
}

type Finder = Pick<Geolocation, "watchPosition" | "clearWatch">;

/** The best position within the patience; `onBetter` hears each that is better than the last. */
export function locateMe(
  onBetter: (location: Location) => void,
  finder: Finder | undefined = globalThis.navigator?.geolocation,
): Promise<Location> {
  if (!finder) return Promise.reject(new GpsError("unavailable"));
  return new Promise((resolve, reject) => {
    let best: Location | null = null;
    const end = (fault: GpsFault) => {
      clearTimeout(timer);
      finder.clearWatch(watch);
      if (best) resolve(best);
      else reject(new GpsError(fault));
    };
    const timer = setTimeout(() => end("unavailable"), PATIENCE);
    const watch = finder.watchPosition(
      ({ coords }) => {
        if (best && coords.accuracy >= (best.accuracy_m ?? Infinity)) return;
        best = {
          lat: coords.latitude,
          lon: coords.longitude,
          accuracy_m: Math.round(coords.accuracy),
        };
        onBetter(best);
        if (coords.accuracy <= GOOD) end("unavailable");
      },
      (error) => end(error.code === 1 ? "denied" : "unavailable"),
      // Never an old position: whoever asks again has moved, or did not believe the last.
      { enableHighAccuracy: true, maximumAge: 0, timeout: PATIENCE },
    );
  });
}
