/**
 * The board as a pure thing: a snapshot, then the feed's entries in order, give what GET tickets
 * would give now. The map is changed in place: a copy for each of a thousand replayed entries
 * would be quadratic.
 */
import type { Status, TicketSummary } from "../api/types";
import type { FeedEvent } from "../feed";

export type Rows = Map<string, TicketSummary>;

/** What an agency hears of a ticket that has left it. */
export interface Leaving {
  id: string;
  version: number;
  status: Status;
  agency: string | null;
  report_nos: string[];
}

export type Change =
  | { kind: "none" }
  | { kind: "arrived"; ticket: TicketSummary }
  | { kind: "changed"; ticket: TicketSummary; was: TicketSummary }
  | { kind: "left"; was: TicketSummary; now: Leaving };

const NONE: Change = { kind: "none" };

export function rowsOf(tickets: Iterable<TicketSummary>): Rows {
  return new Map([...tickets].map((ticket) => [ticket.id, ticket]));
}

/** Words on a ticket change its time but not its version; flags change neither. */
export function isNewer(next: TicketSummary, known: TicketSummary): boolean {
  if (next.version !== known.version) return next.version > known.version;
  return Date.parse(next.updated_at) >= Date.parse(known.updated_at);
}

/** Put a ticket as the server just gave it on the board; an older picture of it changes nothing. */
export function put(rows: Rows, ticket: TicketSummary): Change {
  const was = rows.get(ticket.id);
  if (was && !isNewer(ticket, was)) return NONE;
  rows.set(ticket.id, ticket);
  return was ? { kind: "changed", ticket, was } : { kind: "arrived", ticket };
}

export function remove(rows: Rows, now: Leaving): Change {
  const was = rows.get(now.id);
  if (!was || now.version < was.version) return NONE;
  rows.delete(now.id);
  return { kind: "left", was, now };
}

const whole = (ticket: Partial<TicketSummary>): ticket is TicketSummary =>
  ticket.category !== undefined && ticket.location !== undefined;

/** Take one entry of the feed. Entries about no ticket, and public or foreign shapes, change nothing. */
export function take(rows: Rows, event: FeedEvent): Change {
  const ticket = event.ticket;
  if (!ticket?.status || ticket.version === undefined) return NONE;
  if (whole(ticket)) return put(rows, ticket);
  return remove(rows, {
    id: ticket.id,
    version: ticket.version,
    status: ticket.status,
    agency: ticket.agency ?? null,
    report_nos: ticket.report_nos ?? [],
  });
}
