/** Web Push: offered after a first report, and only where the province has set it up. */
import { citizenApi, deviceKey } from "../api/device";
import { recall, remember } from "../lib/storage";
import { serviceWorker } from "./worker";

const LATER = "ht.push.later";
const TOLD = "ht.push.told";

export function canOffer(vapidKey: string | undefined): boolean {
  const able = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
  return able && Boolean(vapidKey) && Notification.permission === "default" && !recall(LATER);
}

export function notNow(): void {
  remember(LATER, "yes");
}

/** The server's public key as the browser wants it: base64url to bytes. */
export function keyBytes(base64url: string): Uint8Array<ArrayBuffer> {
  const plain = atob(base64url.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

/** Ask the person through the browser, then tell the server where to push. */
export async function turnOn(vapidKey: string): Promise<NotificationPermission> {
  const permission = await Notification.requestPermission();
  if (permission === "granted") await subscribe(vapidKey);
  return permission;
}

/** A browser may change its address at any time; the server hears of it at the next visit. */
export async function renew(vapidKey: string | undefined): Promise<void> {
  if (!vapidKey || !("Notification" in window) || Notification.permission !== "granted") return;
  if (deviceKey()) await subscribe(vapidKey).catch(() => undefined);
}

async function subscribe(vapidKey: string): Promise<void> {
  const registration = await serviceWorker();
  if (!registration) return;
  const subscription = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: keyBytes(vapidKey),
  });
  const token = JSON.stringify(subscription);
  const told = `${deviceKey()?.id} ${subscription.endpoint}`;
  if (recall(TOLD) === told) return;
  await citizenApi.put("devices/me/push", { transport: "webpush", token });
  remember(TOLD, told);
}
