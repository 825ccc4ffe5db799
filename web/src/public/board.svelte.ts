/** The tickets that anyone may see: read by pages, and kept right by the feed. */
import { anyoneApi } from "../api/anyone";
import { pathOf } from "../api/client";
import type { Page, PublicFigures, PublicTicket } from "../api/types";
import { FeedClient, feedUrl, FeedWatch, type FeedEvent } from "../feed";
import { EVERYTHING, passes, queryOf, type Filter } from "./filter";

const FIRST = 100;
const SETTLE = 2_000; // ms; figures are counted again once a burst is over
const FOLLOW = "public";

export type Heard = (event: FeedEvent) => void;

export class Board {
  tickets = $state.raw<PublicTicket[]>([]);
  figures = $state.raw<PublicFigures | null>(null);
  fresh = $state.raw<readonly string[]>([]);
  fault = $state.raw<unknown>(null);
  loading = $state(false);
  loaded = $state(false);
  next = $state.raw<string | null>(null);
  readonly watch: FeedWatch;
  readonly #feed = new FeedClient(feedUrl(location));
  #listeners: readonly Heard[] = [];
  #filter: Filter = EVERYTHING;
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.watch = new FeedWatch(this.#feed);
    this.#feed.listen({
      onEvent: (event) => this.#hear(event),
      onReset: () => void this.load(this.#filter),
    });
  }

  /** Read the first page anew; an answer that was overtaken by another question is dropped. */
  async load(filter: Filter): Promise<void> {
    this.#filter = filter;
    const turn = ++this.#turn;
    this.loading = true;
    try {
      const query = queryOf(filter);
      const [page, figures] = await Promise.all([
        anyoneApi.read<Page<PublicTicket>>("public/tickets", { query: { ...query, limit: FIRST } }),
        anyoneApi.get<PublicFigures>("public/figures", { query }),
      ]);
      if (turn !== this.#turn) return;
      this.#show(page.body, figures);
      this.#follow(Number(page.headers.get("Feed-Position")));
    } catch (error) {
      if (turn === this.#turn) this.fault = error;
    } finally {
      if (turn === this.#turn) this.loading = false;
    }
  }

  #show(page: Page<PublicTicket>, figures: PublicFigures): void {
    this.tickets = page.results;
    this.next = page.next;
    this.figures = figures;
    this.fresh = [];
    this.fault = null;
    this.loaded = true;
  }

  async more(): Promise<void> {
    if (!this.next || this.loading) return;
    const turn = this.#turn;
    this.loading = true;
    try {
      const page = await anyoneApi.get<Page<PublicTicket>>(pathOf(this.next));
      if (turn !== this.#turn) return;
      const known = this.tickets.map((one) => one.id);
      this.tickets = [...this.tickets, ...page.results.filter((one) => !known.includes(one.id))];
      this.next = page.next;
      this.fault = null;
    } catch (error) {
      if (turn === this.#turn) this.fault = error;
    } finally {
      if (turn === this.#turn) this.loading = false;
    }
  }

  listen(heard: Heard): () => void {
    this.#listeners = [...this.#listeners, heard];
    return () => (this.#listeners = this.#listeners.filter((one) => one !== heard));
  }

  start(): () => void {
    this.#feed.start();
    return () => {
      clearTimeout(this.#timer);
      this.#feed.stop();
    };
  }

  /** For a page that shows one ticket and no list: hear what comes from now on. */
  followAlone(): void {
    this.#feed.follow(FOLLOW, "public");
  }

  #follow(after: number): void {
    this.#feed.unfollow(FOLLOW);
    this.#feed.follow(FOLLOW, "public", { after });
  }

  #hear(event: FeedEvent): void {
    for (const heard of this.#listeners) heard(event);
    if (!event.ticket) return;
    const ticket = event.ticket as unknown as PublicTicket & { gone?: boolean };
    const known = this.tickets.some((one) => one.id === ticket.id);
    const fits = !ticket.gone && passes(ticket, this.#filter);
    if (known && fits) {
      this.tickets = this.tickets.map((one) => (one.id === ticket.id ? ticket : one));
    } else if (known) {
      this.tickets = this.tickets.filter((one) => one.id !== ticket.id);
    } else if (fits && this.#isNewer(ticket) && !this.fresh.includes(ticket.id)) {
      this.fresh = [...this.fresh, ticket.id]; // Said, not moved under a reader's eyes.
    }
    this.#countAgain();
  }

  #isNewer(ticket: PublicTicket): boolean {
    const newest = this.tickets[0];
    return !newest || Date.parse(ticket.created_at) >= Date.parse(newest.created_at);
  }

  #countAgain(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const query = queryOf(this.#filter);
      anyoneApi.get<PublicFigures>("public/figures", { query }).then(
        (figures) => (this.figures = figures),
        () => undefined, // The next change, or the reader, asks again.
      );
    }, SETTLE);
  }
}
