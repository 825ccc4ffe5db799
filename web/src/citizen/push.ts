/** Web Push: offered after a first report, and only where the province has set it up. */
import { citizenApi, deviceKey, ensureDevice } from "../api/device";
import { recall, remember } from "../lib/storage";
import { BrowserPushes, isAble } from "../wishes/browser";
import type { Preferences } from "../wishes/door";

const LATER = "ht.push.later";

export function canOffer(vapidKey: string | undefined): boolean {
  return Boolean(vapidKey) && isAble() && Notification.permission === "default" && !recall(LATER);
}

export function notNow(): void {
  remember(LATER, "yes");
}

/** The pushes of this installation. */
export function citizensPushes(vapidKey: string | undefined): BrowserPushes {
  return new BrowserPushes(vapidKey, {
    slot: "ht.push.told",
    name: () => deviceKey()?.id ?? "",
    tell: async (token) => {
      const { id } = await ensureDevice();
      await citizenApi.put("devices/me/push", { transport: "webpush", token });
      return id;
    },
    untell: () => citizenApi.delete("devices/me/push"),
    reached: async () => {
      const { reached } = await citizenApi.get<Preferences>("notifications/preferences");
      return reached.includes("push");
    },
  });
}
