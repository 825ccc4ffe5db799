/**
 * Sending one report: device, pictures, report, late pictures. Each call goes as far as the
 * network lets it and says what became of it; every step is safe to repeat.
 */
import type { ApiClient } from "../api/client";
import { ensureDevice, forgetDevice } from "../api/device";
import { Problem } from "../api/problem";
import { sendPhoto } from "../api/pieces";
import type { DeviceKey, ReportInput } from "../api/types";
import type { QueuedReport, StoredPhoto } from "./types";

/** After this many tries that stuck on pictures, the words go first. */
export const WORDS_FIRST_AFTER = 2;

export type Outcome = "kept" | "refused" | "later";

export interface Sending {
  outcome: Outcome;
  report: QueuedReport;
  /** Pictures whose state changed. */
  photos: StoredPhoto[];
  /** What the server asked us to wait, in ms. */
  wait: number | null;
}

const PASSING = new Set([401, 403, 408, 425, 429]); // sign in again, slow, busy: no answer yet

/** Silence and a broken server are neither yes nor no. */
export function passing(problem: Problem): boolean {
  return problem.offline || problem.status >= 500 || PASSING.has(problem.status);
}

class Later extends Error {
  readonly wait: number | null;
  constructor(wait: number | null) {
    super("later");
    this.wait = wait;
  }
}

/** Let a passing trouble through as `Later`, a real answer as the problem that it is. */
async function asking<T>(key: DeviceKey | null, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.status === 401 && key) forgetDevice(key);
    if (passing(error)) throw new Later(error.retryAfter);
    throw error;
  }
}

function upload(api: ApiClient, key: DeviceKey, photo: StoredPhoto): Promise<StoredPhoto> {
  const file = new Blob([photo.bytes], { type: photo.type });
  return asking(key, () => sendPhoto(api, file, photo.name)).then(
    (made) => ({ ...photo, upload: { id: made.id, device: key.id } }),
    (error: unknown) => {
      if (!(error instanceof Problem)) throw error;
      // A picture that the server cannot read must not hold the words back.
      return { ...photo, refusal: error.message || error.code };
    },
  );
}

const waiting = (photo: StoredPhoto, device: string) =>
  photo.refusal === undefined && photo.upload?.device !== device;

/** Send what pictures are still here; the first trouble that will pass stops the row. */
async function uploadAll(api: ApiClient, key: DeviceKey, photos: StoredPhoto[]) {
  const done: StoredPhoto[] = [];
  let trouble: Later | null = null;
  for (const photo of photos) {
    if (trouble || !waiting(photo, key.id)) {
      done.push(photo);
      continue;
    }
    try {
      done.push(await upload(api, key, photo));
    } catch (error) {
      if (!(error instanceof Later)) throw error;
      trouble = error;
      done.push(photo);
    }
  }
  return { photos: done, trouble };
}

function uploadsOf(photos: StoredPhoto[], device: string): string[] {
  return photos.flatMap((photo) => (photo.upload?.device === device ? [photo.upload.id] : []));
}

function compose(report: QueuedReport, photos: StoredPhoto[], device: string): ReportInput {
  const uploads = uploadsOf(photos, device);
  const expected = photos.filter((photo) => photo.refusal === undefined).length;
  const late = expected > uploads.length ? { photos_expected: expected } : {};
  return { ...report.input, uploads, ...late };
}

interface Receipt {
  report_no: string;
  ticket: string | null;
}

async function post(
  api: ApiClient,
  key: DeviceKey,
  report: QueuedReport,
  input: ReportInput,
): Promise<QueuedReport> {
  const answer = await asking(key, () => api.post<Receipt>("reports", input));
  const receipt = { report_no: answer.report_no, ticket: answer.ticket ?? null };
  return { ...report, receipt, attached: input.uploads };
}

/** Pictures that came through after the words. */
async function attachLate(
  api: ApiClient,
  key: DeviceKey,
  report: QueuedReport,
  photos: StoredPhoto[],
): Promise<QueuedReport> {
  const uploads = uploadsOf(photos, key.id).filter((id) => !report.attached.includes(id));
  if (uploads.length === 0 || !report.receipt) return report;
  const path = `reports/${report.receipt.report_no}/photos`;
  await asking(key, () => api.post(path, { uploads }));
  return { ...report, attached: [...report.attached, ...uploads] };
}

