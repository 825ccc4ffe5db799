/** The time, in ms since the epoch, as a rune: one slow clock for every deadline on the page. */
const EVERY = 20_000;

class Now {
  current = $state(Date.now());

  constructor() {
    setInterval(() => (this.current = Date.now()), EVERY);
  }
}

export const now = new Now();
