import { expect, test } from "vitest";
import { locale } from "../i18n";
import { reasonsOf } from "./duplicates";

const REASONS = [
  { code: "photo" as const, bits: 0 },
  { code: "photo" as const, bits: 3 },
  { code: "near" as const, distance_m: 14 },
  { code: "same_category" as const },
  { code: "same_sector" as const },
  { code: "words" as const, percent: 48 },
  { code: "same_time" as const, hours: 2 },
];

test("what speaks for a duplicate is said in the reader's words, in the order given", () => {
  locale.current = "en";
  expect(reasonsOf({ reasons: REASONS })).toEqual([
    "the same photo",
    "nearly the same photo",
    "14\u00a0m away",
    "same category",
    "same sector",
    "48% of the words",
    "2 hours apart",
  ]);
});
