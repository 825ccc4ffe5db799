/** This device's reports: those that the server has, and those that still wait here. */
import { cachedGet } from "../api/cached";
import { pathOf } from "../api/client";
import { citizenApi, deviceKey, forgetDevice } from "../api/device";
import { Problem } from "../api/problem";
import type { Page, ReportSummary } from "../api/types";
import { outbox, type QueuedReport } from "../outbox";

class Mine {
  reports = $state.raw<ReportSummary[]>([]);
  queued = $state.raw<QueuedReport[]>([]);
  next = $state<string | null>(null);
  loading = $state(false);
  loaded = $state(false);
  fault = $state.raw<unknown>(null);
  /** The list comes from this device's own copy. */
  old = $state(false);

  /** What the server has not answered yet, or refused, or lacks pictures of. */
  get waiting(): QueuedReport[] {
    return this.queued.filter((report) => report.state !== "sent");
  }

  start(): void {
    outbox.onChange((change) => {
      void this.readQueue();
      if (change.kind === "kept") void this.load();
    });
    void this.readQueue();
    void this.load();
  }

  async readQueue(): Promise<void> {
    this.queued = await outbox.reports().catch(() => []);
  }

  async load(): Promise<void> {
    if (this.loading) return;
    const key = deviceKey();
    if (!key) {
      this.reports = [];
      this.loaded = true;
      return;
    }
    this.loading = true;
    try {
      const page = await cachedGet<Page<ReportSummary>>(citizenApi, "reports");
      this.reports = page.results;
      this.next = page.next;
      this.fault = null;
    } catch (error) {
      if (error instanceof Problem && error.status === 401) forgetDevice(key);
      else this.fault = error;
    } finally {
      this.old = navigator.onLine === false;
      this.loading = false;
      this.loaded = true;
    }
  }

  async more(): Promise<void> {
    if (!this.next || this.loading) return;
    this.loading = true;
    try {
      const page = await citizenApi.get<Page<ReportSummary>>(pathOf(this.next));
      this.reports = [...this.reports, ...page.results];
      this.next = page.next;
    } catch (error) {
      this.fault = error;
    } finally {
      this.loading = false;
    }
  }
}

export const mine = new Mine();
