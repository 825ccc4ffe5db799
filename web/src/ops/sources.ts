/** How fresh each source of the wall is. A stale wall that looks alive is the worst defect. */
import type { Health } from "../feed";

export type Freshness = "fresh" | "waiting" | "stale";

const FIGURES_OLD = 120_000; // ms: four answers in a row did not come

export interface Known {
  health: Health;
  /** When the line last proved itself, in ms since the epoch. */
  freshAt: number | null;
  figuresAt: number | null;
  figuresFailed: boolean;
  /** When the board on the map was last read whole. */
  boardAt: number | null;
  boardFailed: boolean;
  ground: boolean;
}

export interface Source {
  name: "feed" | "figures" | "map";
  freshness: Freshness;
  at: number | null;
}

export function feedFreshness(health: Health): Freshness {
  if (health === "live") return "fresh";
  return health === "connecting" ? "waiting" : "stale";
}

function figuresFreshness(known: Known, now: number): Freshness {
  if (known.figuresAt === null) return known.figuresFailed ? "stale" : "waiting";
  return now - known.figuresAt > FIGURES_OLD ? "stale" : "fresh";
}

/** The map is as fresh as the feed that moves it, once board and ground are there. */
function mapFreshness(known: Known): Freshness {
  if (known.boardFailed) return "stale";
  if (known.boardAt === null || !known.ground) return "waiting";
  return feedFreshness(known.health);
}

export function sourcesOf(known: Known, now: number): Source[] {
  const mapAt = known.boardAt === null ? null : Math.max(known.boardAt, known.freshAt ?? 0);
  return [
    { name: "feed", freshness: feedFreshness(known.health), at: known.freshAt },
    { name: "figures", freshness: figuresFreshness(known, now), at: known.figuresAt },
    { name: "map", freshness: mapFreshness(known), at: mapAt },
  ];
}
