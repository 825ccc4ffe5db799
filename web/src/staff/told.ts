/** Entries of the log as people read them: what happened, said of one ticket or among many. */
import type { Named, Status } from "../api/types";
import { s, type StaffKey } from "./i18n";

/** An entry as GET tickets/{id}/events gives it. */
export interface Entry {
  position: number;
  type: string;
  at: string;
  /** "user:3", "system:routing", or "reporter". */
  actor: string;
  actor_name: string | null;
  assignee_name?: string | null;
  data: Record<string, unknown>;
  /** The words that went along. */
  text: string | null;
}

export interface Namer {
  agency(code: string | null): string;
  category(code: string): string;
}

export type Agencies = Pick<Named, "code">[];

// The log may know more types than this page: those are left out rather than shown as codes.
const TOLD = new Set([
  "report.submitted",
  "report.photo_added",
  "ticket.photo_changed",
  "report.withdrawn",
  "report.joined",
  "ticket.opened",
  "ticket.routed",
  "ticket.returned",
  "ticket.accepted",
  "ticket.started",
  "ticket.info_requested",
  "ticket.info_reminded",
  "ticket.info_missed",
  "ticket.info_given",
  "ticket.resolution_proposed",
  "ticket.resolved",
  "ticket.approved",
  "ticket.rerouted",
  "ticket.corrected",
  "ticket.extended",
  "ticket.merged",
  "ticket.split",
  "ticket.reopened",
  "ticket.closed",
  "ticket.rejected",
  "ticket.assigned",
  "ticket.commented",
  "ticket.directed",
  "ticket.rated",
  "ticket.withdrawn",
  "ticket.due_soon",
  "ticket.overdue",
  "ticket.escalated",
]);

export const isTold = (type: string) => TOLD.has(type);

const text = (value: unknown) => (typeof value === "string" ? value : "");

/** Which sentence fits: some types say two different things. */
function keyOf(type: string, data: Record<string, unknown>, ticket: string): StaffKey {
  if (type === "ticket.merged" && data.into === ticket) return "did_ticket_merged_here";
  if (type === "ticket.rerouted" && data.from_category) return "did_ticket_rerouted_corrected";
  if (type === "ticket.rerouted" && !data.from_agency) return "did_ticket_routed";
  if (type === "ticket.directed" && data.kind === "chase") return "did_ticket_chased";
  if (type === "ticket.assigned" && !data.assignee_id) return "did_ticket_unassigned";
  if (type === "ticket.photo_changed") return `did_ticket_photo_${text(data.change)}` as StaffKey;
  return `did_${type.replace(".", "_")}` as StaffKey;
}

const SCORES: Record<string, StaffKey> = {
  satisfied: "score_satisfied",
  acceptable: "score_acceptable",
  unsatisfied: "score_unsatisfied",
};

/** What happened, without who did it: "Tiếp nhận", "Chuyển từ Sở Xây dựng đến UBND phường Hà Tu". */
export function told(
  entry: { type: string; data: Record<string, unknown>; assignee_name?: string | null },
  ticket: string,
  names: Namer,
): string {
  const { data, type } = entry;
  if (!isTold(type)) return "";
  const report_nos = Array.isArray(data.report_nos) ? data.report_nos : [];
  const score = SCORES[text(data.score)];
  return s(keyOf(type, data, ticket), {
    agency: names.agency(text(data.agency) || null),
    from: names.agency(text(data.from_agency) || null),
    category: names.category(text(data.category)),
    from_category: names.category(text(data.from_category)),
    no: text(data.report_no),
    count: report_nos.length,
    score: score ? s(score) : "",
    assignee: entry.assignee_name ?? "",
  });
}

/** Who did it, in words that staff may read. */
export function doer(entry: Pick<Entry, "actor" | "actor_name">): string {
  if (entry.actor === "reporter") return s("actor_reporter");
  if (entry.actor.startsWith("system:")) return s("actor_system");
  return entry.actor_name ?? s("actor_staff");
}

/**
 * Who changed a ticket: this person alone, who has it open in another window too, somebody else,
 * or the system alone; unknown where no entry says so yet.
 */
export function changedBy(
  entries: Pick<Entry, "actor">[],
  me: string,
): "you" | "other" | "system" | "unknown" {
  if (entries.length === 0) return "unknown";
  const people = entries.filter(({ actor }) => !actor.startsWith("system:"));
  if (people.length === 0) return "system";
  return people.every(({ actor }) => actor === me) ? "you" : "other";
}

export interface Reply {
  position: number;
  at: string;
  by: string;
  text: string;
  /** What became of it: the reporter reads it, an approver has it, or other words took its place. */
  state: "sent" | "held" | "dropped";
}

const SAID = new Set([
  "ticket.info_requested",
  "ticket.resolution_proposed",
  "ticket.resolved",
  "ticket.approved",
  "ticket.rejected",
]);
// A result that was proposed is then released, replaced, or sent back to work.
const DECIDED = new Set(["ticket.approved", "ticket.resolved", "ticket.started"]);
const PROPOSED = "ticket.resolution_proposed";

/** What was said to the reporters, a proposed result once: when it is released it is the same reply. */
export function repliesOf(entries: Entry[]): Reply[] {
  const found = new Map<number, Reply>();
  for (const { type, data, text, position, at, actor, actor_name } of entries) {
    const id = typeof data.reply_id === "number" ? data.reply_id : null;
    const known = id === null ? undefined : found.get(id);
    if (id !== null && known) found.set(id, { ...known, state: "sent", at });
    if (DECIDED.has(type)) {
      for (const [key, reply] of found) {
        if (reply.state === "held") found.set(key, { ...reply, state: "dropped" });
      }
    }
    if (id === null || known || !text || !SAID.has(type)) continue;
    const state = type === PROPOSED ? "held" : "sent";
    found.set(id, { position, at, text, by: doer({ actor, actor_name }), state });
  }
  return [...found.values()];
}

/** The entries that brought the ticket past the version that somebody was looking at. */
export function since(entries: Entry[], version: number): Entry[] {
  return entries.filter(
    ({ type, data }) => isTold(type) && typeof data.version === "number" && data.version > version,
  );
}

/** A status that a verb left behind, as history shows it beside the words. */
export function statusOf(entry: Entry): Status | null {
  return (text(entry.data.status) || null) as Status | null;
}
