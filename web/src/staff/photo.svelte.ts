import { announcer } from "../components";
import type { Box, PhotoDetail } from "../api/types";
import { sentence } from "../api/problem";
import { same } from "./boxes";
import { s } from "./i18n";
import type { Staff } from "./staff.svelte";

const LOOK_AGAIN = 1_000; // ms; copies are made anew in about a second

/** One photo of a ticket as staff work on it: its facts, what is covered, whether it is public. */
export class OpenPhoto {
  detail = $state.raw<PhotoDetail | null>(null);
  boxes = $state.raw<Box[]>([]);
  editing = $state(false);
  busy = $state(false);
  readonly #staff: Staff;
  readonly #path: string;
  readonly #onchange: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(staff: Staff, ticket: string, photo: string, onchange: () => void) {
    this.#staff = staff;
    this.#path = `tickets/${ticket}/photos/${photo}`;
    this.#onchange = onchange;
    void this.#do(() => staff.access.get<PhotoDetail>(this.#path), false);
  }

  get changed(): boolean {
    return this.detail !== null && !same(this.boxes, this.detail.boxes);
  }

  may(what: PhotoDetail["may"][number]): boolean {
    return this.detail?.may.includes(what) ?? false;
  }

  originalUrl(): string {
    return `/api/v1/${this.#path}/original`;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  async cover(): Promise<void> {
    const { boxes } = this;
    await this.#do(() => this.#staff.access.put<PhotoDetail>(`${this.#path}/boxes`, { boxes }));
    this.editing = false;
  }

  async release(publicly: boolean): Promise<void> {
    const path = `${this.#path}/release`;
    await this.#do(async () => {
      if (publicly) return this.#staff.access.put<PhotoDetail>(path, {});
      await this.#staff.access.delete(path);
      return this.#staff.access.get<PhotoDetail>(this.#path);
    });
    announcer.say(s(publicly ? "photo_released" : "photo_withheld"));
  }

  async #do(ask: () => Promise<PhotoDetail>, tell = true): Promise<void> {
    this.busy = true;
    try {
      this.detail = await ask();
      this.boxes = this.detail.boxes;
      if (tell) this.#onchange();
      this.#watch();
    } catch (error) {
      announcer.say(sentence(error), "bad");
    } finally {
      this.busy = false;
    }
  }

  #watch(): void {
    if (this.detail?.state !== "received") return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const again = () => this.#staff.access.get<PhotoDetail>(this.#path);
      void this.#do(again, true);
    }, LOOK_AGAIN);
  }
}
