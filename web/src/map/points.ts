import type { Feature, FeatureCollection, Point } from "geojson";
import type { Priority, Status } from "../api/types";

export interface MapPoint {
  id: string;
  lat: number;
  lon: number;
  status: Status;
  priority: Priority;
  overdue?: boolean;
  dueSoon?: boolean;
  /** What a screen reader says for it. */
  label: string;
}

/** How loudly a point asks for a person: the loudest of a cluster colours it. */
export type Alarm = 0 | 1 | 2 | 3;

const OVER = new Set<Status>(["resolved", "closed", "rejected", "merged", "withdrawn"]);

export function alarmOf(point: MapPoint): Alarm {
  if (OVER.has(point.status)) return 0;
  if (point.priority === "emergency") return 3;
  if (point.overdue) return 2;
  return point.dueSoon ? 1 : 0;
}

export interface PointProperties {
  id: string;
  icon: string;
  alarm: Alarm;
  label: string;
}

function feature(point: MapPoint): Feature<Point, PointProperties> {
  const alarm = alarmOf(point);
  return {
    type: "Feature",
    geometry: { type: "Point", coordinates: [point.lon, point.lat] },
    properties: { id: point.id, alarm, icon: `mark/${point.status}/${alarm}`, label: point.label },
  };
}

export function selectedGeoJson(points: MapPoint[], selected: string | null) {
  return pointsGeoJson(points.filter((point) => point.id === selected));
}

export function pointsGeoJson(points: MapPoint[]): FeatureCollection<Point, PointProperties> {
  return { type: "FeatureCollection", features: points.map(feature) };
}
