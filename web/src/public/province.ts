import { anyoneApi } from "../api/anyone";
import { named } from "../i18n";
import { Province } from "../lib/province.svelte";

export const province = new Province(anyoneApi);

/** A name that is still on its way shows as such; one that never came, as its code. */
const orCode = (name: string, code: string) => name || (province.loading ? "…" : code);

export function categoryName(code: string): string {
  const all = province.sectors.flatMap((sector) => sector.categories);
  return orCode(named(all.find((one) => one.code === code)), code);
}

export function sectorName(code: string): string {
  return orCode(named(province.sectors.find((one) => one.code === code)), code);
}

export function agencyName(code: string | null): string {
  return code ? orCode(named(province.agencies.get(code)), code) : "";
}
