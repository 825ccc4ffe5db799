import { recall, remember } from "../lib/storage";

export type Language = "vi" | "en";

const KEY = "ht.language";

class LocaleState {
  current = $state<Language>("vi");

  /** Vietnamese unless this person chose English here before. Call once per page. */
  start(): void {
    this.#apply(recall(KEY) === "en" ? "en" : "vi");
  }

  choose(language: Language): void {
    remember(KEY, language);
    this.#apply(language);
  }

  #apply(language: Language): void {
    this.current = language;
    if (typeof document !== "undefined") document.documentElement.lang = language;
  }
}

export const locale = new LocaleState();
