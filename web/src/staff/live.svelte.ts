import { Problem } from "../api/problem";
import type { Page, Ticket, TicketSummary } from "../api/types";
import type { Audience, FeedClient, FeedEvent } from "../feed";
import type { Access } from "./access.svelte";
import { put, remove, rowsOf, take, type Change, type Rows } from "./board";
import { localPath } from "./links";
import { isMine, type Mine } from "./queue";

const PAGE = 200; // rows; the most that the server gives at once
const PUBLISH_EVERY = 200; // ms: a storm's entries are drawn together, not one by one

export type Listener = (change: Change, event: FeedEvent | null, fresh: boolean) => void;

export interface LiveOptions {
  audiences: readonly Audience[];
  mine: Mine;
  /** How many past entries to hear again, for a page that tells what happened of late. */
  lookback?: number;
}

/** All open tickets that this person may see, kept true by the feed. */
export class LiveBoard {
  tickets = $state.raw<TicketSummary[]>([]);
  /** When the last snapshot was taken, in ms since the epoch; null before the first. */
  loadedAt = $state<number | null>(null);
  fault = $state.raw<unknown>(null);
  #rows: Rows = rowsOf([]);
  #snapshot = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #stop: (() => void) | null = null;
  #listeners: Listener[] = [];
  readonly #access: Access;
  readonly #feed: FeedClient;
  readonly #options: LiveOptions;

  constructor(access: Access, feed: FeedClient, options: LiveOptions) {
    this.#access = access;
    this.#feed = feed;
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#stop ??= this.#feed.listen({
      onEvent: (event) => this.#heard(event),
      onReset: () => void this.load(0),
      onError: (id, code, detail) => {
        // A role that was taken away meanwhile: the board would stand still and look alive.
        if (id !== null) this.fault = new Problem({ status: 403, code, detail });
      },
    });
    await this.load(this.#options.lookback ?? 0);
  }

  stop(): void {
    this.#stop?.();
    this.#stop = null;
    if (this.#timer) clearTimeout(this.#timer);
  }

  of(id: string): TicketSummary | undefined {
    return this.#rows.get(id);
  }

  listen(listener: Listener): () => void {
    this.#listeners = [...this.#listeners, listener];
    return () => (this.#listeners = this.#listeners.filter((one) => one !== listener));
  }

  /** Take a snapshot, then follow from the position that it includes. */
  async load(lookback = 0): Promise<void> {
    this.fault = null;
    try {
      const { tickets, position } = await this.#snapshotOf();
      this.#rows = rowsOf(tickets);
      this.#snapshot = position;
      this.loadedAt = Date.now();
      this.#publish();
      const after = Math.max(0, position - lookback);
      for (const audience of this.#options.audiences) {
        this.#feed.follow(audience, audience, { after });
      }
    } catch (error) {
      this.fault = error;
    }
  }

  /** The server's answer to an act or a question: as good as an entry of the feed. */
  put(ticket: TicketSummary): void {
    const stays = isMine(ticket, this.#options.mine);
    const change = stays ? put(this.#rows, ticket) : remove(this.#rows, ticket);
    if (change.kind !== "none") this.#publish();
  }

  async #snapshotOf() {
    const query = { status: "open", limit: PAGE };
    let answer = await this.#access.read<Page<Ticket>>("tickets", { query });
    // Later pages are read later, but what changed in between comes by the feed as well.
    const position = Number(answer.headers.get("Feed-Position") ?? 0);
    const tickets: TicketSummary[] = [...answer.body.results];
    while (answer.body.next) {
      answer = await this.#access.read<Page<Ticket>>(localPath(answer.body.next));
      tickets.push(...answer.body.results);
    }
    return { tickets, position };
  }

  #heard(event: FeedEvent): void {
    const change = take(this.#rows, event);
    const fresh = event.position > this.#snapshot;
    if (change.kind !== "none") this.#publishSoon();
    for (const listener of this.#listeners) listener(change, event, fresh);
  }

  #publishSoon(): void {
    this.#timer ??= setTimeout(() => this.#publish(), PUBLISH_EVERY);
  }

  #publish(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.tickets = [...this.#rows.values()];
  }
}
