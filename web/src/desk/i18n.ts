import { translator } from "../i18n";
import { en } from "./words.en";
import { vi } from "./words.vi";

export const d = translator(vi, en);
export type DeskKey = keyof typeof vi;
