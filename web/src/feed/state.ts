import type { Audience, Command, FeedEvent, Filter, Frame } from "./protocol";

// All in ms. The server beats every 15 s; one late beat is a doubt, two are a dead line.
export const BEAT_LATE = 22_000;
export const BEAT_LOST = 15_000;
export const ACK_AFTER = 5_000;
export const ACK_EVENTS = 200;

export type Health = "connecting" | "live" | "stale" | "offline" | "refused";

export interface Follow {
  audience: Audience;
  filter: Filter | undefined;
  /** Everything up to here has come; null until the server has said where this follow begins. */
  position: number | null;
  caughtUp: boolean;
  /** Its past is gone from the log: the page must take a new snapshot and follow again. */
  lapsed: boolean;
}

export interface FeedState {
  health: Health;
  line: "closed" | "opening" | "greeting" | "open";
  wanted: boolean;
  network: boolean;
  token: string | undefined;
  epoch: string | null;
  head: number;
  refusal: number | null;
  attempt: number;
  everLive: boolean;
  follows: Readonly<Record<string, Follow>>;
  /**
   * Positions handed on that may come again through another follow's replay. One set, changed in
   * place: a copy for each frame of a long replay would be quadratic.
   */
  seen: Set<number>;
  highest: number;
  unacked: number;
}

export type Timer = "retry" | "beat" | "ack";

export type Input =
  | { kind: "start"; token?: string | undefined }
  | { kind: "stop" }
  | { kind: "opened" }
  | { kind: "frame"; frame: Frame }
  | { kind: "closed"; code: number; chance: number }
  | { kind: "elapsed"; timer: Timer }
  | { kind: "network"; up: boolean }
  | { kind: "follow"; id: string; audience: Audience; after?: number; filter?: Filter }
  | { kind: "unfollow"; id: string };

export type Effect =
  | { do: "open" }
  | { do: "close" }
  | { do: "send"; command: Command }
  | { do: "arm"; timer: Timer; ms: number }
  | { do: "disarm"; timer: Timer }
  | { do: "deliver"; event: FeedEvent }
  | { do: "caught_up"; id: string; position: number }
  | { do: "reset"; ids: string[] }
  | { do: "error"; id: string | null; code: string; detail: string };

export type Step = [FeedState, Effect[]];

export const idle = (): FeedState => ({
  health: "connecting",
  line: "closed",
  wanted: false,
  network: true,
  token: undefined,
  epoch: null,
  head: 0,
  refusal: null,
  attempt: 0,
  everLive: false,
  follows: {},
  seen: new Set(),
  highest: 0,
  unacked: 0,
});
