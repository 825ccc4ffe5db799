/** The queue as pure functions: which tickets stand in a tab, in which order, and what is new. */
import type { Session, Status, TicketSummary } from "../api/types";
import { DONE } from "./deadlines";
import { fold } from "./fold";

export const TABS = ["accept", "work", "approve", "support", "done"] as const;
export type Tab = (typeof TABS)[number];

/** Few agencies support others: an empty tab of that would only take room. */
export function tabsShown(supported: number, tab: Tab): Tab[] {
  return TABS.filter((one) => one !== "support" || tab === one || supported > 0);
}

export const SORTS = ["deadline", "newest", "changed"] as const;
export type Sort = (typeof SORTS)[number];

/** The agencies that a person serves; null for who sees the whole province. */
export type Mine = ReadonlySet<string> | null;

export function mineOf(session: Pick<Session, "audiences" | "agencies">): Mine {
  if (session.audiences.includes("ops")) return null;
  return new Set(session.agencies.map((agency) => agency.code));
}

/** Whether the ticket may stand on this person's board at all. */
export function isMine(ticket: Pick<TicketSummary, "agency" | "supporting">, mine: Mine): boolean {
  if (!mine) return true;
  const agencies = [ticket.agency, ...ticket.supporting];
  return agencies.some((code) => code !== null && mine.has(code));
}

const AWAITS: ReadonlySet<Status> = new Set<Status>(["submitted", "routed", "returned"]);

export function tabOf(ticket: TicketSummary, mine: Mine): Tab {
  if (DONE.has(ticket.status)) return "done";
  if (mine && !(ticket.agency && mine.has(ticket.agency))) return "support";
  if (AWAITS.has(ticket.status)) return "accept";
  return ticket.status === "pending_approval" ? "approve" : "work";
}

export interface Wanted {
  tab: Tab;
  mine: Mine;
  /** Only what this person was given to do. */
  assignee: string | null;
  sort: Sort;
}

const FAR = Number.MAX_SAFE_INTEGER;
const time = (at: string | null) => (at ? Date.parse(at) : FAR);

const ORDERS: Record<Sort, (one: TicketSummary, other: TicketSummary) => number> = {
  // Finished tickets have no running deadline: the last to end come first.
  deadline: (one, other) =>
    time(one.due_at) - time(other.due_at) || time(other.updated_at) - time(one.updated_at),
  newest: (one, other) => time(other.created_at) - time(one.created_at),
  changed: (one, other) => time(other.updated_at) - time(one.updated_at),
};

export function sorted(tickets: TicketSummary[], sort: Sort): TicketSummary[] {
  const order = ORDERS[sort];
  return [...tickets].sort((one, other) => order(one, other) || one.id.localeCompare(other.id));
}

export function wanted(tickets: Iterable<TicketSummary>, want: Wanted): TicketSummary[] {
  const fitting = [...tickets].filter(
    (ticket) =>
      tabOf(ticket, want.mine) === want.tab &&
      (want.assignee === null || ticket.assignee === want.assignee),
  );
  return sorted(fitting, want.sort);
}

export function countTabs(tickets: Iterable<TicketSummary>, mine: Mine): Record<Tab, number> {
  const counts: Record<Tab, number> = { accept: 0, work: 0, approve: 0, support: 0, done: 0 };
  for (const ticket of tickets) counts[tabOf(ticket, mine)] += 1;
  return counts;
}

/** What a search looks in, folded. `names` are those of the category, the place and the agency. */
export function haystack(ticket: TicketSummary, names: string[]): string {
  const { report_nos, text, address, assignee } = ticket;
  return fold([...report_nos, ...names, text, address, assignee ?? ""].join(" "));
}

export interface Shown {
  /** Rows in the order in which they are being read. */
  ids: string[];
  /** Rows that have come meanwhile and wait above, to be let in. */
  waiting: string[];
}

/**
 * Keep the rows that are being read where they are: what left goes, what came waits. Only an empty
 * list, where nobody reads anything, lets newcomers in at once.
 */
export function reconciled(shown: string[], fitting: string[]): Shown {
  const still = new Set(fitting);
  const ids = shown.filter((id) => still.has(id));
  if (ids.length === 0) return { ids: fitting, waiting: [] };
  const known = new Set(ids);
  return { ids, waiting: fitting.filter((id) => !known.has(id)) };
}

/** The row to go to by a step of +1 or −1 from the one at hand; the first where none is. */
export function neighbour(ids: string[], from: string | null, step: 1 | -1): string | null {
  const at = from === null ? -1 : ids.indexOf(from);
  if (at < 0) return ids[0] ?? null;
  return ids[Math.min(ids.length - 1, Math.max(0, at + step))] ?? null;
}
