/** Words that depend on the ticket. */
import type { Ticket, TicketSummary, Verb } from "../api/types";
import { s, type StaffKey } from "./i18n";

export function verbName(verb: Verb, ticket: Pick<Ticket, "status" | "agency">): string {
  if (verb === "start" && ticket.status === "pending_approval") return s("verb_start_again");
  if (verb === "reroute" && !ticket.agency) return s("verb_route");
  return s(`verb_${verb}` as StaffKey);
}

export function doneWords(verb: Verb, ticket: Pick<TicketSummary, "report_nos">): string {
  return s(`done_${verb}` as StaffKey, { no: numberOf(ticket) });
}

/** The number under which people speak of the ticket: its first report's. */
export function numberOf(ticket: { report_nos: string[] }): string {
  return ticket.report_nos[0] ?? "";
}
