import { translator } from "../i18n";
import { en } from "./words.en";
import { vi } from "./words.vi";

export const r = translator(vi, en);
export type RulesKey = keyof typeof vi;
