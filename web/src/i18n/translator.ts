import { locale, type Language } from "./locale.svelte";

export type Params = Record<string, string | number>;

export function fill(text: string, params: Params): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}

/**
 * A function that gives a sentence in the reader's language. Each face keeps its own words beside
 * it (`words.vi.ts`, `words.en.ts`), so that a phone does not fetch the desk's.
 */
export function translator<V extends Record<string, string>>(
  vi: V,
  en: Readonly<Record<keyof V, string>>,
): (key: keyof V & string, params?: Params) => string {
  return (key, params = {}) => fill((locale.current === "en" ? en : vi)[key], params);
}

/** The name of a catalogue row in the reader's language: our data carries both. */
export function named(
  thing: { name_vi: string; name_en: string } | null | undefined,
  language: Language = locale.current,
): string {
  if (!thing) return "";
  return language === "en" ? thing.name_en || thing.name_vi : thing.name_vi;
}

/** A unit's name: units carry `name` where catalogue rows carry `name_vi`. */
export function areaName(
  area: { name: string; name_en: string } | null | undefined,
  language: Language = locale.current,
): string {
  if (!area) return "";
  return language === "en" ? area.name_en || area.name : area.name;
}
