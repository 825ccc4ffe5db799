/** What a reporter may do with a report that has been sent. */
import { citizenApi } from "../api/device";
import type { Report, Score, Upload } from "../api/types";

interface Bytes {
  bytes: ArrayBuffer;
  type: string;
  name: string;
}

async function uploadAll(photos: Bytes[]): Promise<string[]> {
  const ids: string[] = [];
  for (const { bytes, type, name } of photos) {
    // Sent before a failure, the same bytes give the same upload again.
    const made = await citizenApi.upload<Upload>("uploads", new Blob([bytes], { type }), name);
    ids.push(made.id);
  }
  return ids;
}

const post = (no: string, verb: string, body: object) =>
  citizenApi.post<Report>(`reports/${no}/${verb}`, body);

export const withdraw = (no: string) => post(no, "withdraw", {});

export const reopen = (no: string, reason: string) => post(no, "reopen", { reason });

export const rate = (no: string, score: Score, comment: string) =>
  post(no, "rating", { score, ...(comment ? { comment } : {}) });

export const giveInfo = async (no: string, text: string, photos: Bytes[]) =>
  post(no, "info", { text, uploads: await uploadAll(photos) });

export const addPhotos = async (no: string, photos: Bytes[]) =>
  post(no, "photos", { uploads: await uploadAll(photos) });
