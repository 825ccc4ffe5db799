import { cachedGet } from "../api/cached";
import type { ApiClient } from "../api/client";
import type { Agency, Catalogue, Sector, Settings } from "../api/types";
import { byCode, type Agencies } from "./agencies";
import { loadBoundaries, loadSettings, nothing, type Boundaries } from "../map";

/** Until the server has said otherwise. */
const USUAL: Settings["limits"] = {
  text: 4000,
  photos: 10,
  upload_bytes: 25 * 1_048_576,
  asset_radius_m: 25,
};

/** What a page for everyone knows of the province: settings, catalogue, boundaries, agencies. */
export class Province {
  settings = $state.raw<Settings | null>(null);
  sectors = $state.raw<Sector[]>([]);
  boundaries = $state.raw<Boundaries>(nothing);
  agencies = $state.raw<Agencies>(byCode());
  fault = $state.raw<unknown>(null);
  loading = $state(false);
  readonly #api: ApiClient;

  constructor(api: ApiClient) {
    this.#api = api;
  }

  get limits(): Settings["limits"] {
    return { ...USUAL, ...this.settings?.limits };
  }

  get ready(): boolean {
    return this.sectors.length > 0;
  }

  /** Ask for what is not here yet. Safe to call again. */
  async load(): Promise<void> {
    if (this.loading) return;
    this.loading = true;
    this.fault = null;
    const settings = loadSettings(this.#api).then((given) => (this.settings = given));
    const boundaries = loadBoundaries(this.#api).then((given) => (this.boundaries = given));
    const agencies = cachedGet<{ results: Agency[] }>(this.#api, "agencies").then(
      ({ results }) => (this.agencies = byCode(results)),
    );
    await Promise.allSettled([settings, boundaries, agencies, this.#catalogue()]);
    this.loading = false;
  }

  async #catalogue(): Promise<void> {
    try {
      this.sectors = (await cachedGet<Catalogue>(this.#api, "categories")).sectors;
    } catch (error) {
      this.fault = error;
    }
  }
}
