import { translator } from "../i18n";
import { en } from "./words.en";
import { vi } from "./words.vi";

/** The words of what a person wants to hear, for citizens and staff alike. */
export const w = translator(vi, en);
