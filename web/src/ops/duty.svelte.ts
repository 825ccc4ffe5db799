import type { DutyDesk, Presence } from "../api/types";

const EVERY = 10_000; // ms

/** Empty desks with work waiting, those with most of it first, as the server sorts them. */
export const emptyWithWork = (desks: readonly DutyDesk[]): DutyDesk[] =>
  desks.filter((desk) => desk.people.length === 0 && desk.open > 0);

/** Who is on duty, asked for in turn. */
export class DutyWatch {
  presence = $state.raw<Presence | null>(null);
  /** What is shown is not of now. */
  failed = $state(false);
  readonly #ask: () => Promise<Presence>;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(ask: () => Promise<Presence>) {
    this.#ask = ask;
  }

  start(): void {
    void this.#look();
    this.#timer = setInterval(() => void this.#look(), EVERY);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    try {
      this.presence = await this.#ask();
      this.failed = false;
    } catch {
      this.failed = true;
    }
  }
}
