import { translator } from "../i18n";
import { en } from "./words.en";
import { vi } from "./words.vi";

/** The words that both staff faces share. */
export const s = translator(vi, en);
export type StaffKey = keyof typeof vi;
