/** The feed on the wall: entries as lines, the newest first. */
import type { Status, TicketSummary } from "../api/types";
import type { FeedEvent } from "../feed";
import { isTold } from "../staff/told";

export interface Line {
  position: number;
  at: string;
  type: string;
  /** As it stood then; the ticket is as it stands by now. */
  status: Status;
  ticket: TicketSummary;
  data: Record<string, unknown>;
  /** It was opened and sent to its agency in one breath: one line tells both. */
  opened: boolean;
}

const MOST = 60;
const BREATH = 60_000; // ms between opening a ticket and routing it by rule

// Told in the ticket's own history, but not news for a whole room.
const SMALL_TALK = new Set(["report.submitted", "ticket.commented", "ticket.assigned"]);

function lineOf(event: FeedEvent): Line | null {
  const { position, at, type, data, ticket } = event;
  if (!isTold(type) || SMALL_TALK.has(type)) return null;
  if (!ticket || ticket.category === undefined || ticket.report_nos === undefined) return null;
  const now = ticket as TicketSummary;
  const status = (typeof data.status === "string" ? data.status : now.status) as Status;
  return { position, at, type, data, status, opened: type === "ticket.opened", ticket: now };
}

function oneBreath(last: Line, next: Line): boolean {
  return (
    last.type === "ticket.opened" &&
    next.type === "ticket.routed" &&
    last.ticket.id === next.ticket.id &&
    Date.parse(next.at) - Date.parse(last.at) < BREATH
  );
}

/** The lines with one more entry. What is no news leaves them as they are. */
export function told(lines: readonly Line[], event: FeedEvent): readonly Line[] {
  const next = lineOf(event);
  if (!next) return lines;
  const before = lines.findIndex((line) => oneBreath(line, next));
  if (before < 0) return [next, ...lines].slice(0, MOST);
  const rest = lines.filter((_, index) => index !== before);
  return [{ ...next, opened: true }, ...rest].slice(0, MOST);
}
