/** This browser as a place that pushes go to, for a citizen's installation or for staff. */
import { Problem } from "../api/problem";
import { forget, recall, remember } from "../lib/storage";
import { startWorker } from "../lib/worker";

/** What can be said of it: it cannot, it was forbidden to, nobody asked it, or it does. */
export type Standing = "unable" | "blocked" | "off" | "on";

/** Whose pushes come here. */
export interface Owner {
  /** Under which key this browser remembers what the server was told. */
  slot: string;
  /** Who it is now; another one who takes the chair is not told of. */
  name: () => string;
  /** Give the server the subscription; returns the name that the server has for it. */
  tell: (subscription: string) => Promise<string>;
  untell: (known: string) => Promise<void>;
}

interface Told {
  name: string;
  endpoint: string;
  known: string;
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

  /** A browser may change its address at any time; the server hears of it at the next visit. */
  async renew(): Promise<void> {
    if (!this.offered || this.standing !== "on") return;
    await this.#tell().catch(() => undefined);
  }

  async #tell(): Promise<void> {
    let subscription = await this.#subscribe();
    const name = this.#owner.name();
    const told = this.#told();
    if (told?.name === name && told.endpoint === subscription.endpoint) return;
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
    const now: Told = { name, endpoint: subscription.endpoint, known };
    remember(this.#owner.slot, JSON.stringify(now));
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
    try {
      const { name, endpoint, known } = JSON.parse(
        recall(this.#owner.slot) ?? "{}",
      ) as Partial<Told>;
      return name && endpoint ? { name, endpoint, known: known ?? "" } : null;
    } catch {
      return null;
    }
  }
}
