/** This browser as a place that pushes go to, for a citizen's installation or for staff. */
import { anyoneApi } from "../api/anyone";
import type { ApiClient } from "../api/client";
import { Problem } from "../api/problem";
import { locale } from "../i18n";
import { forget, recall, remember } from "../lib/storage";
import { serviceWorker, startWorker } from "../lib/worker";

/** What can be said of it: it cannot, it was forbidden to, nobody asked it, or it does. */
export type Standing = "unable" | "blocked" | "off" | "on";

/** Where a staff page remembers whose pushes come to this browser. */
export const STAFF = "ht.push.staff";

/** Whose pushes come here. */
export interface Owner {
  /** Under which key this browser remembers what the server was told. */
  slot: string;
  /** Who it is now; another one who takes the chair is not told of. */
  name: () => string;
  /** Give the server the subscription; returns the name that the server has for it. */
  tell: (subscription: string) => Promise<string>;
  untell: (known: string) => Promise<void>;
  /** Ask the server whether what it has under the name is still pushed to. */
  reached: (known: string) => Promise<boolean>;
}

const ASK_EVERY = 24 * 3600_000; // ms

interface Told {
  name: string;
  endpoint: string;
  known: string;
  language: string;
  /** When the server was told or asked last, in ms since 1970. */
  at: number;
}

/** What the server was told of this browser. */
function toldOf(slot: string): Told | null {
  try {
    const given = JSON.parse(recall(slot) ?? "{}") as Partial<Told>;
    const { name, endpoint, known = "", language = "", at = 0 } = given;
    return name && endpoint ? { name, endpoint, known, language, at } : null;
  } catch {
    return null;
  }
}

export function isAble(): boolean {
  return "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
}

/** The server's public key as the browser wants it: base64url to bytes. */
export function keyBytes(base64url: string): Uint8Array<ArrayBuffer> {
  const plain = atob(base64url.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

export class BrowserPushes {
  readonly #key: string;
  readonly #owner: Owner;

  constructor(vapidKey: string | undefined, owner: Owner) {
    this.#key = vapidKey ?? "";
    this.#owner = owner;
  }

  /** Whether the province has set Web Push up at all. */
  get offered(): boolean {
    return this.#key !== "";
  }

  get standing(): Standing {
    if (!isAble()) return "unable";
    if (Notification.permission === "denied") return "blocked";
    const on = Notification.permission === "granted" && this.#told()?.name === this.#owner.name();
    return on ? "on" : "off";
  }

  /** Ask the person through the browser, then tell the server where to push. */
  async turnOn(): Promise<Standing> {
    const permission = await Notification.requestPermission();
    if (permission === "granted") await this.#tell();
    return this.standing;
  }

  /** End it for this owner; another's pushes may come to the same browser and go on. */
  async turnOff(): Promise<void> {
    const told = this.#told();
    if (told) await this.#owner.untell(told.known);
    forget(this.#owner.slot);
  }

  /**
   * A browser's address and its person's language change; the server hears of it at a visit. Once a
   * day it is asked, too: what a push service gave up, the server has forgotten.
   */
  async renew(): Promise<void> {
    if (!this.offered || this.standing !== "on") return;
    await this.#keepUp().catch(() => undefined);
  }

  async #keepUp(): Promise<void> {
    const told = this.#told();
    if (told && Date.now() - told.at > ASK_EVERY) {
      if (await this.#owner.reached(told.known)) {
        this.#note({ ...told, at: Date.now() });
      } else {
        await (await this.#subscribe()).unsubscribe();
      }
    }
    await this.#tell();
  }

  async #tell(): Promise<void> {
    let subscription = await this.#subscribe();
    const name = this.#owner.name();
    const language = locale.current;
    const told = this.#told();
    const same = told?.endpoint === subscription.endpoint && told.language === language;
    if (told?.name === name && same) return;
    let known: string;
    try {
      known = await this.#owner.tell(JSON.stringify(subscription));
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== "address_dead") throw error;
      // The push service has given this address up: the browser makes another.
      await subscription.unsubscribe();
      subscription = await this.#subscribe();
      known = await this.#owner.tell(JSON.stringify(subscription));
    }
    this.#note({ name, endpoint: subscription.endpoint, known, language, at: Date.now() });
  }

  #note(told: Told): void {
    remember(this.#owner.slot, JSON.stringify(told));
  }

  async #subscribe(): Promise<PushSubscription> {
    await startWorker();
    const { pushManager } = await navigator.serviceWorker.ready;
    return pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: keyBytes(this.#key),
    });
  }

  #told(): Told | null {
    return toldOf(this.#owner.slot);
  }
}

/**
 * Nothing of any account comes to this browser any more: asked when its person signs out. It needs
 * no session, since that may have ended before.
 */
export async function leaveChair(api: ApiClient = anyoneApi): Promise<void> {
  const worker = await serviceWorker();
  const subscription = await worker?.pushManager?.getSubscription();
  if (subscription) await api.post("addresses/release", { value: JSON.stringify(subscription) });
  forget(STAFF);
  for (const shown of (await worker?.getNotifications?.()) ?? []) {
    const { url = "" } = (shown.data ?? {}) as { url?: string };
    if (/^\/(desk|ops)\b/.test(url)) shown.close();
  }
}

/** Somebody sits down: what came to another one who was not signed out properly ends. */
export async function takeChair(username: string, api: ApiClient = anyoneApi): Promise<void> {
  const told = toldOf(STAFF);
  if (told && told.name !== username) await leaveChair(api);
}
