import { cachedGet } from "../api/cached";
import { staffApi } from "../api/session";
import type { Agency, Catalogue, Category, Named, Sector } from "../api/types";
import { areaName, named } from "../i18n";
import type { AreaRef } from "../api/types";

export interface Area extends Named {
  level: string;
  kind: string;
}

const byCode = <T extends Named>(rows: T[]): Record<string, T> =>
  Object.fromEntries(rows.map((row) => [row.code, row]));

/** The names behind the codes: catalogue, agencies and units, fetched once a visit. */
export class Names {
  sectors = $state.raw<Sector[]>([]);
  agencies = $state.raw<Agency[]>([]);
  areas = $state.raw<Area[]>([]);
  readonly #categories = $derived(byCode(this.sectors.flatMap((sector) => sector.categories)));
  readonly #agencies = $derived(byCode(this.agencies));

  async load(): Promise<void> {
    const [catalogue, agencies, areas] = await Promise.all([
      cachedGet<Catalogue>(staffApi, "categories"),
      cachedGet<{ results: Agency[] }>(staffApi, "agencies"),
      cachedGet<{ results: Area[] }>(staffApi, "areas"),
    ]);
    this.sectors = catalogue.sectors;
    this.agencies = agencies.results;
    this.areas = areas.results;
  }

  category(code: string): string {
    return named(this.#categories[code]) || code;
  }

  categoryOf(code: string): Category | undefined {
    return this.#categories[code];
  }

  sector(code: string): string {
    return named(this.sectors.find((one) => one.code === code)) || code;
  }

  /** An agency that was closed meanwhile has left the list; its code still says which it was. */
  agency(code: string | null): string {
    return code ? named(this.#agencies[code]) || code : "";
  }

  /** The units that these agencies serve; a department serves the province as a whole. */
  unitsOf(agencies: { code: string }[]): string[] {
    return agencies.flatMap(({ code }) => this.#agencies[code]?.area_code ?? []);
  }

  place(ticket: { area: AreaRef | null }): string {
    return areaName(ticket.area);
  }
}
