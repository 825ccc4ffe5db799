import { tick } from "svelte";
import { sentence } from "../api/problem";
import { announcer } from "../components";

/** One thing at a time is asked of the server; a refusal is said. */
export class Attempts {
  busy = $state(false);

  async run(work: () => Promise<unknown>): Promise<void> {
    const pressed = document.activeElement;
    this.busy = true;
    try {
      await work();
    } catch (error) {
      announcer.say(sentence(error), "bad");
    } finally {
      this.busy = false;
    }
    await tick();
    // A busy button loses the keyboard's place.
    if (document.activeElement === document.body && pressed instanceof HTMLElement) pressed.focus();
  }
}
