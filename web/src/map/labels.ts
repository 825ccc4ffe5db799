/** Where a unit's name stands, so that no count or mark covers it. Pixels. */

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

export type Offset = [number, number];

const HALF_HEIGHT = 9;
const AIR = 3;

function covers(disc: Disc, x: number, y: number, halfWidth: number): boolean {
  const dx = Math.max(Math.abs(disc.x - x) - halfWidth, 0);
  const dy = Math.max(Math.abs(disc.y - y) - HALF_HEIGHT, 0);
  return Math.hypot(dx, dy) < disc.radius + AIR;
}

/** The first free place of each name: its own, then below, above, right, left; its own if none is. */
export function dodge(labels: readonly Label[], discs: readonly Disc[], scale = 1): Offset[] {
  return labels.map(({ x, y, width }) => {
    const half = width / 2;
    const near = discs.filter((one) => Math.abs(one.x - x) < half * 2 + 120 * scale);
    const places: Offset[] = [
      [0, 0],
      [0, 34 * scale],
      [0, -34 * scale],
      [half + 32 * scale, 0],
      [-half - 32 * scale, 0],
      [0, 56 * scale],
      [0, -56 * scale],
    ];
    const free = places.find(([dx, dy]) => !near.some((one) => covers(one, x + dx, y + dy, half)));
    return free ?? [0, 0];
  });
}
