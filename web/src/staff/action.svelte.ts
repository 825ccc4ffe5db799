import { Problem } from "../api/problem";
import type { Ticket, Verb } from "../api/types";
import type { OpenTicket } from "./open.svelte";
import type { Staff } from "./staff.svelte";
import { since, type Entry } from "./told";
import { bodyOf, type Draft } from "./verbs";

/**
 * One verb on its way: which one is open, on which version of the ticket it was begun, and what the
 * server said. Nothing is shown as done before the server has answered.
 */
export class Action {
  verb = $state<Verb | null>(null);
  busy = $state(false);
  problem = $state.raw<unknown>(null);
  /** The version that the person was looking at when beginning. */
  seen = $state(0);
  readonly #staff: Staff;
  readonly #open: OpenTicket;

  constructor(staff: Staff, open: OpenTicket) {
    this.#staff = staff;
    this.#open = open;
  }

  /** Somebody changed the ticket since the person began. */
  get moved(): boolean {
    return this.verb !== null && !this.busy && (this.#open.ticket?.version ?? 0) > this.seen;
  }

  /** What happened to it meanwhile. */
  get meanwhile(): Entry[] {
    return this.moved ? since(this.#open.history, this.seen) : [];
  }

  begin(verb: Verb): void {
    this.verb = verb;
    this.problem = null;
    this.seen = this.#open.ticket?.version ?? 0;
  }

  /** Put it away; what was typed is kept. */
  leave(): void {
    this.verb = null;
    this.problem = null;
  }

  /** Go on with the ticket as it is by now. */
  goOn(): void {
    this.seen = this.#open.ticket?.version ?? 0;
    this.problem = null;
  }

  /** Send it. True when the server has carried it out. */
  async send(draft: Draft): Promise<boolean> {
    const { ticket, id } = this.#open;
    const verb = this.verb;
    if (!ticket || !verb || this.busy) return false;
    this.busy = true;
    this.problem = null;
    try {
      const body = bodyOf(verb, ticket, this.seen, draft);
      const answer = await this.#staff.access.post<Ticket>(`tickets/${id}/${verb}`, body);
      this.#staff.drafts.drop(id, verb);
      this.verb = null;
      this.#open.take(answer);
      void this.#open.load();
      return true;
    } catch (error) {
      await this.#refused(error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  /** A refusal may carry the ticket as it is by now; who changed it stands in its history. */
  async #refused(error: unknown): Promise<void> {
    if (error instanceof Problem && error.status === 409) {
      const current = error.document.ticket as Ticket | undefined;
      if (current) this.#open.take(current);
      await this.#open.load();
    }
    this.problem = error;
  }
}
