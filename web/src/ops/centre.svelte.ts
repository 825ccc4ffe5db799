import type { Presence } from "../api/types";
import type { FeedEvent } from "../feed";
import { now } from "../lib/now.svelte";
import { Address } from "../staff/address.svelte";
import { DONE } from "../staff/deadlines";
import { pointOf } from "../staff/points";
import { sorted } from "../staff/queue";
import type { Staff } from "../staff/staff.svelte";
import { DutyWatch } from "./duty.svelte";
import { FiguresWatch } from "./figures.svelte";
import { Ground, MANY } from "./ground.svelte";
import { countViews, FILTERS, inView, passes, unseen, VIEWS, type Filter } from "./filter";
import { told, type Line } from "./lines";
import { Seen } from "./seen.svelte";
import { sourcesOf } from "./sources";

const LOST_AFTER = 3_000; // ms: one reconnection is no alarm
const TOLD_EVERY = 200; // ms: a storm's news is drawn together
const NEVER_AFTER = 10_000; // ms to the first word

/** What the centre sees: the board through its filter, the news, and how fresh all of it is. */
export class Centre {
  readonly address = new Address();
  readonly figures: FiguresWatch;
  readonly duty: DutyWatch;
  readonly ground: Ground;
  readonly seen = new Seen();
  lost = $state(false);
  #lines = $state.raw<readonly Line[]>([]);
  #heard: readonly Line[] = [];
  #waits = false;
  readonly #staff: Staff;

  constructor(staff: Staff) {
    this.#staff = staff;
    this.figures = new FiguresWatch(staff);
    this.duty = new DutyWatch(() => staff.access.get<Presence>("presence"));
    this.ground = new Ground(
      staff,
      () => this.many,
      () => this.filter,
      () => this.heat,
    );
  }

  readonly view = $derived.by(() => this.address.oneOf("view", VIEWS));
  readonly selected = $derived.by(() => this.address.get("ticket") || null);
  readonly filter = $derived.by<Filter>(() => ({
    sector: this.address.get("sector"),
    priority: this.address.get("priority"),
    area: this.address.get("area"),
    agency: this.address.get("agency"),
  }));
  readonly filters = $derived.by(() => FILTERS.filter((key) => this.filter[key]).length);
  readonly open = $derived.by(() =>
    this.#staff.board.tickets.filter((one) => !DONE.has(one.status) && passes(one, this.filter)),
  );
  /** Too many to draw one by one, or not all here yet. An agency's are drawn from the board: the
   * server's filter leaves out those that it supports. */
  readonly many = $derived.by(() => {
    if (this.filter.agency) return false;
    return this.#staff.board.loadedAt === null || this.open.length > MANY;
  });
  readonly heat = $derived.by(() => this.address.get("heat") === "1");
  readonly counts = $derived.by(() => countViews(this.open, now.current));
  readonly listed = $derived.by(() => {
    const { open, view } = this;
    const fitting = view === "wall" ? [] : open.filter((one) => inView(one, view, now.current));
    return sorted(fitting, "deadline");
  });
  readonly points = $derived.by(() =>
    this.open.map((one) => pointOf(one, this.#staff.names, now.current)),
  );
  /** Whatever the filter: what nobody has seen to is not hidden by what somebody looked for. */
  readonly alerts = $derived.by(() => unseen(this.#staff.board.tickets, this.seen.ids));
  readonly blinking = $derived.by(() =>
    this.alerts.map((one) => pointOf(one, this.#staff.names, now.current)),
  );
  readonly news = $derived.by(() => this.#lines.filter((line) => passes(line.ticket, this.filter)));
  readonly sources = $derived.by(() => {
    const { board, boundaries, watch } = this.#staff;
    const known = {
      health: watch.health,
      freshAt: watch.freshAt,
      figuresAt: this.figures.at,
      figuresFailed: this.figures.failed,
      boardAt: board.loadedAt,
      boardFailed: board.fault !== null || (this.ground.counted && this.ground.failed),
      ground: boundaries.features.length > 0,
    };
    return sourcesOf(known, now.current);
  });

  /** `onarrival` is told of each ticket that is new here and passes the filter. */
  start(onarrival: (lat: number, lon: number) => void): () => void {
    this.figures.start();
    this.duty.start();
    this.ground.start();
    const stop = this.#staff.board.listen((change, event, fresh) => {
      if (event) this.#hear(event);
      if (!fresh || change.kind !== "arrived" || !passes(change.ticket, this.filter)) return;
      onarrival(change.ticket.location.lat, change.ticket.location.lon);
    });
    return () => {
      this.figures.stop();
      this.duty.stop();
      this.ground.stop();
      stop();
    };
  }

  #hear(event: FeedEvent): void {
    this.#heard = told(this.#heard, event);
    if (this.#waits) return;
    this.#waits = true;
    setTimeout(() => {
      this.#waits = false;
      this.#lines = this.#heard;
    }, TOLD_EVERY);
  }

  /** Call in an effect: the whole wall says when the line is lost, but not at each hiccup. */
  watchLine(): (() => void) | undefined {
    const { health } = this.#staff.watch;
    if (health === "live") {
      this.lost = false;
      return undefined;
    }
    const wait = health === "connecting" ? NEVER_AFTER : LOST_AFTER;
    const timer = setTimeout(() => (this.lost = true), wait);
    return () => clearTimeout(timer);
  }
}
