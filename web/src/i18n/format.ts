import { locale, type Language } from "./locale.svelte";

/** Every agency and deadline is in Viet Nam, wherever the reader's phone believes it is. */
const ZONE = "Asia/Ho_Chi_Minh";

const TAGS: Record<Language, string> = { vi: "vi-VN", en: "en-GB" };
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

// Making an Intl object is slow, and a queue of tickets asks for hundreds.
const made = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>();

function once<T extends Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>(
  key: string,
  make: () => T,
): T {
  const kept = made.get(key) as T | undefined;
  if (kept) return kept;
  const fresh = make();
  made.set(key, fresh);
  return fresh;
}

export function number(value: number, language: Language = locale.current): string {
  return once(`n${language}`, () => new Intl.NumberFormat(TAGS[language])).format(value);
}

export function percent(share: number, language: Language = locale.current): string {
  return once(
    `p${language}`,
    () => new Intl.NumberFormat(TAGS[language], { style: "percent", maximumFractionDigits: 1 }),
  ).format(share);
}

function stamp(
  at: string | number | Date,
  style: string,
  options: Intl.DateTimeFormatOptions,
  language: Language,
): string {
  return once(
    `${style}${language}`,
    () => new Intl.DateTimeFormat(TAGS[language], { timeZone: ZONE, ...options }),
  ).format(new Date(at));
}

export function dateTime(at: string | number | Date, language: Language = locale.current): string {
  const day = { day: "2-digit", month: "2-digit", year: "numeric" } as const;
  return stamp(at, "dt", { ...day, hour: "2-digit", minute: "2-digit" }, language);
}

export function fullTime(at: string | number | Date, language: Language = locale.current): string {
  return stamp(at, "ft", { dateStyle: "full", timeStyle: "medium" }, language);
}

export function date(at: string | number | Date, language: Language = locale.current): string {
  return stamp(at, "d", { dateStyle: "medium" }, language);
}

export function clock(at: string | number | Date, language: Language = locale.current): string {
  return stamp(at, "c", { timeStyle: "short" }, language);
}

type Unit = "minute" | "hour" | "day";

/** The largest unit that fits, rounded down: "3 hours" left never promises more than there is. */
function largestUnit(ms: number): [number, Unit] {
  if (ms >= DAY) return [Math.floor(ms / DAY), "day"];
  if (ms >= HOUR) return [Math.floor(ms / HOUR), "hour"];
  return [Math.floor(ms / MINUTE), "minute"];
}

/** A length of time in words, in ms; empty under a minute, which callers say in their own words. */
export function duration(ms: number, language: Language = locale.current): string {
  const [count, unit] = largestUnit(Math.abs(ms));
  if (count === 0) return "";
  return once(
    `u${unit}${language}`,
    () => new Intl.NumberFormat(TAGS[language], { style: "unit", unit, unitDisplay: "long" }),
  ).format(count);
}

const JUST_NOW: Record<Language, string> = { vi: "vừa xong", en: "just now" };

/** "2 giờ trước", "in 3 days"; "vừa xong" within a minute, where Intl would say "phút này". */
export function relative(
  at: string | number | Date,
  now: number,
  language: Language = locale.current,
): string {
  const away = new Date(at).getTime() - now;
  const [count, unit] = largestUnit(Math.abs(away));
  if (count === 0) return JUST_NOW[language];
  return once(
    `r${language}`,
    () => new Intl.RelativeTimeFormat(TAGS[language], { numeric: "auto" }),
  ).format(away < 0 ? -count : count, unit);
}

/** A distance in metres, in the unit that a walker would use, which no line parts from its number. */
export function distance(metres: number, language: Language = locale.current): string {
  const far = metres >= 1000;
  const words = once(
    `m${far}${language}`,
    () =>
      new Intl.NumberFormat(TAGS[language], {
        style: "unit",
        unit: far ? "kilometer" : "meter",
        maximumFractionDigits: far ? 1 : 0,
      }),
  ).format(far ? metres / 1000 : Math.round(metres));
  return words.replace(" ", "\u00a0");
}
