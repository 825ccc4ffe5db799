/** Messages about this device's reports; kept by the server even where no push can come. */
import { pathOf } from "../api/client";
import { citizenApi, deviceKey } from "../api/device";
import type { Inbox, InboxItem } from "../api/types";
import { renewed } from "../wishes/inbox";

const AGAIN = 60_000; // ms between looks, where neither push nor feed tells

class InboxState {
  items = $state.raw<InboxItem[]>([]);
  unread = $state(0);
  next = $state<string | null>(null);
  loading = $state(false);
  loaded = $state(false);
  fault = $state.raw<unknown>(null);
  #seen: readonly number[] = [];

  start(): void {
    void this.load();
    setInterval(() => document.visibilityState === "visible" && void this.load(), AGAIN);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") void this.load();
    });
  }

  async load(): Promise<void> {
    if (this.loading) return;
    if (!deviceKey()) {
      this.loaded = true;
      return;
    }
    this.loading = true;
    try {
      const inbox = await citizenApi.get<Inbox>("inbox");
      ({ items: this.items, next: this.next } = renewed(this, inbox, this.#seen));
      this.unread = inbox.unread;
      this.fault = null;
    } catch (error) {
      this.fault = error;
    } finally {
      this.loading = false;
      this.loaded = true;
    }
  }

  async more(): Promise<void> {
    if (!this.next || this.loading) return;
    this.loading = true;
    try {
      const inbox = await citizenApi.get<Inbox>(pathOf(this.next));
      this.items = [...this.items, ...inbox.results];
      this.next = inbox.next;
    } catch (error) {
      this.fault = error;
    } finally {
      this.loading = false;
    }
    await this.markRead();
  }

  /** The person has seen what is on the page now. The marks of what was new stay until they leave. */
  async markRead(): Promise<void> {
    const ids = this.items.filter((item) => !item.read_at).map((item) => item.id);
    if (ids.length === 0) return;
    try {
      const { unread } = await citizenApi.post<{ unread: number }>("inbox/read", { ids });
      this.unread = unread;
      this.#seen = [...this.#seen, ...ids];
    } catch {
      // They stay unread, and are marked at the next visit.
    }
  }
}

export const inbox = new InboxState();
