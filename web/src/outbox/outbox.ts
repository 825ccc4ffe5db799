/** The outbox: keeps drafts and reports on this device until the server has answered. */
import { citizenApi } from "../api/device";
import type { ApiClient } from "../api/client";
import { database } from "../lib/database";
import { nextDelay } from "./schedule";
import { send, type Sending } from "./send";
import type { Draft, QueuedReport, StoredPhoto } from "./types";

const LOCK = "ht.outbox";
const CHANNEL = "ht.outbox";
const SOON = 1_500; // ms; leaves a burst of events room to become one try

export type Change = { kind: "changed" } | { kind: "kept"; report: QueuedReport };

export interface Surroundings {
  api: ApiClient;
  now(): number;
  chance(): number;
}

const browser: Surroundings = {
  api: citizenApi,
  now: () => Date.now(),
  chance: () => Math.random(),
};

export class Outbox {
  readonly #around: Surroundings;
  readonly #listeners = new Set<(change: Change) => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #draining: Promise<void> | null = null;
  #channel: BroadcastChannel | null = null;

  constructor(around: Surroundings = browser) {
    this.#around = around;
  }

  /** Listen for a network and a wakened page, and send what waits. Call once per page. */
  start(): void {
    this.#channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(CHANNEL);
    this.#channel?.addEventListener("message", () => this.#tell({ kind: "changed" }));
    window.addEventListener("online", () => void this.drain(true));
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") void this.drain();
    });
    void this.drain();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#channel?.close();
  }

  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  // Drafts

  async saveDraft(draft: Draft): Promise<void> {
    await (await database()).put("drafts", draft);
  }

  async drafts(): Promise<Draft[]> {
    const all = await (await database()).getAll("drafts");
    return all.sort((a, b) => b.started_at - a.started_at);
  }

  async draft(id: string): Promise<Draft | null> {
    return (await (await database()).get("drafts", id)) ?? null;
  }

  async dropDraft(id: string): Promise<void> {
    const db = await database();
    const work = db.transaction(["drafts", "photos"], "readwrite");
    await work.objectStore("drafts").delete(id);
    const photos = work.objectStore("photos");
    for (const key of await photos.index("report").getAllKeys(id)) await photos.delete(key);
    await work.done;
  }

  async keepPhoto(photo: StoredPhoto): Promise<void> {
    await (await database()).put("photos", photo);
  }

  async dropPhoto(id: string): Promise<void> {
    await (await database()).delete("photos", id);
  }

  /** The pictures of a draft or report, in the order in which they were taken. */
  async photosOf(report: string): Promise<StoredPhoto[]> {
    const found = await (await database()).getAllFromIndex("photos", "report", report);
    return found.sort((a, b) => a.taken_at - b.taken_at);
  }

  // Reports

  /** The person has said "send": from here on the report is never lost. Draft out, report in, at once. */
  async queue(
    draft: string,
    report: Pick<QueuedReport, "id" | "input" | "category" | "photos">,
  ): Promise<QueuedReport> {
    const at = this.#around.now();
    const queued: QueuedReport = {
      ...report,
      state: "waiting",
      posted: null,
      posted_by: null,
      attached: [],
      attempts: 0,
      next_at: at,
      queued_at: at,
      receipt: null,
      refusal: null,
    };
    const work = (await database()).transaction(["drafts", "queue"], "readwrite");
    await work.objectStore("queue").put(queued);
    await work.objectStore("drafts").delete(draft);
    await work.done;
    this.#changed();
    return queued;
  }

  async reports(): Promise<QueuedReport[]> {
    const all = await (await database()).getAll("queue");
    return all.sort((a, b) => b.queued_at - a.queued_at);
  }

  async report(id: string): Promise<QueuedReport | null> {
    return (await (await database()).get("queue", id)) ?? null;
  }

  /** Forget a report: a refused one that the person gives up, or a sent one's local trace. */
  async forget(id: string): Promise<void> {
    const db = await database();
    const work = db.transaction(["queue", "photos"], "readwrite");
    await work.objectStore("queue").delete(id);
    const photos = work.objectStore("photos");
    for (const key of await photos.index("report").getAllKeys(id)) await photos.delete(key);
    await work.done;
    this.#changed();
  }

  /** Take a refused report back to be mended, under the same id: the server has kept nothing of it. */
  async reopen(draft: Draft): Promise<void> {
    const work = (await database()).transaction(["drafts", "queue"], "readwrite");
    await work.objectStore("drafts").put(draft);
    await work.objectStore("queue").delete(draft.id);
    await work.done;
    this.#changed();
  }

  /** Send all that is due; with `now`, all that waits. Only one tab sends at a time. */
  drain(now = false): Promise<void> {
    this.#draining ??= this.#drainAlone(now).finally(() => {
      this.#draining = null;
      void this.#schedule();
    });
    return this.#draining;
  }

  async #drainAlone(now: boolean): Promise<void> {
    const locks = globalThis.navigator?.locks;
    if (!locks) return this.#sendDue(now);
    await locks.request(LOCK, { ifAvailable: true }, async (lock) => {
      if (lock) await this.#sendDue(now);
    });
  }

  async #sendDue(now: boolean): Promise<void> {
    if (globalThis.navigator?.onLine === false) return;
    const waiting = (await this.reports()).filter((report) => report.state === "waiting");
    for (const { id } of waiting.reverse()) {
      const report = await this.report(id); // another tab may have been quicker
      if (report?.state !== "waiting") continue;
      if (now || report.next_at <= this.#around.now()) await this.#sendOne(report);
    }
  }

  async #sendOne(report: QueuedReport): Promise<void> {
    const db = await database();
    const save = async (changed: QueuedReport) => void (await db.put("queue", changed));
    const photos = await this.photosOf(report.id);
    const sending = await send(this.#around.api, report, photos, save).catch((error: unknown) => {
      // A fault of ours in one report must not hold up the others, nor lose it.
      globalThis.reportError?.(error);
      return { outcome: "later" as const, report, photos, wait: null };
    });
    await this.#settle(sending);
    if (sending.outcome === "kept") this.#tell({ kind: "kept", report: sending.report });
    this.#changed();
  }

  async #settle({ outcome, report, photos, wait }: Sending): Promise<void> {
    const attempts = report.attempts + 1;
    const delay = Math.max(wait ?? 0, nextDelay(attempts, this.#around.chance()));
    const next_at = this.#around.now() + delay;
    const work = (await database()).transaction(["queue", "photos"], "readwrite");
    const kept = outcome === "kept";
    await work.objectStore("queue").put({ ...report, attempts, next_at });
    const shelf = work.objectStore("photos");
    for (const photo of photos) await (kept ? shelf.delete(photo.id) : shelf.put(photo));
    await work.done;
  }

  async #schedule(): Promise<void> {
    clearTimeout(this.#timer);
    const all = await this.reports().catch(() => []);
    const due = all.filter((one) => one.state === "waiting").map((one) => one.next_at);
    if (due.length === 0) return;
    const wait = Math.max(SOON, Math.min(...due) - this.#around.now());
    this.#timer = setTimeout(() => void this.drain(), wait);
  }

  #changed(): void {
    this.#tell({ kind: "changed" });
    this.#channel?.postMessage("changed");
  }

  #tell(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }
}

export const outbox = new Outbox();
