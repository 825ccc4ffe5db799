/** The rings that blink over emergencies, each round the mark that stands for it on the screen. */
import type { BaseMap } from "./base";
import type { Disc } from "./labels";
import type { Alarm, MapPoint } from "./points";

const AIR = 7; // px between a mark and its ring
const ALONE = 19; // px; the ring of one that no mark stands for, as on a map of heat
const GATHERED = 110; // px; how far from its count a ticket may lie

export interface Place {
  lat: number;
  lon: number;
}

/** A mark or a count on the screen; a count has no id. */
export interface Drawn extends Disc, Place {
  id: string | null;
  alarm: Alarm;
}

export interface Ring extends Place {
  radius: number;
}

export type Spot = Pick<MapPoint, "id" | "lat" | "lon"> & { x: number; y: number };

function markOf({ id, x, y }: Spot, drawn: readonly Drawn[], scale: number): Drawn | undefined {
  const own = drawn.find((one) => one.id === id);
  if (own) return own;
  const far = (one: Drawn) => Math.hypot(one.x - x, one.y - y);
  return drawn
    .filter((one) => one.id === null && one.alarm === 3 && far(one) < GATHERED * scale)
    .sort((a, b) => far(a) - far(b))[0];
}

/** One ring for each mark, however many emergencies it counts. */
export function ringsOf(spots: readonly Spot[], drawn: readonly Drawn[], scale = 1): Ring[] {
  const rings = new Map<Drawn | Spot, Ring>();
  for (const spot of spots) {
    const mark = markOf(spot, drawn, scale);
    const { lat, lon } = mark ?? spot;
    const radius = (mark?.radius ?? ALONE * scale) + AIR * scale;
    rings.set(mark ?? spot, { lat, lon, radius });
  }
  return [...rings.values()];
}

/** A canvas cannot blink by itself, and the page can stop these at once. */
export class Rings {
  readonly #base: BaseMap;
  #shown = "";
  #gone: (() => void)[] = [];

  constructor(base: BaseMap) {
    this.#base = base;
  }

  show(alerts: readonly MapPoint[], drawn: readonly Drawn[]): void {
    const { map, scale } = this.#base;
    const spots = alerts.map(({ id, lat, lon }) => ({ id, lat, lon, ...map.project([lon, lat]) }));
    const rings = ringsOf(spots, drawn, scale);
    const shown = JSON.stringify(rings);
    if (shown === this.#shown) return; // drawn anew they would blink out of step
    this.#shown = shown;
    for (const remove of this.#gone) remove();
    this.#gone = rings.map(({ radius, ...place }) => {
      const element = document.createElement("div");
      element.className = "map-alert";
      element.style.width = element.style.height = `${2 * radius}px`;
      return this.#base.pin(element, place);
    });
  }
}
