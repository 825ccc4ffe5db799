/** What each verb asks for, which one the work likely needs next, and how it is sent. */
import type { Status, Ticket, Verb } from "../api/types";
import { fromField } from "./deadlines";

export type Input =
  "words" | "photos" | "due" | "category" | "agency" | "assignee" | "into" | "reports";
export type Need = "needed" | "optional";
export type Asks = Partial<Record<Input, Need>>;

export interface DraftPhoto {
  key: number;
  name: string;
  /** A link to the picture on this device, for a look before it is sent. */
  preview: string;
  /** From 0 to 1 while it is on its way. */
  progress: number;
  upload: string | null;
  error: string | null;
  /** Kept while a lost network is all that is wrong: sent again, it goes on where it stopped. */
  file: File | null;
}

export interface Draft {
  words: string;
  agency: string;
  /** What the ticket is really about, where its reporter chose another category. */
  category: string;
  /** As a datetime-local field has it. */
  due: string;
  assignee: string;
  into: string;
  reports: string[];
  photos: DraftPhoto[];
}

export const emptyDraft = (): Draft => ({
  words: "",
  agency: "",
  category: "",
  due: "",
  assignee: "",
  into: "",
  reports: [],
  photos: [],
});

/** The name under which the words go. */
const WORDS: Partial<Record<Verb, "reason" | "message" | "note">> = {
  return: "reason",
  start: "reason",
  request_info: "message",
  propose_resolution: "note",
  resolve: "note",
  approve: "note",
  reroute: "reason",
  correct: "reason",
  extend: "reason",
  reopen: "reason",
  reject: "reason",
  comment: "message",
  direct: "message",
};

/** Words that leave the office: the reporter reads them. */
export const TO_REPORTER: ReadonlySet<Verb> = new Set<Verb>([
  "request_info",
  "propose_resolution",
  "resolve",
  "approve",
  "reject",
  "extend",
]);

type Asking = Pick<Ticket, "status" | "agency" | "photo_required" | "photos">;

const result = (ticket: Asking): Asks => {
  const proven = ticket.photos.some((photo) => photo.kind === "after");
  return { words: "needed", photos: ticket.photo_required && !proven ? "needed" : "optional" };
};

/** What the verb asks for; a corrected category is explained, like a change of agency. */
export function asks(verb: Verb, ticket: Asking, corrected = false): Asks {
  switch (verb) {
    case "accept":
    case "close":
      return {};
    case "start":
      return ticket.status === "pending_approval" ? { words: "needed" } : {};
    case "approve":
      return { words: "optional" };
    case "propose_resolution":
    case "resolve":
      return result(ticket);
    case "reroute":
      return {
        category: "optional",
        agency: "needed",
        words: ticket.agency || corrected ? "needed" : "optional",
      };
    case "correct":
      return { category: "needed", words: "needed" };
    case "extend":
      return { due: "needed", words: "needed" };
    case "direct":
      return { words: "needed", due: "optional" };
    case "merge":
      return { into: "needed" };
    case "split":
      return { reports: "needed" };
    case "assign":
      return { assignee: "optional" };
    case "return":
    case "request_info":
    case "reopen":
    case "reject":
    case "comment":
      return { words: "needed" };
  }
}

/** Done at a click; everything else opens its form in place. Closing asks nothing but a second look. */
export function atOnce(verb: Verb, ticket: Asking): boolean {
  return verb !== "close" && Object.keys(asks(verb, ticket)).length === 0;
}

const NEXT: Partial<Record<Status, Verb[]>> = {
  submitted: ["reroute"],
  returned: ["reroute"],
  routed: ["accept"],
  accepted: ["start"],
  in_progress: ["resolve", "propose_resolution"],
  pending_approval: ["approve"],
  resolved: ["close"],
};

/** The verb that the work likely needs next, among those that the viewer may use. */
export function likely(ticket: Pick<Ticket, "status" | "may">): Verb | null {
  return NEXT[ticket.status]?.find((verb) => ticket.may.includes(verb)) ?? null;
}

const filled = (input: Input, draft: Draft, reports: number): boolean => {
  if (input === "words") return draft.words.trim() !== "";
  if (input === "photos") return draft.photos.some((photo) => photo.upload !== null);
  if (input === "due") return fromField(draft.due) !== null;
  if (input === "reports") return draft.reports.length > 0 && draft.reports.length < reports;
  return draft[input] !== "";
};

/** The needed inputs that are still empty, in the order in which they stand. */
export function missing(verb: Verb, ticket: Asking & { report_nos: string[] }, draft: Draft) {
  return (Object.entries(asks(verb, ticket, draft.category !== "")) as [Input, Need][])
    .filter(([input, need]) => need === "needed" && !filled(input, draft, ticket.report_nos.length))
    .map(([input]) => input);
}

export type Body = Record<string, unknown>;

export function bodyOf(verb: Verb, ticket: Asking, version: number, draft: Draft): Body {
  const body: Body = { version };
  const words = WORDS[verb];
  const asked = asks(verb, ticket);
  if (words && asked.words && draft.words.trim()) body[words] = draft.words.trim();
  if (asked.photos) body.uploads = draft.photos.flatMap((photo) => photo.upload ?? []);
  if (asked.due && fromField(draft.due)) body.due_at = fromField(draft.due);
  if (asked.agency) body.agency = draft.agency;
  if (asked.category && draft.category) body.category = draft.category;
  if (asked.into) body.into = draft.into;
  if (asked.reports) body.reports = [...draft.reports];
  if (asked.assignee) body.assignee = draft.assignee || null;
  return body;
}

/** The field of a problem document that speaks of this input. */
export function fieldOf(verb: Verb, input: Input): string {
  if (input === "words") return WORDS[verb] ?? "message";
  return { photos: "uploads", due: "due_at" }[input as string] ?? input;
}
