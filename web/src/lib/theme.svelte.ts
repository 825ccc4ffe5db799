import { forget, recall, remember } from "./storage";

export type ThemeChoice = "auto" | "light" | "dark";
export type Theme = "light" | "dark";

const KEY = "ht.theme";

class ThemeState {
  choice = $state<ThemeChoice>("auto");
  current = $state<Theme>("light");
  #system: MediaQueryList | null = null;

  /** Take over from theme.js and follow the system's changes. Call once per page. */
  start(): void {
    this.#system = matchMedia("(prefers-color-scheme: dark)");
    this.#system.addEventListener("change", () => this.#apply());
    const kept = recall(KEY);
    this.choice = kept === "light" || kept === "dark" ? kept : "auto";
    this.#apply();
  }

  choose(choice: ThemeChoice): void {
    this.choice = choice;
    if (choice === "auto") forget(KEY);
    else remember(KEY, choice);
    this.#apply();
  }

  #apply(): void {
    const root = document.documentElement;
    const dark = root.dataset.face === "ops" || this.#system?.matches === true;
    this.current = this.choice === "auto" ? (dark ? "dark" : "light") : this.choice;
    root.dataset.theme = this.current;
  }
}

export const theme = new ThemeState();
