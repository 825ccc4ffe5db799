import { sentence } from "../api/problem";
import type { Report } from "../api/types";
import { announcer } from "../components";
import { tc, type CitizenKey } from "./words";

/** One verb at a time: do it, say so, show the report as it now is. */
export class Acting {
  busy = $state<string | null>(null);
  readonly #onchange: (report: Report) => void;

  constructor(onchange: (report: Report) => void) {
    this.#onchange = onchange;
  }

  /** Whether it was done; what was typed should stay if not. */
  async act(name: string, done: CitizenKey, verb: () => Promise<Report>): Promise<boolean> {
    this.busy = name;
    try {
      this.#onchange(await verb());
      announcer.say(tc(done), "good");
      return true;
    } catch (error) {
      announcer.say(sentence(error), "bad");
      return false;
    } finally {
      this.busy = null;
    }
  }
}
