/** A large photo over a weak network: piece by piece, going on from where it stood. */
import type { ApiClient } from "./client";
import { Problem } from "./problem";
import type { Upload } from "./types";

/** Smaller than this, a photo goes at once. */
export const AT_ONCE = 512 * 1024;
export const PIECE = 256 * 1024;

const hex = (bytes: ArrayBuffer) =>
  [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** Where the page is not secure (a phone on http in a local network) there is no digest. */
export const canResume = () => typeof crypto !== "undefined" && crypto.subtle !== undefined;

/** Hears how much of a photo the server has, 0 to 1. */
type Progress = (share: number) => void;

/** Send a photo: at once, or in pieces where it is large. Throws Problem; the same again goes on. */
export async function sendPhoto(api: ApiClient, file: Blob, name: string, heard?: Progress) {
  if (file.size <= AT_ONCE || !canResume()) return api.upload<Upload>("uploads", file, name);
  return sendInPieces(api, await file.arrayBuffer(), heard);
}

/**
 * Send a photo in pieces. Called again after hours it goes on from what the server has; what the
 * server has whole needs no byte. Throws Problem.
 */
export async function sendInPieces(
  api: ApiClient,
  bytes: ArrayBuffer,
  heard: Progress = () => undefined,
): Promise<Upload> {
  const sha256 = hex(await crypto.subtle.digest("SHA-256", bytes));
  let upload = await api.post<Upload>("uploads", { sha256, bytes: bytes.byteLength });
  let stuck = 0;
  while (upload.state === "partial") {
    heard(upload.offset / bytes.byteLength);
    const start = upload.offset;
    const end = Math.min(start + PIECE, bytes.byteLength);
    try {
      upload = await api.patchBytes<Upload>(`uploads/${upload.id}`, bytes.slice(start, end), {
        start,
        total: bytes.byteLength,
      });
    } catch (error) {
      // An answer that was lost on the way: the piece is there, and only the server knows.
      const moved = error instanceof Problem && error.code === "photo_wrong_offset";
      if (!moved || stuck > 2) throw error;
      stuck += 1;
      upload = await api.get<Upload>(`uploads/${upload.id}`);
    }
  }
  heard(1);
  return upload;
}
