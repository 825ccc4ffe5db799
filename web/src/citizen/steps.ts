/** The order of the questions, and what a draft still lacks; apart from any page. */
import type { Contact, ReportInput } from "../api/types";
import type { Draft, QueuedReport, StoredPhoto } from "../outbox";
import type { CitizenKey } from "./words";

export const STEPS = ["photos", "place", "category", "words", "nearby", "check"] as const;
export type StepName = (typeof STEPS)[number];

/** Steps that every report has: "nearby" comes only when there is something close by. */
const COUNTED: StepName[] = STEPS.filter((step) => step !== "nearby");

export function progress(step: StepName): { step: number; steps: number } {
  const at = COUNTED.indexOf(step === "nearby" ? "words" : step);
  return { step: at + 1, steps: COUNTED.length };
}

export function previous(step: StepName, skipNearby: boolean): StepName | null {
  const before = STEPS[STEPS.indexOf(step) - 1] ?? null;
  return before === "nearby" && skipNearby ? "words" : before;
}

export function newDraft(id: string, at: number): Draft {
  return {
    id,
    step: "photos",
    category: null,
    text: "",
    location: null,
    placed: null,
    answers: {},
    contact: { name: "", phone: "", email: "" },
    anonymous: false,
    consents: [],
    joins: null,
    photos: [],
    started_at: at,
  };
}

/** What changes with the category: it has other questions, and is about other assets or none. */
export function recategorised(draft: Draft, category: string): Partial<Draft> {
  const unsnapped = draft.asset ? { ...draft.asset.from, asset: null } : {};
  return { category, answers: {}, ...unsnapped };
}

/** A draft that nobody would miss. */
export function isBlank(draft: Draft): boolean {
  return draft.photos.length === 0 && !draft.text.trim() && !draft.location && !draft.category;
}

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const PHONE = /^[+0-9 ().-]{6,20}$/; // as the server takes it

export function contactFaults(contact: Contact): Partial<Record<keyof Contact, CitizenKey>> {
  const { phone, email } = filled(contact);
  return {
    ...(email && !EMAIL.test(email) ? { email: "contact_bad_email" } : {}),
    ...(phone && !PHONE.test(phone) ? { phone: "contact_bad_phone" } : {}),
  };
}

function filled(contact: Contact): Contact {
  const entries = Object.entries(contact).map(([name, text]) => [name, text?.trim()]);
  return Object.fromEntries(entries.filter(([, text]) => text));
}

export function givesContact(draft: Draft): boolean {
  return !draft.anonymous && Object.keys(filled(draft.contact)).length > 0;
}

export interface Missing {
  step: StepName;
  key: CitizenKey;
}

/** What stands between this draft and sending; empty when nothing does. `limit` in characters. */
export function missing(draft: Draft, limit: number): Missing[] {
  const faults: Missing[] = [];
  if (!draft.location) faults.push({ step: "place", key: "place_needed" });
  if (!draft.category) faults.push({ step: "category", key: "category_needed" });
  if (!draft.text.trim()) faults.push({ step: "words", key: "words_needed" });
  if ([...draft.text.trim()].length > limit) faults.push({ step: "words", key: "words_too_long" });
  if (!givesContact(draft)) return faults;
  for (const key of Object.values(contactFaults(draft.contact)))
    faults.push({ step: "check", key });
  if (!draft.consents.includes("contact")) {
    faults.push({ step: "check", key: "consent_contact_needed" });
  }
  return faults;
}

/** The report as it will be posted, but for its uploads. Throws for a draft that lacks something. */
export function compose(
  draft: Draft,
  photos: Pick<StoredPhoto, "taken_at">[],
): Omit<ReportInput, "uploads" | "photos_expected"> {
  if (!draft.location || !draft.category) throw new Error("The draft is not complete.");
  const contact = givesContact(draft) ? { contact: filled(draft.contact) } : {};
  const taken = photos.map((photo) => photo.taken_at);
  const answers = Object.fromEntries(Object.entries(draft.answers).filter(([, text]) => text));
  return {
    id: draft.id,
    category: draft.category,
    text: draft.text.trim(),
    location: draft.location,
    ...(taken.length > 0 ? { captured_at: new Date(Math.min(...taken)).toISOString() } : {}),
    ...contact,
    ...(draft.anonymous ? { anonymous: true } : {}),
    consents: draft.consents.filter((purpose) => purpose !== "contact" || givesContact(draft)),
    ...(Object.keys(answers).length > 0 ? { answers } : {}),
    ...(draft.asset ? { asset: { layer: draft.asset.layer, code: draft.asset.code } } : {}),
    ...(draft.joins ? { joins: draft.joins } : {}),
    ...(draft.suggestion ? { suggestion: draft.suggestion } : {}),
  };
}

/** The draft that a report was, to be mended: what `compose` made of it, and nothing left out. */
export function reopened(
  report: Pick<QueuedReport, "id" | "input" | "photos" | "queued_at">,
): Draft {
  const { input } = report;
  const placed = input.location.accuracy_m ? "gps" : "hand";
  const pin = { location: input.location, placed } as const;
  return {
    ...newDraft(report.id, report.queued_at),
    step: "check",
    category: input.category,
    text: input.text,
    ...pin,
    asset: input.asset ? { ...input.asset, name: input.asset.code, from: pin } : null,
    answers: input.answers ?? {},
    contact: { name: "", phone: "", email: "", ...input.contact },
    anonymous: input.anonymous ?? false,
    consents: input.consents,
    joins: input.joins ?? null,
    suggestion: input.suggestion ?? null,
    photos: report.photos,
  };
}

// As backend/reports/numbers.py writes them: no letter or digit that can be misread.
const NUMBER = /^([A-Z]{2,4})-?(\d\d)-?([2-9A-HJKMNP-Z]{6})$/;

/** A report number as we write it, from what a person typed; null for what cannot be one. */
export function reportNumber(typed: string): string | null {
  const found = NUMBER.exec(
    typed
      .trim()
      .toUpperCase()
      .replace(/[\s–—_]+/g, "-"),
  );
  return found ? `${found[1]}-${found[2]}-${found[3]}` : null;
}
