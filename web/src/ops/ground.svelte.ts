import { untrack } from "svelte";
import type { Clusters } from "../api/types";
import type { Box, MapCell } from "../map";
import type { Staff } from "../staff/staff.svelte";
import { asked, TICKETS_FROM, type Filter } from "./filter";

export const MANY = 600; // open tickets; fewer are drawn one by one, or gathered by the map itself
const AFTER_NEWS = 1_000; // ms: a storm asks once, not once an entry
const AFTER_MOVE = 150; // ms
const EVERY = 60_000; // ms: what is late becomes so by the clock alone

/** What the map looks at, and how many tickets the server counts there when they are many. */
export class Ground {
  cells = $state.raw<MapCell[] | null>(null);
  failed = $state(false);
  #box = $state.raw<Box | null>(null);
  #zoom = $state(0);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn: ReturnType<typeof setInterval> | undefined;
  #stop: (() => void) | null = null;
  #asked = 0;
  readonly #staff: Staff;
  readonly #many: () => boolean;
  readonly #filter: () => Filter;
  readonly #heat: () => boolean;

  /** `many` says whether there are too many to draw, `filter` which are looked at. */
  constructor(staff: Staff, many: () => boolean, filter: () => Filter, heat: () => boolean) {
    this.#staff = staff;
    this.#many = many;
    this.#filter = filter;
    this.#heat = heat;
  }

  /** Whether the server is to count: on the whole of a province, never in a street. */
  readonly counted = $derived.by(
    () => this.#many() && this.#box !== null && this.#zoom < TICKETS_FROM,
  );

  moved(box: Box, zoom: number): void {
    this.#box = box;
    this.#zoom = zoom;
  }

  start(): void {
    this.#stop = this.#staff.board.listen((change) => {
      if (change.kind !== "none") this.#askIn(AFTER_NEWS);
    });
    this.#turn = setInterval(() => this.#askIn(0), EVERY);
  }

  stop(): void {
    this.#stop?.();
    clearInterval(this.#turn);
    clearTimeout(this.#timer);
  }

  /** Call in an effect: counts anew when the ground, the filter or the board read whole changes. */
  watch(): void {
    const look = [this.#box, this.#zoom, this.#filter(), this.#heat(), this.#staff.board.loadedAt];
    const counted = this.counted;
    untrack(() => {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      if (counted && look.length > 0) this.#askIn(AFTER_MOVE);
      else this.cells = null;
    });
  }

  #askIn(wait: number): void {
    if (!this.counted) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#ask();
    }, wait);
  }

  async #ask(): Promise<void> {
    const box = this.#box;
    if (!box || !this.counted) return;
    const turn = (this.#asked += 1);
    const query = asked(this.#filter(), box, this.#zoom, this.#heat());
    try {
      const answer = await this.#staff.access.get<Clusters>("tickets", { query });
      if (turn !== this.#asked || !this.counted) return; // a later look is on its way
      this.cells = answer.clusters ?? [];
      this.failed = false;
    } catch {
      this.failed = true;
    }
  }
}
