import { anyoneApi } from "../api/anyone";
import { named } from "../i18n";
import { Province } from "../lib/province.svelte";

export const province = new Province(anyoneApi);

export function categoryName(code: string): string {
  const all = province.sectors.flatMap((sector) => sector.categories);
  return named(all.find((one) => one.code === code)) || code;
}

export function sectorName(code: string): string {
  return named(province.sectors.find((one) => one.code === code)) || code;
}

export function agencyName(code: string | null): string {
  return code ? named(province.agencies.get(code)) || code : "";
}
