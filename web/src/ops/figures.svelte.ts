import type { Figures } from "../api/types";
import type { Staff } from "../staff/staff.svelte";

const EVERY = 30_000; // ms
const AFTER_NEWS = 3_000; // ms: a storm asks once, not once an entry

/** The four figures, asked for in turn and after news. */
export class FiguresWatch {
  figures = $state.raw<Figures | null>(null);
  /** When the server last answered, in ms since the epoch. */
  at = $state<number | null>(null);
  failed = $state(false);
  readonly #staff: Staff;
  #turn: ReturnType<typeof setInterval> | undefined;
  #soon: ReturnType<typeof setTimeout> | undefined;
  #stop: (() => void) | null = null;

  constructor(staff: Staff) {
    this.#staff = staff;
  }

  start(): void {
    void this.#ask();
    this.#turn = setInterval(() => void this.#ask(), EVERY);
    this.#stop = this.#staff.board.listen((change) => {
      if (change.kind === "none") return;
      this.#soon ??= setTimeout(() => {
        this.#soon = undefined;
        void this.#ask();
      }, AFTER_NEWS);
    });
  }

  stop(): void {
    clearInterval(this.#turn);
    clearTimeout(this.#soon);
    this.#stop?.();
  }

  async #ask(): Promise<void> {
    try {
      this.figures = await this.#staff.access.get<Figures>("figures/now");
      this.at = Date.now();
      this.failed = false;
    } catch {
      this.failed = true;
    }
  }
}
