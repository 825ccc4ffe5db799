import { sentence } from "../api/problem";
import { announcer } from "../components";
import type { Door, Preferences } from "./door";
import { w } from "./i18n";

export type Change = Partial<Pick<Preferences, "topics" | "quiet">>;
/** What is changed, given the wishes as they are when it is its turn. */
export type Step = (wishes: Preferences) => Change;

const PATH = "notifications/preferences";

/** What a person wants to hear: shown as wanted at once, kept by one save after another. */
export class Kept {
  /** What the server keeps, with what it is still to be told. */
  wishes = $state.raw<Preferences | null>(null);
  fault = $state.raw<unknown>(null);
  #kept: Preferences | null = null;
  #waiting: readonly Step[] = [];
  #line: Promise<void> = Promise.resolve();
  readonly #door: Door;

  constructor(door: Door) {
    this.#door = door;
  }

  load(): Promise<void> {
    return this.#inLine(() => this.#read());
  }

  change(step: Step): Promise<void> {
    this.#waiting = [...this.#waiting, step];
    this.#show();
    return this.#inLine(() => this.#save(step));
  }

  /** A save that overtook another would undo it, for a topic is told as a whole. */
  #inLine(work: () => Promise<void>): Promise<void> {
    return (this.#line = this.#line.then(work));
  }

  async #save(step: Step): Promise<void> {
    try {
      if (this.#kept) this.#kept = await this.#door.patch<Preferences>(PATH, step(this.#kept));
      this.#settle(step);
      if (this.#waiting.length === 0) announcer.say(w("saved"), "good");
    } catch (error) {
      this.#settle(step);
      announcer.say(sentence(error), "bad");
      await this.#read();
    }
  }

  #settle(step: Step): void {
    this.#waiting = this.#waiting.filter((one) => one !== step);
    this.#show();
  }

  async #read(): Promise<void> {
    try {
      this.#kept = await this.#door.get<Preferences>(PATH);
      this.fault = null;
      this.#show();
    } catch (error) {
      this.fault = error;
    }
  }

  #show(): void {
    this.wishes = this.#kept && this.#waiting.reduce(changed, this.#kept);
  }
}

function changed(wishes: Preferences, step: Step): Preferences {
  const { topics = [], ...rest } = step(wishes);
  const told = new Map(topics.map((wish) => [wish.topic, wish]));
  return {
    ...wishes,
    ...rest,
    topics: wishes.topics.map((wish) => told.get(wish.topic) ?? wish),
  };
}
