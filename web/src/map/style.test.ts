import { validateStyleMin } from "@maplibre/maplibre-gl-style-spec";
import { expect, test } from "vitest";
import type { Boundaries } from "./geo";
import type { Palette } from "./palette";
import { alarmOf, pointsGeoJson, type MapPoint } from "./points";
import { buildStyle } from "./style";

const palette = new Proxy({} as Palette, { get: () => "#123456" });
const boundaries: Boundaries = {
  type: "FeatureCollection",
  features: [
    {
      type: "Feature",
      geometry: {
        type: "Polygon",
        coordinates: [
          [
            [107, 21],
            [108, 21],
            [108, 22],
            [107, 21],
          ],
        ],
      },
      properties: {
        code: "1",
        name_vi: "Hạ Long",
        name_en: "Ha Long",
        approximate: true,
        centre: [107.5, 21.3],
      },
    },
  ],
};
const point: MapPoint = {
  id: "a",
  lat: 21,
  lon: 107,
  status: "routed",
  priority: "normal",
  label: "Ổ gà",
};
const content = { boundaries, points: [point], language: "vi" as const, tiles: null };
const tiles = {
  tile_url: "https://tiles.example/{z}/{x}/{y}.png",
  attribution: "© Example",
  center: [107, 21] as [number, number],
  zoom: 8,
};

test.each([null, tiles])("the style is valid, asks for no glyphs, with tiles %#", (given) => {
  const style = buildStyle({ ...content, tiles: given }, palette, { selected: "a", scale: 1.6 });
  expect(validateStyleMin(style)).toEqual([]);
  expect(style.glyphs).toBeUndefined();
  const ground = style.layers.map((layer) => layer.id);
  expect(ground.includes("tiles")).toBe(given !== null);
  expect(ground.includes("land")).toBe(given === null);
});

test("units are named in the reader's language", () => {
  const style = buildStyle({ ...content, language: "en" }, palette);
  const source = style.sources.names as unknown as { data: { features: { properties: object }[] } };
  expect(source.data.features[0]?.properties).toEqual({ icon: "name/Ha Long", offset: [0, 0] });
});

test.each([
  [{}, 0],
  [{ dueSoon: true }, 1],
  [{ dueSoon: true, overdue: true }, 2],
  [{ priority: "emergency", overdue: true }, 3],
  [{ priority: "emergency", status: "closed" }, 0], // over: it asks for nobody
] as [Partial<MapPoint>, number][])("%o alarms by %d", (change, alarm) => {
  expect(alarmOf({ ...point, ...change })).toBe(alarm);
});

test("a point carries the picture of its status", () => {
  const [feature] = pointsGeoJson([{ ...point, overdue: true }]).features;
  expect(feature?.properties.icon).toBe("mark/routed/2");
});

test("what the server counted takes the place of points, and heat that of both", () => {
  const cell = { cell: "87", lat: 21, lon: 107, count: 9, overdue: 1, due_soon: 0, emergencies: 0 };
  const full = { ...content, points: [point], cells: [cell] };
  const style = buildStyle({ ...full, heat: true }, palette);
  expect(validateStyleMin(style)).toEqual([]);
  const drawn = (name: string, of = style) =>
    (of.sources[name] as unknown as { data: { features: unknown[] } }).data.features.length;
  expect(["points", "cells", "heat"].map((name) => drawn(name))).toEqual([0, 1, 1]);
  const shown = (id: string, of = style) =>
    of.layers.find((layer) => layer.id === id)?.layout?.visibility;
  const layers = ["heat", "clusters", "cells", "points"];
  expect(layers.map((id) => shown(id))).toEqual(["visible", "none", "none", "none"]);
  const marks = buildStyle(full, palette);
  expect(layers.map((id) => shown(id, marks))).toEqual(["none", "visible", "visible", "visible"]);
  expect(drawn("heat", marks)).toBe(0);
});
