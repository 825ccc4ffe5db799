/** What is said in passing: shown as a toast and spoken by a screen reader. */
export interface Saying {
  id: number;
  text: string;
  tone: "plain" | "good" | "bad";
}

const STAYS = 6_000; // ms; a failure stays until it is read and closed

class Announcer {
  sayings = $state<Saying[]>([]);
  #last = 0;

  say(text: string, tone: Saying["tone"] = "plain"): void {
    const id = (this.#last += 1);
    this.sayings = [...this.sayings.filter((one) => one.text !== text), { id, text, tone }];
    if (tone !== "bad") setTimeout(() => this.drop(id), STAYS);
  }

  /** What was said of a step that has been left. */
  clear(): void {
    this.sayings = [];
  }

  drop(id: number): void {
    this.sayings = this.sayings.filter((one) => one.id !== id);
  }
}

export const announcer = new Announcer();
