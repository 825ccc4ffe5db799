/** What this device keeps: drafts, reports waiting to be sent, their photos, and known answers. */
import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import type { Draft, QueuedReport, StoredPhoto } from "../outbox/types";

interface Shelves extends DBSchema {
  drafts: { key: string; value: Draft };
  queue: { key: string; value: QueuedReport };
  photos: { key: string; value: StoredPhoto; indexes: { report: string } };
  answers: { key: string; value: { path: string; body: unknown; at: number } };
}

export type Database = IDBPDatabase<Shelves>;

const NAME = "hientruong";
const VERSION = 1;

let opened: Promise<Database> | null = null;

export function database(): Promise<Database> {
  opened ??= openDB<Shelves>(NAME, VERSION, {
    upgrade(db) {
      db.createObjectStore("drafts", { keyPath: "id" });
      db.createObjectStore("queue", { keyPath: "id" });
      const photos = db.createObjectStore("photos", { keyPath: "id" });
      photos.createIndex("report", "report");
      db.createObjectStore("answers", { keyPath: "path" });
    },
    // Another tab waits for a newer version: let go, and open again when next asked.
    blocking: () => void close(),
    terminated: () => (opened = null),
  }).catch((error: unknown) => {
    opened = null;
    throw error;
  });
  return opened;
}

export async function close(): Promise<void> {
  const db = await opened?.catch(() => null);
  opened = null;
  db?.close();
}
