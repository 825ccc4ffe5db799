import { locale } from "../i18n";
import { forget, recall, remember } from "../lib/storage";
import { ApiClient, type Credentials } from "./client";
import type { DeviceKey } from "./types";

const KEY = "ht.device";

export function deviceKey(): DeviceKey | null {
  const kept = recall(KEY);
  if (!kept) return null;
  try {
    const { id, token } = JSON.parse(kept) as Partial<DeviceKey>;
    return id && token ? { id, token } : null;
  } catch {
    return null;
  }
}

/** No cookies: a member of staff who reports a pothole does so as a citizen. */
export const deviceCredentials: Credentials = {
  mode: "omit",
  headers(): Record<string, string> {
    const key = deviceKey();
    return key ? { Authorization: `Device ${key.token}` } : {};
  },
};

export const citizenApi = new ApiClient(deviceCredentials);

/** Holds one lock across tabs where the browser has locks; alone in the page otherwise. */
async function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
  const locks = globalThis.navigator?.locks;
  return locks ? ((await locks.request(name, work)) as T) : work();
}

/** The key of this installation, registered the first time that something must be signed. */
export async function ensureDevice(api: ApiClient = citizenApi): Promise<DeviceKey> {
  return alone("ht.device", async () => {
    const kept = deviceKey();
    if (kept) return kept;
    const made = await api.post<DeviceKey>("devices", { platform: "web", locale: locale.current });
    remember(KEY, JSON.stringify({ id: made.id, token: made.token }));
    return made;
  });
}

/** Drop a key that the server no longer knows, unless another tab has replaced it already. */
export function forgetDevice(key: DeviceKey): void {
  if (deviceKey()?.token === key.token) forget(KEY);
}
