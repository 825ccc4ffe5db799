import type { Verb } from "../api/types";
import { emptyDraft, type Draft } from "./verbs";

const PREFIX = "ht.draft.";

/** What was typed and not sent yet, by ticket and verb: it outlives a look at another ticket. */
export class Drafts {
  readonly #kept: Record<string, Draft | undefined> = {};

  of(ticket: string, verb: Verb): Draft {
    const key = `${ticket}/${verb}`;
    const kept = this.#kept[key];
    if (kept) return kept;
    const draft: Draft = $state({ ...emptyDraft(), ...recalled(key) });
    this.#kept[key] = draft;
    return draft;
  }

  /** Keep the words over a reload too; pictures on their way cannot be. */
  keep(ticket: string, verb: Verb): void {
    const key = `${ticket}/${verb}`;
    const draft = this.#kept[key];
    if (!draft) return;
    const words = { ...draft, photos: [] };
    try {
      sessionStorage.setItem(PREFIX + key, JSON.stringify(words));
    } catch {
      // Storage may be forbidden or full; the visit still has it.
    }
  }

  drop(ticket: string, verb: Verb): void {
    const key = `${ticket}/${verb}`;
    for (const photo of this.#kept[key]?.photos ?? []) URL.revokeObjectURL(photo.preview);
    this.#kept[key] = undefined;
    try {
      sessionStorage.removeItem(PREFIX + key);
    } catch {
      // Nothing was kept.
    }
  }
}

function recalled(key: string): Partial<Draft> {
  try {
    const kept = sessionStorage.getItem(PREFIX + key);
    return kept ? (JSON.parse(kept) as Partial<Draft>) : {};
  } catch {
    return {};
  }
}
