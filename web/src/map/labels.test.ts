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

const frame = { width: 300, height: 400, corner: { width: 60, height: 190 } };
const seen = (x: number, y: number, discs = [disc(x, y)]) => {
  const [stand] = dodge([{ x, y, width: 80 }], discs, 1, frame);
  return stand && [x + stand[0], y + stand[1]];
};

test("a name is never pushed over the map's edge, nor under its buttons", () => {
  expect(seen(20, 300)).toEqual([43, 334]);
  expect(seen(290, 300)).toEqual([257, 334]);
  expect(seen(260, 100, [])).toEqual([197, 100]);
  const around = [disc(40, 300), disc(40, 320), disc(40, 260), disc(100, 300)];
  expect(seen(40, 300, around)).toEqual([43, 356]);
});

test("a name that would have to go far is not shown", () => {
  expect(seen(290, 20, [])).toBeNull();
});

test("a name whose unit is out of sight stays there, and shows no end of itself", () => {
  expect(seen(-50, 300, [])).toEqual([-50, 300]);
  expect(seen(-10, 300, [])).toBeNull();
  expect(seen(310, 300, [])).toBeNull();
});
