import type { Duplicate, DuplicateReason } from "../api/types";
import { format } from "../i18n";
import { s } from "./i18n";

const HOUR = 3_600_000; // ms

/** What speaks for it, in words, the strongest first. */
export function reasonsOf({ reasons }: Pick<Duplicate, "reasons">): string[] {
  return reasons.map(words);
}

function words(reason: DuplicateReason): string {
  switch (reason.code) {
    case "near":
      return s("duplicate_near", { distance: format.distance(reason.distance_m ?? 0) });
    case "same_time":
      return s("duplicate_time", { time: format.duration((reason.hours ?? 0) * HOUR) });
    case "words":
      return s("duplicate_words", { share: format.percent((reason.percent ?? 0) / 100) });
    case "photo":
      return s(reason.bits ? "duplicate_photo" : "duplicate_same_photo");
    case "same_category":
      return s("duplicate_category");
    case "same_sector":
      return s("duplicate_sector");
  }
}
