import { SvelteSet } from "svelte/reactivity";
import type { TicketSummary } from "../api/types";
import { recall, remember } from "../lib/storage";

const KEY = "ht.seen";

/** Emergencies that somebody at this screen has seen to: they blink no more here. */
export class Seen {
  readonly ids = new SvelteSet<string>(recalled());

  add(id: string): void {
    this.ids.add(id);
    this.#keep();
  }

  /** Forget those that are over, so that the list does not grow for ever. */
  prune(open: TicketSummary[]): void {
    const still = open.map((ticket) => ticket.id);
    for (const id of [...this.ids]) if (!still.includes(id)) this.ids.delete(id);
    this.#keep();
  }

  #keep(): void {
    remember(KEY, JSON.stringify([...this.ids]));
  }
}

function recalled(): string[] {
  try {
    const kept: unknown = JSON.parse(recall(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((id) => typeof id === "string") : [];
  } catch {
    return [];
  }
}
