import { translator } from "./translator";
import { en } from "./words.en";
import { vi } from "./words.vi";

export * as format from "./format";
export { locale, type Language } from "./locale.svelte";
export { areaName, fill, named, translator } from "./translator";

/** The words that every face shares; a face makes its own translator beside its own words. */
export const t = translator(vi, en);
export type CommonKey = keyof typeof vi;
