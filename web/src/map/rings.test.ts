import { expect, test } from "vitest";
import { ringsOf, type Drawn, type Spot } from "./rings";

const at = (x: number, y: number) => ({ x, y, lat: y, lon: x });
const spot = (id: string, x: number, y: number): Spot => ({ id, ...at(x, y) });
const mark = (id: string, x: number, y: number): Drawn => ({
  id,
  alarm: 3,
  radius: 16,
  ...at(x, y),
});
const count = (x: number, y: number, alarm: Drawn["alarm"] = 3): Drawn => ({
  id: null,
  alarm,
  radius: 20,
  ...at(x, y),
});

test("an emergency that stands alone has the ring round its own mark", () => {
  expect(ringsOf([spot("a", 50, 50)], [count(52, 50), mark("a", 50, 50)])).toEqual([
    { lat: 50, lon: 50, radius: 23 },
  ]);
});

test("one that is counted has it round the nearest count with an emergency in it", () => {
  const drawn = [count(60, 50, 2), count(90, 50), count(150, 50)];
  expect(ringsOf([spot("a", 50, 50)], drawn)).toEqual([{ lat: 50, lon: 90, radius: 27 }]);
});

test("several in one count share a ring", () => {
  const spots = [spot("a", 50, 50), spot("b", 60, 40)];
  expect(ringsOf(spots, [count(55, 45)])).toEqual([{ lat: 45, lon: 55, radius: 27 }]);
});

test("where no mark stands for it, as on a map of heat, it has its own place", () => {
  const drawn = [count(400, 50)];
  expect(ringsOf([spot("a", 50, 50)], drawn, 2)).toEqual([{ lat: 50, lon: 50, radius: 52 }]);
});
