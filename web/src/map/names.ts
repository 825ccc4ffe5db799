/** The units' names kept clear of what is drawn over them, each time the map comes to rest. */
import type { MapGeoJSONFeature } from "maplibre-gl";
import { locale } from "../i18n";
import type { BaseMap } from "./base";
import type { Boundaries } from "./geo";
import { widthOf } from "./images";
import { dodge, type Frame } from "./labels";
import type { Alarm } from "./points";
import type { Drawn } from "./rings";
import { namesGeoJson } from "./style";

const MARK = 16; // half of a mark, px
const CORNER = { width: 62, height: 196 }; // the map's own buttons, px
/** By the source itself: a new style has a new one, with every name in its own place again. */
const drawn = new WeakMap<object, string>();

/** The marks and counts on the screen; `found` is what the map says it has drawn. */
export function drawnOf(base: BaseMap, found: MapGeoJSONFeature[]): Drawn[] {
  return found.flatMap(({ geometry, properties }) => {
    if (geometry.type !== "Point") return [];
    const [lon, lat] = geometry.coordinates as [number, number];
    const text = properties.point_count_abbreviated as string | number | undefined;
    const radius = text === undefined ? MARK : 18 + 2 * Math.min(String(text).length, 4);
    const id = typeof properties.id === "string" ? properties.id : null;
    const alarm = Number(properties.alarm ?? 0) as Alarm;
    const { x, y } = base.map.project([lon, lat]);
    return [{ x, y, lat, lon, id, alarm, radius: radius * base.scale }];
  });
}

function frameOf({ map }: BaseMap): Frame {
  const { clientWidth: width, clientHeight: height } = map.getContainer();
  return { width, height, corner: CORNER };
}

/** Move the names that `discs` would cover; nothing is drawn anew where all stand well already. */
export function clearOf(base: BaseMap, boundaries: Boundaries, discs: Drawn[]): void {
  const { map, scale } = base;
  const source = map.getLayer("names") && map.getSource("names");
  if (!source) return;
  const content = { boundaries, language: locale.current };
  const labels = namesGeoJson(content).features.map(({ geometry, properties }) => {
    const { x, y } = map.project(geometry.coordinates as [number, number]);
    return { x, y, width: widthOf(properties.icon.slice("name/".length)) * scale };
  });
  const stands = dodge(labels, discs, scale, frameOf(base));
  const key = `${locale.current} ${boundaries.features.length} ${JSON.stringify(stands)}`;
  if (drawn.get(source) === key) return;
  drawn.set(source, key);
  base.show("names", namesGeoJson(content, stands));
}
