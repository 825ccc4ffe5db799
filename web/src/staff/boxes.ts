/** Parts of a picture that are to be covered: left, top, width and height, 0 to 1. */
import type { Box } from "../api/types";

export type { Box };

export const LEAST = 0.01;
export const STEP = 0.01; // of the picture, for one press of an arrow key

/** A part to begin with in the middle, for those who draw by keys. */
export const MIDDLE: Box = { x: 0.4, y: 0.4, w: 0.2, h: 0.2 };

const within = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));
const tidy = (value: number) => Math.round(value * 10_000) / 10_000;

/** A box inside the picture, no smaller than can be seen. */
export function inside({ x, y, w, h }: Box): Box {
  const width = within(w, LEAST, 1);
  const height = within(h, LEAST, 1);
  return {
    x: tidy(within(x, 0, 1 - width)),
    y: tidy(within(y, 0, 1 - height)),
    w: tidy(width),
    h: tidy(height),
  };
}

/** The box between two corners, in any order; null for what was a click rather than a drag. */
export function between(a: [number, number], b: [number, number]): Box | null {
  const [left, right] = [Math.min(a[0], b[0]), Math.max(a[0], b[0])].map((v) => within(v, 0, 1));
  const [top, bottom] = [Math.min(a[1], b[1]), Math.max(a[1], b[1])].map((v) => within(v, 0, 1));
  if (left === undefined || right === undefined || top === undefined || bottom === undefined)
    return null;
  if (right - left < LEAST || bottom - top < LEAST) return null;
  return inside({ x: left, y: top, w: right - left, h: bottom - top });
}

const MOVES: Record<string, [number, number]> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};

/** Where a key takes a box: arrows move it, with Shift they make it larger or smaller. */
export function moved(box: Box, key: string, larger: boolean): Box | null {
  const move = MOVES[key];
  if (!move) return null;
  const [dx, dy] = move;
  return inside(
    larger ? { ...box, w: box.w + dx, h: box.h + dy } : { ...box, x: box.x + dx, y: box.y + dy },
  );
}

export const same = (one: Box[], other: Box[]) =>
  one.length === other.length &&
  one.every((box, n) => {
    const twin = other[n];
    return twin && box.x === twin.x && box.y === twin.y && box.w === twin.w && box.h === twin.h;
  });
