import { Problem } from "../api/problem";
import type { Ticket } from "../api/types";
import { isMine } from "./queue";
import type { Staff } from "./staff.svelte";
import type { Entry } from "./told";

const SETTLE = 200; // ms: one act often records two entries

/** The ticket that is being looked at: whole, with its history, read again whenever it changes. */
export class OpenTicket {
  readonly id: string;
  ticket = $state.raw<Ticket | null>(null);
  history = $state.raw<Entry[]>([]);
  fault = $state.raw<unknown>(null);
  /** It is no longer this person's to see; what was last seen of it stays. */
  gone = $state(false);
  readonly #staff: Staff;
  readonly #stop: () => void;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #asked = 0;

  constructor(staff: Staff, id: string) {
    this.#staff = staff;
    this.id = id;
    this.#stop = staff.board.listen((change, event) => {
      const touched = event?.ticket?.id === id || event?.data.into === id;
      if (change.kind === "left" && change.was.id === id) this.gone = true;
      else if (touched) this.#loadSoon();
    });
    void this.load();
  }

  stop(): void {
    this.#stop();
    if (this.#timer) clearTimeout(this.#timer);
    this.#asked += 1;
  }

  async load(): Promise<void> {
    const asked = (this.#asked += 1);
    this.fault = null;
    const path = `tickets/${this.id}`;
    try {
      const [ticket, history] = await Promise.all([
        this.#staff.access.get<Ticket>(path),
        this.#staff.access.get<{ results: Entry[] }>(`${path}/events`),
      ]);
      if (asked !== this.#asked) return;
      this.history = history.results;
      this.take(ticket);
    } catch (error) {
      if (asked !== this.#asked) return;
      if (error instanceof Problem && error.status === 404) this.gone = true;
      else this.fault = error;
    }
  }

  /** The server's answer to a verb, or the current ticket that a refusal carried. */
  take(ticket: Ticket): void {
    if (this.ticket && ticket.version < this.ticket.version) return;
    this.ticket = ticket;
    this.gone = !isMine(ticket, this.#staff.mine);
    this.#staff.board.put(ticket);
  }

  #loadSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      void this.load();
    }, SETTLE);
  }
}
