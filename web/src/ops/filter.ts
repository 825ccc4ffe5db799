/** What the centre looks at: the address holds it, so that it can be sent to a colleague. */
import type { Priority, Status, TicketSummary } from "../api/types";
import { DONE, running } from "../staff/deadlines";

export interface Filter {
  sector: string;
  priority: string;
  area: string;
  agency: string;
}

export const FILTERS = ["sector", "priority", "area", "agency"] as const;

export const VIEWS = ["wall", "review", "returned", "overdue"] as const;
/** From this zoom on the server gives tickets, below it how many there are in each cell. */
export const TICKETS_FROM = 13;
const FINEST = 12.9;
const COARSER = 1; // zoom levels: counts keep their distance from one another
const FINER = 1.5; // zoom levels: a density has no gaps

/** How the server is asked for the open tickets of a map, by the same filter as `passes`. */
export function asked(
  filter: Filter,
  box: readonly number[],
  zoom: number,
  heat: boolean,
): Record<string, string> {
  const given = {
    status: "open",
    bbox: within(box).join(","),
    zoom: Math.max(0, Math.min(zoom + (heat ? FINER : -COARSER), FINEST)).toFixed(2),
    sector: filter.sector,
    priority: filter.priority,
    area: filter.area,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value));
}

/** The box as the server takes it: on the globe, to a metre. */
function within([west = 0, south = 0, east = 0, north = 0]: readonly number[]): string[] {
  const clamp = (value: number, most: number) => Math.max(-most, Math.min(most, value));
  return [clamp(west, 180), clamp(south, 90), clamp(east, 180), clamp(north, 90)].map((value) =>
    value.toFixed(5),
  );
}

export type View = (typeof VIEWS)[number];

type Filtered = Pick<TicketSummary, "sector" | "priority" | "area" | "agency" | "supporting">;

export function passes(ticket: Filtered, filter: Filter): boolean {
  const agencies = [ticket.agency, ...ticket.supporting];
  return (
    (!filter.sector || ticket.sector === filter.sector) &&
    (!filter.priority || ticket.priority === (filter.priority as Priority)) &&
    (!filter.area || ticket.area?.code === filter.area) &&
    (!filter.agency || agencies.includes(filter.agency))
  );
}

const STANDS: Partial<Record<View, Status>> = { review: "submitted", returned: "returned" };

/** Whether the ticket belongs to a list: to be looked at, given back, or late. */
export function inView(ticket: TicketSummary, view: View, now: number): boolean {
  if (DONE.has(ticket.status)) return false;
  if (view === "wall") return true;
  if (view === "overdue") return running(ticket, now)?.overdue ?? false;
  return ticket.status === STANDS[view];
}

export function countViews(tickets: Iterable<TicketSummary>, now: number): Record<View, number> {
  const counts: Record<View, number> = { wall: 0, review: 0, returned: 0, overdue: 0 };
  for (const ticket of tickets) {
    for (const view of VIEWS) if (inView(ticket, view, now)) counts[view] += 1;
  }
  return counts;
}

/** Open emergencies that no person here has seen to yet, the oldest first. */
export function unseen(
  tickets: Iterable<TicketSummary>,
  acknowledged: ReadonlySet<string>,
): TicketSummary[] {
  return [...tickets]
    .filter((one) => one.priority === "emergency" && !DONE.has(one.status))
    .filter((one) => !acknowledged.has(one.id))
    .sort((one, other) => Date.parse(one.created_at) - Date.parse(other.created_at));
}
