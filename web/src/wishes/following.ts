import type { components } from "../api/schema";
import type { Named, Sector } from "../api/types";
import { distance } from "../i18n/format";
import { named } from "../i18n";
import type { Following } from "./door";
import { w } from "./i18n";

export type Wish = components["schemas"]["SubscriptionInput"];

/** What can be followed besides a unit by its name: around where one is, or the unit there. */
export const AROUND = "around";
export const HERE = "here";
const RADIUS_M = 1000;

/** What the server is asked to tell of. */
export interface Choice {
  /** AROUND, HERE or a unit's code. */
  where: string;
  /** Sector codes; none is all. */
  sectors: readonly string[];
  updates: boolean;
}

/** Whether one must be found first. */
export function needsPlace({ where }: Choice): boolean {
  return where === AROUND || where === HERE;
}

/** The wish in the server's words; `unit` is the code of the unit where one stands. */
export function wishOf(
  choice: Choice,
  place: { lat: number; lon: number } | null,
  unit: string | null,
): Wish {
  const narrowed = { sectors: [...choice.sectors], updates: choice.updates };
  if (choice.where === AROUND && place) {
    return { near: { lat: place.lat, lon: place.lon, radius_m: RADIUS_M }, ...narrowed };
  }
  return { area: choice.where === HERE ? (unit ?? "") : choice.where, ...narrowed };
}

/** What is followed, as its follower knows it. */
export function nameOf(
  one: Following,
  areas: readonly Named[],
  sectors: readonly Sector[] = [],
): string {
  if (one.near) return w("follow_near", { distance: distance(one.near.radius_m) });
  if (one.ticket) {
    const categories = sectors.flatMap((sector) => sector.categories);
    const about = named(categories.find(({ code }) => code === one.category));
    return about ? `${about} · ${one.report_no}` : one.report_no;
  }
  const area = areas.find(({ code }) => code === one.area);
  return named(area) || w("follow_area", { code: one.area ?? "" });
}

/** The page of a matter that is followed; an area has none. */
export function pageOf(one: Following): string | undefined {
  return one.ticket ? `/public#/t/${one.ticket}` : undefined;
}

/** Of what and how much is told. */
export function scopeOf(one: Following, sectors: readonly Sector[]): string {
  if (one.ticket) return w("follow_ticket");
  const names = (one.sectors ?? []).map(
    (code) => named(sectors.find((it) => it.code === code)) || code,
  );
  const what = names.length > 0 ? names.join(", ") : w("follow_all_sectors");
  return `${what} · ${w(one.updates === false ? "follow_new_only" : "follow_updates_too")}`;
}
