import { changed, part } from "./links";

/** What a page shows, kept in its address: to bookmark, to send to a colleague, to go back to. */
export class Address {
  #search = $state(location.search);
  readonly #back = () => (this.#search = location.search);

  constructor() {
    addEventListener("popstate", this.#back);
  }

  get(name: string): string {
    return part(this.#search, name);
  }

  /** One of the allowed values, the first where the address says none of them. */
  oneOf<T extends string>(name: string, allowed: readonly [T, ...T[]]): T {
    const given = this.get(name);
    return allowed.find((value) => value === given) ?? allowed[0];
  }

  /** Change some parts; empty ones go. `step` makes it a place that Back returns from. */
  set(changes: Record<string, string>, step = false): void {
    const next = changed(this.#search, changes);
    if (next === this.#search) return;
    const url = location.pathname + next + location.hash;
    if (step) history.pushState(null, "", url);
    else history.replaceState(null, "", url);
    this.#search = next;
  }
}
