/** The units' names kept clear of what is drawn over them, each time the map comes to rest. */
import type { MapGeoJSONFeature } from "maplibre-gl";
import { locale } from "../i18n";
import type { BaseMap } from "./base";
import type { Boundaries } from "./geo";
import { widthOf } from "./images";
import { dodge, type Disc } from "./labels";
import { namesGeoJson } from "./style";

const MARK = 16; // half of a mark, px
/** By the source itself: a new style has a new one, with every name in its own place again. */
const drawn = new WeakMap<object, string>();

function discOf(base: BaseMap, feature: MapGeoJSONFeature): Disc[] {
  if (feature.geometry.type !== "Point") return [];
  const { x, y } = base.map.project(feature.geometry.coordinates as [number, number]);
  const text = feature.properties.point_count_abbreviated as string | number | undefined;
  const radius = text === undefined ? MARK : 18 + 2 * Math.min(String(text).length, 4);
  return [{ x, y, radius: radius * base.scale }];
}

/** Move the names that `found` would cover; nothing is drawn anew where all stand well already. */
export function clearOf(base: BaseMap, boundaries: Boundaries, found: MapGeoJSONFeature[]): void {
  const { map, scale } = base;
  const source = map.getLayer("names") && map.getSource("names");
  if (!source) return;
  const discs = found.flatMap((feature) => discOf(base, feature));
  const content = { boundaries, language: locale.current };
  const labels = namesGeoJson(content).features.map(({ geometry, properties }) => {
    const { x, y } = map.project(geometry.coordinates as [number, number]);
    return { x, y, width: widthOf(properties.icon.slice("name/".length)) * scale };
  });
  const offsets = dodge(labels, discs, scale);
  const key = `${locale.current} ${boundaries.features.length} ${offsets.join(" ")}`;
  if (drawn.get(source) === key) return;
  drawn.set(source, key);
  base.show("names", namesGeoJson(content, offsets));
}
