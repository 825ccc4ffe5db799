import { translator } from "../i18n";
import { en } from "./words.en";
import { vi } from "./words.vi";

export const o = translator(vi, en);
export type OpsKey = keyof typeof vi;
