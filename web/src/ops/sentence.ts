import type { Namer } from "../staff/told";
import { s, type StaffKey } from "../staff/i18n";
import { o, type OpsKey } from "./i18n";
import type { Line } from "./lines";

export interface Names extends Namer {
  place(ticket: Line["ticket"]): string;
}

const text = (value: unknown) => (typeof value === "string" ? value : "");

function keyOf({ type, opened, data, ticket }: Line): OpsKey {
  if (opened && type === "ticket.routed") return "line_opened_routed";
  if (type === "ticket.merged" && data.into === ticket.id) return "line_ticket_merged_here";
  if (type === "ticket.rerouted" && data.from_category) return "line_ticket_rerouted_corrected";
  if (type === "ticket.rerouted" && !data.from_agency) return "line_ticket_routed";
  if (type === "ticket.photo_changed") return `line_ticket_photo_${text(data.change)}` as OpsKey;
  return `line_${type.replace(".", "_")}` as OpsKey;
}

/** A line as one sentence for a whole room: what, where, and what happened to it. */
export function sentenceOf(line: Line, names: Names): string {
  const { data, ticket } = line;
  const agency = text(data.agency) || ticket.agency;
  const score = text(data.score);
  const what = o(keyOf(line), {
    agency: names.agency(agency) || o("nobody"),
    from: names.agency(text(data.from_agency)) || o("nobody"),
    category: names.category(text(data.from_category)),
    count: Array.isArray(data.report_nos) ? data.report_nos.length : 1,
    score: score ? s(`score_${score}` as StaffKey) : "",
  });
  const category = names.category(ticket.category);
  const place = names.place(ticket);
  return place ? o("line", { category, place, what }) : o("line_nowhere", { category, what });
}
