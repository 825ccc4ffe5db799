/** The catalogue as a choice of what a ticket is really about. */
import { named } from "../i18n";
import type { Names } from "./names.svelte";

type Sectors = Names["sectors"];

/** Every category but the ticket's own, found by both names and by its sector's. */
export function categoryChoices(sectors: Sectors, own: string) {
  return sectors.flatMap((sector) =>
    sector.categories
      .filter((one) => one.code !== own)
      .map((one) => ({
        value: one.code,
        label: named(one),
        detail: one.code,
        also: `${one.name_vi} ${one.name_en} ${named(sector)}`,
      })),
  );
}
