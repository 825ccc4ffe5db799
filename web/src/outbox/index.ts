export { Outbox, outbox, type Change } from "./outbox";
export type { Draft, QueuedReport, StoredPhoto } from "./types";
