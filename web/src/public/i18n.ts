import { translator } from "../i18n";
import { en } from "./words.en";
import { vi } from "./words.vi";

export const p = translator(vi, en);
export type PublicKey = keyof typeof vi;
