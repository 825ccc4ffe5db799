import type { Contact, Location, Named, Purpose, ReportInput } from "../api/types";
import type { FieldError } from "../api/problem";

/**
 * A photo's bytes, not its File: a picked File may point at a picture that the phone has deleted
 * by the time there is a network.
 */
export interface StoredPhoto {
  id: string;
  /** The draft or report that it belongs to. */
  report: string;
  bytes: ArrayBuffer;
  type: string;
  name: string;
  taken_at: number;
  /** What the server calls it, and the device that sent it: an upload belongs to its sender. */
  upload?: { id: string; device: string };
  /** The server will not have this picture, and why. */
  refusal?: string;
}

/** A report being written. Saved after each step, so that a closed tab loses nothing. */
export interface Draft {
  id: string;
  step: string;
  /** The report's own fields, as far as they are known. */
  category: string | null;
  text: string;
  location: Location | null;
  placed: "gps" | "hand" | null;
  /** The asset that is meant, and where the pin stood before it was put there. */
  asset?: {
    layer: string;
    code: string;
    name: string;
    from: { location: Location; placed: "gps" | "hand" | null };
  } | null;
  /** The unit that the place lies in, once the server has said so. */
  unit?: Pick<Named, "name_vi" | "name_en"> | null;
  answers: Record<string, string>;
  contact: Required<Contact>;
  anonymous: boolean;
  consents: Purpose[];
  joins: string | null;
  /** Under which id categories were suggested for the words. */
  suggestion?: string | null;
  photos: string[];
  started_at: number;
}

export type SendState = "waiting" | "refused" | "sent";

/** A report that the person has sent and the server has perhaps not yet heard. */
export interface QueuedReport {
  id: string;
  state: SendState;
  input: Omit<ReportInput, "uploads" | "photos_expected">;
  /** Names of the category for the list of what waits, without asking the catalogue. */
  category: { code: string; name_vi: string; name_en: string };
  photos: string[];
  /**
   * What was posted, from the first try on. The same id with another body is a conflict, so
   * pictures that come through later follow on their own.
   */
  posted: ReportInput | null;
  /** The device that posted it: its uploads mean nothing from another. */
  posted_by: string | null;
  /** Pictures that the server has attached to the report. */
  attached: string[];
  attempts: number;
  next_at: number;
  queued_at: number;
  receipt: { report_no: string; ticket: string | null } | null;
  /** Pictures that the server would not have, and why: told, since they are gone once it is sent. */
  lost?: { name: string; why: string }[];
  refusal: { code: string; detail: string; errors: FieldError[] } | null;
}
