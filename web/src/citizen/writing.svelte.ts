/** The report being written: one at a time, saved on this device as it grows. */
import { announcer } from "../components";
import { recall, remember } from "../lib/storage";
import { uuid } from "../lib/uuid";
import { outbox, type Draft, type StoredPhoto } from "../outbox";
import type { Category, NearbyTicket } from "../api/types";
import { PickError, readPicture } from "./pictures";
import { compose, isBlank, newDraft, reopened } from "./steps";
import { format } from "../i18n";
import { tc } from "./words";

const SAVER = "ht.saver";
const RECENT = "ht.recent";
const RECENT_MOST = 3;
const SETTLE = 400; // ms without typing before a save

export interface ShownPhoto {
  id: string;
  url: string;
}

function wishesToSave(): boolean {
  const kept = recall(SAVER);
  if (kept !== null) return kept === "yes";
  const network = (navigator as Navigator & { connection?: { saveData?: boolean } }).connection;
  return network?.saveData ?? false;
}

export function recentCategories(): string[] {
  return (recall(RECENT) ?? "").split(",").filter(Boolean);
}

class Writing {
  draft = $state<Draft | null>(null);
  photos = $state.raw<ShownPhoto[]>([]);
  reading = $state(0);
  saveData = $state(false);
  /** Open tickets close to where the draft is; null until they were looked for. */
  nearby = $state.raw<NearbyTicket[] | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #warned = false;
  #loaded: Promise<void> | null = null;

  /** Find what was begun before. Safe to call again. */
  load(): Promise<void> {
    this.#loaded ??= this.#load();
    return this.#loaded;
  }

  async #load(): Promise<void> {
    this.saveData = wishesToSave();
    document.addEventListener("visibilitychange", () => void this.flush());
    const [latest] = await outbox.drafts().catch(() => []);
    if (latest) await this.take(latest);
  }

  get begun(): boolean {
    return this.draft !== null && !isBlank(this.draft);
  }

  async take(draft: Draft): Promise<void> {
    const stored = await outbox.photosOf(draft.id).catch((): StoredPhoto[] => []);
    this.#showPhotos(stored);
    this.nearby = null;
    this.draft = draft;
  }

  begin(): Draft {
    this.draft ??= newDraft(uuid(), Date.now());
    return this.draft;
  }

  /** Change the draft; kept at once for a step, after a pause for a keystroke. */
  set(change: Partial<Draft>): void {
    if ("step" in change) announcer.clear();
    this.draft = { ...this.begin(), ...change };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), "step" in change ? 0 : SETTLE);
  }

  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    if (!this.draft || isBlank(this.draft)) return;
    try {
      await outbox.saveDraft($state.snapshot(this.draft));
    } catch {
      if (!this.#warned) announcer.say(tc("draft_lost"), "bad");
      this.#warned = true;
    }
  }

  chooseSaver(saves: boolean): void {
    this.saveData = saves;
    remember(SAVER, saves ? "yes" : "no");
  }

  async addPhotos(files: File[], limits: { photos: number; upload_bytes: number }): Promise<void> {
    announcer.clear(); // what was wrong with those before would lie over these
    const draft = this.begin();
    const room = limits.photos - draft.photos.length;
    if (files.length > room) announcer.say(tc("photos_full", { limit: limits.photos }));
    this.reading += 1;
    for (const file of files.slice(0, room))
      await this.#addPhoto(draft.id, file, limits.upload_bytes);
    this.reading -= 1;
  }

  async #addPhoto(report: string, file: File, maxBytes: number): Promise<void> {
    try {
      const picked = await readPicture(file, { saveData: this.saveData, maxBytes });
      const photo: StoredPhoto = { id: uuid(), report, ...picked };
      await outbox.keepPhoto(photo);
      this.photos = [...this.photos, shown(photo)];
      this.set({ photos: this.photos.map((one) => one.id) });
    } catch (error) {
      announcer.say(pickSentence(error, file, maxBytes), "bad");
    }
  }

  async removePhoto(id: string): Promise<void> {
    const gone = this.photos.find((photo) => photo.id === id);
    if (gone) URL.revokeObjectURL(gone.url);
    this.photos = this.photos.filter((photo) => photo.id !== id);
    this.set({ photos: this.photos.map((photo) => photo.id) });
    await outbox.dropPhoto(id);
  }

  async discard(): Promise<void> {
    clearTimeout(this.#timer);
    const id = this.draft?.id;
    this.#clear();
    if (id) await outbox.dropDraft(id);
  }

  /** Hand the report to the outbox and give back its id. */
  async submit(category: Category): Promise<string> {
    clearTimeout(this.#timer);
    const draft = $state.snapshot(this.draft);
    if (!draft) throw new Error("There is no draft to send.");
    const photos = await outbox.photosOf(draft.id);
    const { code, name_vi, name_en } = category;
    await outbox.queue(draft.id, {
      id: draft.id,
      input: compose(draft, photos),
      category: { code, name_vi, name_en },
      photos: photos.map((photo) => photo.id),
    });
    const recent = [code, ...recentCategories().filter((other) => other !== code)];
    remember(RECENT, recent.slice(0, RECENT_MOST).join(","));
    this.#clear();
    return draft.id;
  }

  /** Take a refused report back, to be mended. */
  async mend(id: string): Promise<void> {
    const report = await outbox.report(id);
    if (!report) return;
    const draft = reopened(report);
    await outbox.reopen(draft);
    await this.take(draft);
  }

  #showPhotos(stored: StoredPhoto[]): void {
    for (const photo of this.photos) URL.revokeObjectURL(photo.url);
    this.photos = stored.map(shown);
  }

  #clear(): void {
    this.#showPhotos([]);
    this.nearby = null;
    this.draft = null;
  }
}

function shown(photo: StoredPhoto): ShownPhoto {
  return { id: photo.id, url: URL.createObjectURL(new Blob([photo.bytes], { type: photo.type })) };
}

export function pickSentence(error: unknown, file: File, maxBytes: number): string {
  if (!(error instanceof PickError)) return tc("photo_unreadable", { name: file.name });
  if (error.fault === "not_one") return tc("photo_not_one", { name: error.file });
  if (error.fault === "unreadable") return tc("photo_unreadable", { name: error.file });
  return tc("photo_too_large", {
    name: error.file,
    size: format.number(Math.floor(maxBytes / 1_048_576)),
  });
}

export const writing = new Writing();
