import { Problem } from "../api/problem";
import type { components } from "../api/schema";
import { end, type Channel, type Door, type Following, type Preferences } from "./door";

type Known = components["schemas"]["FollowingOutput"];

/** Who reads: an installation that may never have sent anything. */
export interface Reader {
  /** By what the server knows it; null before it does. */
  known: () => string | null;
  /** Make it known. */
  begin: () => Promise<unknown>;
  /** Give up a name that the server no longer knows. */
  forget: (name: string) => void;
}

/** One matter, and whether its reader follows it; who has a report in it hears of it anyhow. */
export class Matter {
  standing = $state<"asking" | "off" | "on" | "own">("asking");
  /** The number of the reader's own report, where they have one in the matter. */
  number = $state("");
  /** By which ways the reader hears of what they follow; null until that is known. */
  ways = $state.raw<readonly Channel[] | null>(null);
  busy = $state(false);
  fault = $state.raw<unknown>(null);
  #subscription: number | null = null;
  readonly #ticket: string;
  readonly #door: Door;
  readonly #reader: Reader;

  constructor(ticket: string, door: Door, reader: Reader) {
    this.#ticket = ticket;
    this.#door = door;
    this.#reader = reader;
  }

  look(): Promise<void> {
    return this.#alone(async () => {
      if (this.#reader.known() !== null) await this.#read();
      else this.standing = "off";
    });
  }

  follow(): Promise<void> {
    return this.#alone(async () => {
      await this.#reader.begin();
      if (!(await this.#asked(() => this.#begin()))) {
        await this.#reader.begin();
        await this.#begin();
      }
      await this.#read();
    });
  }

  stop(): Promise<void> {
    return this.#alone(async () => {
      // Ended in another tab and begun again there, it has another name by now.
      for (let turn = 0; turn < 2 && this.#subscription !== null; turn += 1) {
        await end(this.#door, `subscriptions/${this.#subscription}`);
        await this.#read();
      }
    });
  }

  #begin(): Promise<Following> {
    return this.#door.post<Following>("subscriptions", { ticket: this.#ticket });
  }

  async #read(): Promise<void> {
    const path = `tickets/${this.#ticket}/following`;
    const known = await this.#asked(() => this.#door.get<Known>(path));
    this.#subscription = known?.subscription ?? null;
    this.number = known?.report_no ?? "";
    if (this.number) this.standing = "own";
    else this.standing = this.#subscription === null ? "off" : "on";
    if (this.standing === "on" && !this.ways) await this.#readWays();
  }

  /** What the server answered; null, and the name given up, where it no longer knows the reader. */
  async #asked<T>(work: () => Promise<T>): Promise<T | null> {
    const name = this.#reader.known();
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 401 || !name) throw error;
      this.#reader.forget(name);
      return null;
    }
  }

  async #readWays(): Promise<void> {
    const wishes = await this.#door.get<Preferences>("notifications/preferences");
    const wish = wishes.topics.find(({ topic }) => topic === "followed");
    // Whether pushes come to this browser, its page knows better than the server.
    const open = wishes.offered.filter((one) => one === "push" || wishes.reached.includes(one));
    this.ways = open.filter((channel) => wish?.channels.includes(channel));
  }

  async #alone(work: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.fault = null;
    try {
      await work();
    } catch (error) {
      this.fault = error;
    } finally {
      this.busy = false;
    }
  }
}
