/** The frames of `field.v1`, as docs/contracts give them: JSON text, one object a frame. */
import type { TicketSummary } from "../api/types";
import { straight } from "../lib/straight";

export const SUBPROTOCOL = "field.v1";

export type Audience = "ops" | "public" | `agency:${string}` | `report:${string}`;

export interface Filter {
  category?: string[];
  area?: string[];
  priority?: string[];
  /** West, south, east, north in degrees. */
  bbox?: [number, number, number, number];
}

export interface FeedEvent {
  op: "event";
  position: number;
  type: string;
  at: string;
  ticket?: Partial<TicketSummary> & { id: string; report_no?: string };
  data: Record<string, unknown>;
}

export type Frame =
  | { op: "welcome"; epoch: string; head: number }
  | { op: "following"; id: string; from: number }
  | FeedEvent
  | { op: "caught_up"; id: string; position: number }
  | { op: "pong" | "beat"; head: number }
  | { op: "reset"; id?: string; epoch?: string }
  | { op: "error"; code: string; detail: string; id?: string };

export type Command =
  | { op: "hello"; token?: string }
  | { op: "follow"; id: string; audience: Audience; after?: number; filter?: Filter }
  | { op: "unfollow"; id: string }
  | { op: "ack"; position: number }
  | { op: "ping" };

type Shape = Record<string, "string" | "number" | "object">;

// What each frame must carry before anything else here may trust it.
const SHAPES: Record<Frame["op"], Shape> = {
  welcome: { epoch: "string", head: "number" },
  following: { id: "string", from: "number" },
  event: { position: "number", type: "string", at: "string", data: "object" },
  caught_up: { id: "string", position: "number" },
  pong: { head: "number" },
  beat: { head: "number" },
  reset: {},
  error: { code: "string" },
};

/** Read a frame; null for what is not of this protocol, such as an op of a later version. */
export function parse(text: string): Frame | null {
  let given: unknown;
  try {
    given = JSON.parse(straight(text));
  } catch {
    return null;
  }
  if (typeof given !== "object" || given === null) return null;
  const fields = given as Record<string, unknown>;
  const op = fields.op;
  if (typeof op !== "string" || !Object.hasOwn(SHAPES, op)) return null;
  const fits = Object.entries(SHAPES[op as Frame["op"]]).every(
    ([name, kind]) => typeof fields[name] === kind && fields[name] !== null,
  );
  return fits ? (given as Frame) : null;
}

/** What a close code asks of us (contracts, "Socket"). */
export type Closing = "refused" | "return_soon" | "return_later" | "restarting" | "lost";

export function closing(code: number): Closing {
  if (code === 4400 || code === 4401 || code === 4403) return "refused";
  if (code === 4408) return "return_soon";
  if (code === 4429) return "return_later";
  return code === 1012 ? "restarting" : "lost";
}
