/** Where a unit's name stands, so that no count covers it and no edge cuts it off. Pixels. */

export interface Label {
  x: number;
  y: number;
  width: number;
}

export interface Disc {
  x: number;
  y: number;
  radius: number;
}

/** What is seen of the map: all of it, but for the buttons in the upper right corner. */
export interface Frame {
  width: number;
  height: number;
  corner: { width: number; height: number };
}

export type Offset = [number, number];
/** Null: nowhere near its unit can it be seen whole, and elsewhere it would name another. */
export type Stand = Offset | null;

const HALF_HEIGHT = 9;
const AIR = 3;
const BOUNDLESS: Frame = { width: Infinity, height: Infinity, corner: { width: 0, height: 0 } };

function covers(disc: Disc, x: number, y: number, halfWidth: number): boolean {
  const dx = Math.max(Math.abs(disc.x - x) - halfWidth, 0);
  const dy = Math.max(Math.abs(disc.y - y) - HALF_HEIGHT, 0);
  return Math.hypot(dx, dy) < disc.radius + AIR;
}

/** How far a name at this place must move sideways to be seen whole. */
function inwards(x: number, y: number, half: number, { width, corner }: Frame): number {
  const right = y - HALF_HEIGHT < corner.height ? width - corner.width : width;
  return Math.max(half + AIR - x, 0) || Math.min(right - half - AIR - x, 0);
}

function seen({ x, y }: Label, { width, height }: Frame): boolean {
  return x >= 0 && y >= 0 && x <= width && y <= height;
}

function touches({ x, width: name }: Label, { width }: Frame): boolean {
  return x > -name / 2 && x < width + name / 2;
}

/** The first free place of each name: its own, then below, above, right, left; its own if none is. */
export function dodge(
  labels: readonly Label[],
  discs: readonly Disc[],
  scale = 1,
  frame: Frame = BOUNDLESS,
): Stand[] {
  return labels.map((label) => {
    const { x, y, width } = label;
    const half = width / 2;
    const near = discs.filter((one) => Math.abs(one.x - x) < half * 2 + 120 * scale);
    const within = ([dx, dy]: Offset): Offset[] => {
      if (!seen(label, frame)) return touches(label, frame) ? [] : [[dx, dy]];
      const aside = dx + inwards(x + dx, y + dy, half, frame);
      return Math.abs(aside) > half + 32 * scale ? [] : [[aside, dy]];
    };
    const places: Offset[] = [
      [0, 0],
      [0, 34 * scale],
      [0, -34 * scale],
      [half + 32 * scale, 0],
      [-half - 32 * scale, 0],
      [0, 56 * scale],
      [0, -56 * scale],
    ];
    const whole = places.flatMap(within);
    const free = whole.find(([dx, dy]) => !near.some((one) => covers(one, x + dx, y + dy, half)));
    return free ?? whole[0] ?? null;
  });
}
