import type { Status, TicketSummary } from "../api/types";

export const DONE: ReadonlySet<Status> = new Set<Status>([
  "resolved",
  "closed",
  "rejected",
  "merged",
  "withdrawn",
]);
const AWAITS_AGENCY: ReadonlySet<Status> = new Set<Status>(["submitted", "routed", "returned"]);

export interface Running {
  /** To be accepted until somebody takes it on, then to be resolved. */
  kind: "ack" | "resolve";
  due: string;
  overdue: boolean;
  dueSoon: boolean;
}

type Dated = Pick<TicketSummary, "status" | "due_at" | "overdue" | "due_soon">;

/**
 * The deadline that counts now; none while a reporter is asked or once the work is over. Lateness
 * is read from the clock as well: no entry of the feed need come at the very minute.
 */
export function running(ticket: Dated, now: number): Running | null {
  if (!ticket.due_at || DONE.has(ticket.status) || ticket.status === "need_info") return null;
  const overdue = ticket.overdue || Date.parse(ticket.due_at) < now;
  return {
    kind: AWAITS_AGENCY.has(ticket.status) ? "ack" : "resolve",
    due: ticket.due_at,
    overdue,
    dueSoon: ticket.due_soon && !overdue,
  };
}

const ZONE_OFFSET = 7 * 3_600_000; // ms; Viet Nam keeps UTC+7 all year
const DAY = 86_400_000;

/** A moment as the value of a datetime-local field, on Viet Nam's clocks. */
export function toField(at: number): string {
  return new Date(at + ZONE_OFFSET).toISOString().slice(0, 16);
}

/** What a datetime-local field says, as RFC 3339; null while it says nothing whole. */
export function fromField(value: string): string | null {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value) ? `${value.slice(0, 16)}:00+07:00` : null;
}

/** Some days after the present deadline, or after now where that has passed. */
export function daysLater(due: string | null, days: number, now: number): string {
  const base = Math.max(due ? Date.parse(due) : 0, now);
  return toField(base + days * DAY);
}
