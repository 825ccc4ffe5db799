import type { Agency } from "../api/types";

export type Agencies = ReadonlyMap<string, Agency>;

export const byCode = (rows: Agency[] = []): Agencies =>
  new Map(rows.map((one) => [one.code, one]));