/** Was it this one field alone that the server did not take? */
function onlyWrong(problem: Problem, name: string): boolean {
  const fields = problem.errors.map((error) => error.field.split(/[.[]/)[0]);
  return fields.length > 0 && fields.every((field) => field === name);
}

function refused(report: QueuedReport, problem: Problem): QueuedReport {
  const { code, message: detail, errors } = problem;
  return { ...report, state: "refused", refusal: { code, detail, errors } };
}

/** Where a half-finished sending stood, so that the next try goes on from there. */
class Progress {
  report: QueuedReport;
  photos: StoredPhoto[];
  readonly #save: (report: QueuedReport) => Promise<void>;

  constructor(
    report: QueuedReport,
    photos: StoredPhoto[],
    save: (report: QueuedReport) => Promise<void>,
  ) {
    this.report = report;
    this.photos = photos;
    this.#save = save;
  }

  /** Written down before posting: after a crash we must still know what was said. */
  async freeze(input: ReportInput, device: string): Promise<void> {
    this.report = { ...this.report, posted: input, posted_by: device };
    await this.#save(this.report);
  }

  end(outcome: Outcome, wait: number | null = null): Sending {
    const lost = this.photos.flatMap(({ name, refusal }) =>
      refusal === undefined ? [] : [{ name, why: refusal }],
    );
    if (lost.length > 0) this.report = { ...this.report, lost };
    return { outcome, report: this.report, photos: this.photos, wait };
  }
}

async function advance(api: ApiClient, at: Progress): Promise<Sending> {
  const key = await asking(null, () => ensureDevice(api));
  const sent = await uploadAll(api, key, at.photos);
  at.photos = sent.photos;
  const wordsFirst = at.report.attempts >= WORDS_FIRST_AFTER;
  if (sent.trouble && !wordsFirst && at.report.receipt === null) throw sent.trouble;
  if (at.report.receipt === null) {
    const frozen = at.report.posted_by === key.id ? at.report.posted : null;
    const input = frozen ?? compose(at.report, at.photos, key.id);
    if (frozen === null) await at.freeze(input, key.id);
    at.report = await post(api, key, at.report, input);
  }
  at.report = await attachLate(api, key, at.report, at.photos);
  if (sent.trouble) throw sent.trouble;
  at.report = { ...at.report, state: "sent" };
  return at.end("kept");
}

export async function send(
  api: ApiClient,
  report: QueuedReport,
  photos: StoredPhoto[],
  save: (report: QueuedReport) => Promise<void>,
): Promise<Sending> {
  const at = new Progress(report, photos, save);
  try {
    return await advance(api, at);
  } catch (error) {
    if (error instanceof Later) return at.end("later", error.wait);
    if (!(error instanceof Problem)) throw error;
    return answered(at, error);
  }
}

/** The server has said no. */
function answered(at: Progress, problem: Problem): Sending {
  if (at.report.receipt !== null) {
    // The words are kept; only late pictures were refused, and asking again will not help.
    at.report = { ...at.report, state: "sent" };
    return at.end("kept");
  }
  const sentUploads = (at.report.posted?.uploads.length ?? 0) > 0;
  const { captured_at, ...undated } = at.report.input;
  if (captured_at && onlyWrong(problem, "captured_at")) {
    // The phone's clock is wrong, which is no reason to lose what its owner saw.
    at.report = { ...at.report, input: undated, posted: null };
    return at.end("later");
  }
  // Pictures whose ids the server does not know are sent anew.
  if (sentUploads && onlyWrong(problem, "uploads")) {
    at.photos = at.photos.map(({ upload: _, ...photo }) => photo);
    at.report = { ...at.report, posted: null };
    if (at.report.attempts < 2 * WORDS_FIRST_AFTER) return at.end("later");
  }
  at.report = { ...refused(at.report, problem), posted: null };
  return at.end("refused");
}
