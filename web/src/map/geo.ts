import type { FeatureCollection, MultiPolygon, Polygon, Position } from "geojson";
import type { AreaProperties } from "../api/types";

export type Boundaries = FeatureCollection<Polygon | MultiPolygon, AreaProperties>;
/** West, south, east, north in degrees. */
export type Box = [number, number, number, number];

export const nothing: Boundaries = { type: "FeatureCollection", features: [] };

const METRES_PER_DEGREE = 111_320; // of latitude, on a sphere; good to 1 %

function outerRings(shape: Polygon | MultiPolygon): Position[][] {
  const polygons = shape.type === "Polygon" ? [shape.coordinates] : shape.coordinates;
  return polygons.flatMap((rings) => (rings[0] ? [rings[0]] : []));
}

export function boxOf(boundaries: Boundaries): Box | null {
  const box: Box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const feature of boundaries.features) {
    for (const [lon = 0, lat = 0] of outerRings(feature.geometry).flat()) {
      box[0] = Math.min(box[0], lon);
      box[1] = Math.min(box[1], lat);
      box[2] = Math.max(box[2], lon);
      box[3] = Math.max(box[3], lat);
    }
  }
  return box[0] <= box[2] ? box : null;
}

/** The ground of these units alone; of all of them where none is known. */
export function boxOfUnits(boundaries: Boundaries, codes: string[]): Box | null {
  const features = boundaries.features.filter(({ properties }) => codes.includes(properties.code));
  return boxOf(features.length > 0 ? { ...boundaries, features } : boundaries);
}

export function isApproximate(boundaries: Boundaries): boolean {
  return boundaries.features.some((feature) => feature.properties.approximate);
}

/** A point moved by metres east and north. */
export function moved(lat: number, lon: number, east: number, north: number) {
  return {
    lat: lat + north / METRES_PER_DEGREE,
    lon: lon + east / (METRES_PER_DEGREE * Math.cos((lat * Math.PI) / 180)),
  };
}

const CORNERS = 48;

/** A circle of `radius` metres as a polygon: the ground within which a position is believed. */
export function circle(lat: number, lon: number, radius: number): Polygon {
  const ring: Position[] = [];
  for (let corner = 0; corner <= CORNERS; corner += 1) {
    const turn = (corner / CORNERS) * 2 * Math.PI;
    const at = moved(lat, lon, radius * Math.cos(turn), radius * Math.sin(turn));
    ring.push([at.lon, at.lat]);
  }
  return { type: "Polygon", coordinates: [ring] };
}
