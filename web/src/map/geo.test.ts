import type { Polygon } from "geojson";
import { expect, test } from "vitest";
import { boxOf, boxOfUnits, circle, isApproximate, moved, nothing, type Boundaries } from "./geo";

const square = (west: number, south: number, size: number): Polygon => ({
  type: "Polygon",
  coordinates: [
    [
      [west, south],
      [west + size, south],
      [west + size, south + size],
      [west, south + size],
      [west, south],
    ],
  ],
});

const one: Boundaries = {
  type: "FeatureCollection",
  features: [
    {
      type: "Feature",
      geometry: square(107, 21, 0.5),
      properties: {
        code: "06652",
        name_vi: "Hạ Long",
        name_en: "Ha Long",
        approximate: true,
        centre: [107.25, 21.25],
      },
    },
  ],
};

test("a box holds every corner, and nothing has no box", () => {
  expect(boxOf(one)).toEqual([107, 21, 107.5, 21.5]);
  expect(boxOf(nothing)).toBeNull();
});

test("a unit has its own box, and one that nobody knows has that of all", () => {
  const [ward] = one.features;
  if (!ward) throw new Error("The ward is gone.");
  const other = { ...ward, geometry: square(108, 20, 1) };
  const two = {
    ...one,
    features: [ward, { ...other, properties: { ...ward.properties, code: "1" } }],
  };
  expect(boxOfUnits(two, ["06652"])).toEqual([107, 21, 107.5, 21.5]);
  expect(boxOfUnits(two, ["22"])).toEqual([107, 20, 109, 21.5]);
  expect(boxOfUnits(nothing, ["06652"])).toBeNull();
});

test("one approximate boundary makes the map say so", () => {
  expect([isApproximate(one), isApproximate(nothing)]).toEqual([true, false]);
});

test("a metre is a metre in both directions", () => {
  const at = moved(60, 107, 111_320, 111_320);
  expect(at.lat).toBeCloseTo(61, 6);
  expect(at.lon).toBeCloseTo(109, 6); // a degree of longitude is half as long at 60°
});

test("a circle closes", () => {
  const ring = circle(21, 107, 50).coordinates[0] ?? [];
  expect(ring).toHaveLength(49);
  expect(ring[0]?.[0]).toBeCloseTo(ring.at(-1)?.[0] ?? 0, 9);
});
