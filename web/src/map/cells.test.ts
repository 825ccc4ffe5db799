import { expect, test } from "vitest";
import { cellsGeoJson, heatGeoJson, short, type MapCell } from "./cells";

const cell: MapCell = {
  cell: "87",
  lat: 21,
  lon: 107,
  count: 1234,
  overdue: 3,
  due_soon: 2,
  emergencies: 5,
};

test.each([
  [7, "7"],
  [999, "999"],
  [1000, "1k"],
  [1234, "1.2k"],
  [9_960, "10k"],
  [123_456, "123k"],
  [1_000_000, "1M"],
])("%i is written %s", (count, text) => expect(short(count)).toBe(text));

test("a cell is drawn as a cluster, red by what asks loudest", () => {
  const [feature] = cellsGeoJson([cell]).features;
  expect(feature?.geometry.coordinates).toEqual([107, 21]);
  expect(feature?.properties).toEqual({
    cluster: true,
    cluster_id: "87",
    point_count: 1234,
    point_count_abbreviated: "1.2k",
    late: 5,
    soon: 2,
    alarm: 3,
  });
});

test("heat comes from counts where there are any, else from each ticket", () => {
  const point = { id: "a", lat: 20, lon: 106, status: "routed", priority: "normal", label: "" };
  const weights = (given: ReturnType<typeof heatGeoJson>) =>
    given.features.map((one) => one.properties.weight);
  expect(weights(heatGeoJson([point as never], [cell, { ...cell, count: 4 * 1234 }]))).toEqual([
    0.5, 1,
  ]);
  expect(weights(heatGeoJson([point as never], null))).toEqual([1]);
});
