import { locale } from "../i18n";
import { forget, recall, remember } from "../lib/storage";
import { ApiClient, type Credentials } from "./client";
import type { DeviceKey } from "./types";

const KEY = "ht.device";
const TOLD = "ht.device.language"; // of which device the server knows which language

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
    const language = locale.current;
    const made = await api.post<DeviceKey>("devices", { platform: "web", locale: language });
    remember(KEY, JSON.stringify({ id: made.id, token: made.token }));
    remember(TOLD, `${made.id} ${language}`);
    return made;
  });
}

/** This installation for a page that needs it known only once something is asked for. */
export const thisDevice = {
  known: () => deviceKey()?.token ?? null,
  begin: () => ensureDevice(),
  forget(token: string): void {
    if (deviceKey()?.token === token) forget(KEY);
  },
};

/** Pushes and messages are written in the language last chosen here. */
export async function tellLanguage(api: ApiClient = citizenApi): Promise<void> {
  const key = deviceKey();
  const told = `${key?.id} ${locale.current}`;
  if (!key || recall(TOLD) === told) return;
  try {
    await api.patch("devices/me", { locale: locale.current });
    remember(TOLD, told);
  } catch {
    // It is told at the next visit.
  }
}

/** Drop a key that the server no longer knows, unless another tab has replaced it already. */
export function forgetDevice(key: DeviceKey): void {
  if (deviceKey()?.token === key.token) forget(KEY);
}
