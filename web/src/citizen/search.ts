/** Finding a category by what people type: without diacritics, in either language, in any order. */
import type { Category, Sector } from "../api/types";

export interface Found {
  category: Category;
  sector: Sector;
}

/** Letters alone: no tone or hook, so Hoà and Hòa are one and "duong" finds "đường". */
export function folded(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/đ/gi, "d")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

const IN_NAME = 4;
const AS_PHRASE = 3;
const AT_START = 2;
const IN_SECTOR = 1;

interface Indexed extends Found {
  names: string[];
  words: string[];
  around: string[];
}

function index(sectors: Sector[]): Indexed[] {
  return sectors.flatMap((sector) =>
    sector.categories.map((category) => {
      const names = [folded(category.name_vi), folded(category.name_en)];
      const around = [sector.name_vi, sector.name_en].flatMap((name) => folded(name).split(" "));
      return { category, sector, names, words: names.flatMap((name) => name.split(" ")), around };
    }),
  );
}

/** 0 where a word of the query is nowhere; otherwise the better, the higher. */
function weigh(entry: Indexed, query: string, tokens: string[]): number {
  let weight = 0;
  if (entry.names.some((name) => ` ${name}`.includes(` ${query}`))) weight += AS_PHRASE;
  if (entry.names.some((name) => name.startsWith(query))) weight += AT_START;
  for (const token of tokens) {
    const fits = (word: string) => word.startsWith(token);
    if (entry.words.some(fits)) weight += IN_NAME;
    else if (entry.around.some(fits)) weight += IN_SECTOR;
    else return 0;
  }
  return weight;
}

export function searchCategories(sectors: Sector[], typed: string): Found[] {
  const query = folded(typed);
  if (!query) return [];
  const tokens = query.split(" ");
  return index(sectors)
    .map((entry) => ({ entry, weight: weigh(entry, query, tokens) }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ entry: { category, sector } }) => ({ category, sector }));
}

export function findCategory(sectors: Sector[], code: string | null): Found | null {
  for (const sector of sectors) {
    const category = sector.categories.find((one) => one.code === code);
    if (category) return { category, sector };
  }
  return null;
}

const SUGGESTED = 6;

/** What to offer first: this device's own, then each sector's foremost (a province orders its catalogue). */
export function suggested(sectors: Sector[], recent: string[]): Found[] {
  const own = recent.flatMap((code) => findCategory(sectors, code) ?? []);
  const foremost = sectors.flatMap((sector) => {
    const category = sector.categories[0];
    return category ? [{ category, sector }] : [];
  });
  const unique = new Map([...own, ...foremost].map((found) => [found.category.code, found]));
  return [...unique.values()].slice(0, SUGGESTED);
}

/** Suggested categories that are not the chosen one; none where that is the likeliest. */
export function others(
  sectors: Sector[],
  guesses: { code: string }[],
  chosen: string | null,
): Found[] {
  if (guesses[0]?.code === chosen) return [];
  return guesses
    .filter(({ code }) => code !== chosen)
    .flatMap(({ code }) => findCategory(sectors, code) ?? []);
}
