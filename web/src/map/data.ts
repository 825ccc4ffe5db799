import { cachedGet } from "../api/cached";
import type { ApiClient } from "../api/client";
import type { Settings } from "../api/types";
import type { Boundaries } from "./geo";

let boundaries: Promise<Boundaries> | null = null;
let settings: Promise<Settings> | null = null;

/** The units' boundaries, fetched once a visit. */
export function loadBoundaries(api: ApiClient): Promise<Boundaries> {
  boundaries ??= cachedGet<Boundaries>(api, "areas/boundaries").catch((error: unknown) => {
    boundaries = null;
    throw error;
  });
  return boundaries;
}

export function loadSettings(api: ApiClient): Promise<Settings> {
  settings ??= cachedGet<Settings>(api, "settings").catch((error: unknown) => {
    settings = null;
    throw error;
  });
  return settings;
}
