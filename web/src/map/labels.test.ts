import { expect, test } from "vitest";
import { dodge } from "./labels";

const name = { x: 100, y: 100, width: 80 };
const disc = (x: number, y: number) => ({ x, y, radius: 22 });

test("a name stands where its unit is while nothing covers it", () => {
  expect(dodge([name], [])).toEqual([[0, 0]]);
  expect(dodge([name], [disc(100, 170)])).toEqual([[0, 0]]);
});

test("a name goes below what covers it, else above, else beside it", () => {
  expect(dodge([name], [disc(100, 100)])).toEqual([[0, 34]]);
  expect(dodge([name], [disc(100, 100), disc(100, 140)])).toEqual([[0, -34]]);
  expect(dodge([name], [disc(100, 100), disc(100, 140), disc(100, 60)])).toEqual([[72, 0]]);
});

test("a name that finds no room stays", () => {
  const crowd = Array.from({ length: 400 }, (_, at) =>
    disc((at % 20) * 20, Math.floor(at / 20) * 20),
  );
  expect(dodge([name], crowd)).toEqual([[0, 0]]);
});
