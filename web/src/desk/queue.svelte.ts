import { untrack } from "svelte";
import { SvelteMap } from "svelte/reactivity";
import type { Page, Ticket, TicketSummary } from "../api/types";
import type { Address } from "../staff/address.svelte";
import { rowsOf } from "../staff/board";
import { DONE } from "../staff/deadlines";
import { holds } from "../staff/fold";
import { localPath } from "../staff/links";
import {
  countTabs,
  haystack,
  reconciled,
  sorted,
  SORTS,
  tabOf,
  TABS,
  tabsShown,
  wanted,
  type Tab,
} from "../staff/queue";
import type { Staff } from "../staff/staff.svelte";

const PAUSE = 300; // ms between the last key and the question to the server
const PAGE = 50;

/** The queue as it is being read: chosen by the address, steady under what the feed brings. */
export class Queue {
  ids = $state.raw<string[]>([]);
  waiting = $state.raw<string[]>([]);
  busy = $state(false);
  fault = $state.raw<unknown>(null);
  readonly #staff: Staff;
  readonly #address: Address;
  /** Finished tickets and what a search found: not part of the live board. */
  readonly #fetched = new SvelteMap<string, TicketSummary>();
  #next = $state<string | null>("tickets");
  #shownFor = "";
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(staff: Staff, address: Address) {
    this.#staff = staff;
    this.#address = address;
  }

  readonly tab = $derived.by<Tab>(() => this.#address.oneOf("tab", TABS));
  readonly sort = $derived.by(() =>
    this.#address.oneOf("sort", this.tab === "done" ? (["changed", "newest"] as const) : SORTS),
  );
  readonly query = $derived.by(() => this.#address.get("q"));
  readonly mineOnly = $derived.by(() => this.#address.get("assignee") === "me");

  /** Live rows over fetched ones: of the same ticket the feed knows better. */
  readonly #all = $derived.by(() =>
    rowsOf([...this.#fetched.values(), ...this.#staff.board.tickets]),
  );
  readonly counts = $derived.by(() => countTabs(this.#staff.board.tickets, this.#staff.mine));
  readonly tabs = $derived.by(() => tabsShown(this.counts.support, this.tab));
  readonly fitting = $derived.by(() => (this.query ? this.#found() : this.#ofTab()));
  readonly rows = $derived.by(() =>
    this.ids.flatMap((id) => {
      const row = this.#all.get(id);
      return row ? [row] : [];
    }),
  );
  readonly more = $derived.by(() => this.tab === "done" && !this.query && this.#next !== null);

  #ofTab(): string[] {
    const { tab, sort } = this;
    const assignee = this.mineOnly ? this.#staff.access.session.username : null;
    return wanted(this.#all.values(), { tab, sort, assignee, mine: this.#staff.mine }).map(
      (ticket) => ticket.id,
    );
  }

  #found(): string[] {
    const { names } = this.#staff;
    const fits = (ticket: TicketSummary) => {
      const said = [names.category(ticket.category), names.place(ticket)];
      return holds(haystack(ticket, [...said, names.agency(ticket.agency)]), this.query);
    };
    return sorted([...this.#all.values()].filter(fits), this.sort).map((ticket) => ticket.id);
  }

  /** Call in an effect: lets the rows follow what was chosen, and holds them still otherwise. */
  settle(): void {
    const { fitting, tab, query, sort, mineOnly } = this;
    const chosen = [tab, query, sort, mineOnly].join("\n");
    const loaded = this.#staff.board.loadedAt !== null;
    untrack(() => {
      const steady = tab !== "done" && !query && chosen === this.#shownFor;
      const shown = steady ? reconciled(this.ids, fitting) : { ids: fitting, waiting: [] };
      // A ticket opened by its address may be here before the others: those are no news.
      this.#shownFor = loaded ? chosen : "";
      this.ids = shown.ids;
      this.waiting = shown.waiting;
    });
  }

  /** Let in what waits above, each where it belongs. */
  admit(): void {
    this.ids = this.fitting;
    this.waiting = [];
  }

  choose(changes: { tab?: Tab; sort?: string; assignee?: string }): void {
    this.#address.set(changes.tab ? { ...changes, q: "" } : changes);
  }

  search(text: string): void {
    this.#address.set({ q: text });
    clearTimeout(this.#timer);
    if (text.trim().length >= 2) {
      this.#timer = setTimeout(() => void this.#ask({ q: text.trim(), limit: PAGE }), PAUSE);
    }
  }

  /** The next page of finished tickets. */
  async loadDone(): Promise<void> {
    const path = this.#next;
    if (path === null || this.busy) return;
    const first = path === "tickets" ? { status: [...DONE], limit: PAGE } : {};
    const page = await this.#ask(first, path === "tickets" ? path : localPath(path));
    if (page) this.#next = page.next;
  }

  async #ask(query: Record<string, string | number | string[]>, path = "tickets") {
    this.busy = true;
    this.fault = null;
    try {
      const page = await this.#staff.access.get<Page<Ticket>>(path, { query });
      for (const ticket of page.results) this.#fetched.set(ticket.id, ticket);
      return page;
    } catch (error) {
      this.fault = error;
      return null;
    } finally {
      this.busy = false;
    }
  }

  tabOf(id: string): Tab | null {
    const ticket = this.#all.get(id);
    return ticket ? tabOf(ticket, this.#staff.mine) : null;
  }
}
