/** What the app knows of the province: settings, catalogue, boundaries, agencies' names. */
import { cachedGet } from "../api/cached";
import { citizenApi } from "../api/device";
import type { Agency, Catalogue, Sector, Settings } from "../api/types";
import { loadBoundaries, loadSettings, nothing, type Boundaries } from "../map";

/** Until the server has said otherwise. */
const USUAL: Settings["limits"] = { text: 4000, photos: 10, upload_bytes: 25 * 1_048_576 };

class Province {
  settings = $state.raw<Settings | null>(null);
  sectors = $state.raw<Sector[]>([]);
  boundaries = $state.raw<Boundaries>(nothing);
  agencies = $state.raw<ReadonlyMap<string, Agency>>(new Map());
  fault = $state.raw<unknown>(null);
  loading = $state(false);

  get limits(): Settings["limits"] {
    return this.settings?.limits ?? USUAL;
  }

  get ready(): boolean {
    return this.sectors.length > 0;
  }

  /** Ask for what is not here yet. Safe to call again. */
  async load(): Promise<void> {
    if (this.loading) return;
    this.loading = true;
    this.fault = null;
    const settings = loadSettings(citizenApi).then((given) => (this.settings = given));
    const boundaries = loadBoundaries(citizenApi).then((given) => (this.boundaries = given));
    const agencies = cachedGet<{ results: Agency[] }>(citizenApi, "agencies").then(
      ({ results }) => (this.agencies = new Map(results.map((one) => [one.code, one]))),
    );
    await Promise.allSettled([settings, boundaries, agencies, this.#catalogue()]);
    this.loading = false;
  }

  async #catalogue(): Promise<void> {
    try {
      this.sectors = (await cachedGet<Catalogue>(citizenApi, "categories")).sectors;
    } catch (error) {
      this.fault = error;
    }
  }
}

export const province = new Province();
