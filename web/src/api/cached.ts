import { database } from "../lib/database";
import type { ApiClient } from "./client";
import { Problem } from "./problem";

/**
 * A public answer (catalogue, settings, boundaries), asked anew each time; where the server is
 * silent or broken, the one kept from last time, so that a report can be written without a network.
 */
export async function cachedGet<T>(api: ApiClient, path: string): Promise<T> {
  try {
    const body = await api.get<T>(path);
    await keep(path, body);
    return body;
  } catch (error) {
    if (!(error instanceof Problem) || (!error.offline && error.status < 500)) throw error;
    const kept = await recall<T>(path);
    if (kept === null) throw error;
    return kept;
  }
}

async function keep(path: string, body: unknown): Promise<void> {
  try {
    await (await database()).put("answers", { path, body, at: Date.now() });
  } catch {
    // A full or forbidden disk costs only the offline copy.
  }
}

async function recall<T>(path: string): Promise<T | null> {
  try {
    const kept = await (await database()).get("answers", path);
    return kept ? (kept.body as T) : null;
  } catch {
    return null;
  }
}
