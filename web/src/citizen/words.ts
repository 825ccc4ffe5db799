import { translator } from "../i18n";
import { en } from "./words.en";
import { vi } from "./words.vi";

export const tc = translator(vi, en);
export type CitizenKey = keyof typeof vi;
