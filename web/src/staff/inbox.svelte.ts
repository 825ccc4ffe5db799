/** What this member of staff was told, as the server keeps it: for who has no push, and for later. */
import { pathOf } from "../api/client";
import type { Inbox, InboxItem } from "../api/types";
import type { Door } from "../wishes/door";
import { renewed } from "../wishes/inbox";

const AGAIN = 60_000; // ms between looks, where no push tells

export class StaffInbox {
  items = $state.raw<InboxItem[]>([]);
  unread = $state(0);
  next = $state<string | null>(null);
  busy = $state(false);
  loaded = $state(false);
  fault = $state.raw<unknown>(null);
  readonly #door: Door;
  #seen: readonly number[] = [];

  constructor(door: Door) {
    this.#door = door;
  }

  /** Look now and from time to time while somebody looks at the page; gives back what ends it. */
  start(): () => void {
    const look = () => document.visibilityState === "visible" && void this.look();
    void this.look();
    const timer = setInterval(look, AGAIN);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }

  look(): Promise<void> {
    return this.#alone(async () => {
      const newest = await this.#door.get<Inbox>("inbox");
      ({ items: this.items, next: this.next } = renewed(this, newest, this.#seen));
      this.unread = newest.unread;
      this.loaded = true;
    });
  }

  more(): Promise<void> {
    return this.#alone(async () => {
      if (!this.next) return;
      const { results, next } = await this.#door.get<Inbox>(pathOf(this.next));
      this.items = [...this.items, ...results];
      this.next = next;
    });
  }

  /** What is shown has been seen; the marks of what was new stay until the next look. */
  async markRead(): Promise<void> {
    const ids = this.items.filter((item) => !item.read_at).map((item) => item.id);
    if (ids.length === 0) return;
    try {
      const { unread } = await this.#door.post<{ unread: number }>("inbox/read", { ids });
      this.unread = unread;
      this.#seen = [...this.#seen, ...ids];
    } catch {
      // They stay unread, and are marked the next time.
    }
  }

  async #alone(work: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      await work();
      this.fault = null;
    } catch (error) {
      this.fault = error;
    } finally {
      this.busy = false;
    }
  }
}
