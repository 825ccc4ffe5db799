import { expect, test } from "vitest";
import { between, inside, moved, same } from "./boxes";

const box = { x: 0.2, y: 0.3, w: 0.1, h: 0.1 };

test("a box lies between two corners, whichever way it was drawn", () => {
  const drawn = { x: 0.1, y: 0.2, w: 0.4, h: 0.3 };
  expect(between([0.1, 0.2], [0.5, 0.5])).toEqual(drawn);
  expect(between([0.5, 0.5], [0.1, 0.2])).toEqual(drawn);
});

test("a click draws nothing, and a drag over the edge ends there", () => {
  expect(between([0.5, 0.5], [0.503, 0.504])).toBeNull();
  expect(between([0.8, 0.8], [1.4, 1.2])).toEqual({ x: 0.8, y: 0.8, w: 0.2, h: 0.2 });
});

test("keys move a box, make it larger, and never take it out of the picture", () => {
  expect(moved(box, "ArrowRight", false)).toEqual({ ...box, x: 0.21 });
  expect(moved(box, "ArrowDown", true)).toEqual({ ...box, h: 0.11 });
  expect(moved({ ...box, x: 0 }, "ArrowLeft", false)).toEqual({ ...box, x: 0 });
  expect(moved(box, "Enter", false)).toBeNull();
});

test("what is too small to be seen is made large enough", () => {
  expect(inside({ x: 0.999, y: 0, w: 0.0001, h: 2 })).toEqual({ x: 0.99, y: 0, w: 0.01, h: 1 });
});

test("the same boxes in the same order are the same", () => {
  expect(same([box], [{ ...box }])).toBe(true);
  expect(same([box], [])).toBe(false);
  expect(same([box], [{ ...box, w: 0.2 }])).toBe(false);
});
