export { loadBoundaries, loadSettings } from "./data";
export { default as FieldMap } from "./FieldMap.svelte";
export { nothing, type Boundaries, type Box } from "./geo";
export { default as PinMap } from "./PinMap.svelte";
export type { MapCell } from "./cells";
export type { MapPoint } from "./points";
