/** Tickets counted by the server, by H3 cell: for a map on which there are too many to draw. */
import type { Feature, FeatureCollection, Point } from "geojson";
import type { Alarm, MapPoint } from "./points";

export interface MapCell {
  cell: string;
  lat: number;
  lon: number;
  count: number;
  overdue: number;
  due_soon: number;
  emergencies: number;
}

/** As MapLibre says of its own clusters, so that both are drawn alike. */
export interface CellProperties {
  cluster: true;
  cluster_id: string;
  point_count: number;
  point_count_abbreviated: string;
  late: number;
  soon: number;
  alarm: Alarm;
}

const THOUSAND = 1000;

/** A count in at most four letters. */
export function short(count: number): string {
  if (count < THOUSAND) return String(count);
  const [size, unit] = count < THOUSAND ** 2 ? [THOUSAND, "k"] : [THOUSAND ** 2, "M"];
  const many = count / size;
  return `${many < 9.95 ? many.toFixed(1).replace(".0", "") : Math.round(many)}${unit}`;
}

function cellFeature(one: MapCell): Feature<Point, CellProperties> {
  return {
    type: "Feature",
    geometry: { type: "Point", coordinates: [one.lon, one.lat] },
    properties: {
      cluster: true,
      cluster_id: one.cell,
      point_count: one.count,
      point_count_abbreviated: short(one.count),
      late: Math.min(one.count, Math.max(one.overdue, one.emergencies)),
      soon: one.due_soon,
      alarm: one.emergencies ? 3 : one.overdue ? 2 : one.due_soon ? 1 : 0,
    },
  };
}

export function cellsGeoJson(cells: readonly MapCell[]): FeatureCollection<Point, CellProperties> {
  return { type: "FeatureCollection", features: cells.map(cellFeature) };
}

/** Where there is much: from the server's counts, else from the points themselves. */
export function heatGeoJson(
  points: readonly MapPoint[],
  cells: readonly MapCell[] | null,
): FeatureCollection<Point, { weight: number }> {
  const spots = cells ?? points.map(({ lat, lon }) => ({ lat, lon, count: 1 }));
  const most = spots.reduce((most, { count }) => Math.max(most, count), 1);
  return {
    type: "FeatureCollection",
    features: spots.map(({ lat, lon, count }) => ({
      type: "Feature",
      geometry: { type: "Point", coordinates: [lon, lat] },
      // By its root, or one town would leave the rest of a province blank.
      properties: { weight: Math.sqrt(count / most) },
    })),
  };
}
