/**
 * What the feed is, apart from sockets and timers: a pure step from (state, input) to
 * (state, effects). The log is the truth, so all that must survive a lost connection is, for each
 * follow, the position up to which everything has come.
 */
import { delayBefore } from "./backoff";
import { closing, type Closing, type Command, type FeedEvent, type Frame } from "./protocol";
import {
  ACK_AFTER,
  ACK_EVENTS,
  BEAT_LATE,
  BEAT_LOST,
  type Effect,
  type FeedState,
  type Follow,
  type Health,
  type Input,
  type Step,
  type Timer,
} from "./state";

export function step(state: FeedState, input: Input): Step {
  switch (input.kind) {
    case "start":
      return connect({ ...state, wanted: true, refusal: null, attempt: 0, token: input.token });
    case "stop":
      return [{ ...closed(state), wanted: false }, [...quiet, { do: "close" }]];
    case "opened":
      return [{ ...state, line: "greeting" }, [send(hello(state.token)), beatTimer]];
    case "frame":
      return heard(state, input.frame);
    case "closed":
      return lost(state, input.code, input.chance);
    case "elapsed":
      return elapsed(state, input.timer);
    case "network":
      return network(state, input.up);
    case "follow":
      return follow(state, input);
    case "unfollow":
      return unfollow(state, input.id);
  }
}

const beatTimer: Effect = { do: "arm", timer: "beat", ms: BEAT_LATE };
const quiet: Effect[] = [
  { do: "disarm", timer: "retry" },
  { do: "disarm", timer: "beat" },
  { do: "disarm", timer: "ack" },
];

const send = (command: Command): Effect => ({ do: "send", command });
const hello = (token: string | undefined): Command =>
  token === undefined ? { op: "hello" } : { op: "hello", token };

/** Off the line, everything that must outlive it kept. */
function closed(state: FeedState): FeedState {
  const follows = Object.fromEntries(
    Object.entries(state.follows).map(([id, one]) => [id, { ...one, caughtUp: false }]),
  );
  return { ...state, line: "closed", follows, unacked: 0 };
}

function waitingHealth(state: FeedState): Health {
  if (!state.network) return "offline";
  return state.everLive ? "stale" : "connecting";
}

function connect(state: FeedState): Step {
  if (!state.wanted || state.refusal !== null || state.line !== "closed") return [state, []];
  if (!state.network) return [{ ...state, health: "offline" }, []];
  const opening = { ...state, line: "opening" as const };
  return [
    { ...opening, health: waitingHealth(opening) },
    [{ do: "disarm", timer: "retry" }, { do: "open" }, beatTimer],
  ];
}

function command(id: string, one: Follow): Command {
  return {
    op: "follow",
    id,
    audience: one.audience,
    ...(one.position === null ? {} : { after: one.position }),
    ...(one.filter === undefined ? {} : { filter: one.filter }),
  };
}

function followAll(state: FeedState): Effect[] {
  return Object.entries(state.follows)
    .filter(([, one]) => !one.lapsed)
    .map(([id, one]) => send(command(id, one)));
}

function heard(state: FeedState, frame: Frame): Step {
  const [next, effects] = understood(state, frame);
  // Any frame proves the line; only a welcomed line is live.
  const alive = next.line === "open" && next.wanted;
  const fresh = alive ? { ...next, health: "live" as const, everLive: true } : next;
  return [fresh, [beatTimer, ...effects]];
}

function understood(state: FeedState, frame: Frame): Step {
  switch (frame.op) {
    case "welcome":
      return welcomed(state, frame.epoch, frame.head);
    case "following":
      return [begin(state, frame.id, frame.from), []];
    case "event":
      return event(state, frame);
    case "caught_up":
      return caughtUp(state, frame.id, frame.position);
    case "pong":
    case "beat":
      return [{ ...state, head: frame.head, attempt: 0 }, []];
    case "reset":
      return reset(
        ofPast(state, frame.epoch ?? state.epoch),
        frame.id === undefined ? Object.keys(state.follows) : [frame.id],
      );
    case "error":
      return refusedFollow(state, frame.id ?? null, frame.code, frame.detail);
  }
}

function welcomed(state: FeedState, epoch: string, head: number): Step {
  const open = { ...ofPast(state, epoch), line: "open" as const, head };
  if (state.epoch === null || state.epoch === epoch) return [open, followAll(open)];
  return reset(open, Object.keys(open.follows));
}

/** A restored database: positions that were seen speak of a log that is no more. */
function ofPast(state: FeedState, epoch: string | null): FeedState {
  if (state.epoch === null || state.epoch === epoch) return { ...state, epoch };
  return { ...state, epoch, seen: new Set<number>(), highest: 0, unacked: 0 };
}

function withFollow(state: FeedState, id: string, change: Partial<Follow>): FeedState {
  const one = state.follows[id];
  if (!one) return state;
  return { ...state, follows: { ...state.follows, [id]: { ...one, ...change } } };
}

function begin(state: FeedState, id: string, from: number): FeedState {
  const position = state.follows[id]?.position ?? null;
  return position === null ? withFollow(state, id, { position: from }) : state;
}

function reset(state: FeedState, ids: string[]): Step {
  const known = ids.filter((id) => state.follows[id] && !state.follows[id].lapsed);
  const next = known.reduce(
    (all, id) => withFollow(all, id, { lapsed: true, position: null, caughtUp: false }),
    state,
  );
  return [next, known.length > 0 ? [{ do: "reset", ids: known }] : []];
}

function refusedFollow(state: FeedState, id: string | null, code: string, detail: string): Step {
  const effect: Effect = { do: "error", id, code, detail };
  return id === null ? [state, [effect]] : [without(state, id), [effect]];
}

function event(state: FeedState, frame: FeedEvent): Step {
  const known = state.seen.has(frame.position) || frame.position <= least(state);
  state.seen.add(frame.position);
  const unacked = state.unacked + 1;
  const highest = Math.max(state.highest, frame.position);
  const counted = settled(advanced({ ...state, unacked, highest }, frame.position));
  const deliver: Effect[] = known ? [] : [{ do: "deliver", event: frame }];
  if (unacked >= ACK_EVENTS) {
    const [next, effects] = acknowledge(counted);
    return [next, [...deliver, ...effects]];
  }
  const arm: Effect[] = unacked === 1 ? [{ do: "arm", timer: "ack", ms: ACK_AFTER }] : [];
  return [counted, [...deliver, ...arm]];
}

const standing = (state: FeedState) => Object.values(state.follows).filter((one) => !one.lapsed);

/** Everything up to here has come to every follow. */
function least(state: FeedState): number {
  return Math.min(...standing(state).map((one) => one.position ?? -Infinity));
}

/**
 * Move the follows on. A frame does not say which follow it came by, so one that still replays its
 * past stands where it is (a live entry of another must not carry it over a gap), unless it is alone.
 */
function advanced(state: FeedState, position: number): FeedState {
  const alone = standing(state).length === 1;
  const follows = { ...state.follows };
  for (const [id, one] of Object.entries(follows)) {
    if (one.lapsed || !(one.caughtUp || alone)) continue;
    follows[id] = { ...one, position: Math.max(one.position ?? 0, position) };
  }
  return { ...state, follows };
}

/** With no replay under way, each follow's position says enough. */
function settled(state: FeedState): FeedState {
  if (standing(state).every((one) => one.caughtUp)) state.seen.clear();
  return state;
}

function caughtUp(state: FeedState, id: string, position: number): Step {
  const reached = Math.max(state.follows[id]?.position ?? 0, position);
  const next = withFollow({ ...state, attempt: 0 }, id, { caughtUp: true, position: reached });
  return [settled(next), [{ do: "caught_up", id, position }]];
}

function acknowledge(state: FeedState): Step {
  if (state.unacked === 0 || state.line !== "open") return [state, []];
  const effects: Effect[] = [
    { do: "disarm", timer: "ack" },
    send({ op: "ack", position: state.highest }),
  ];
  return [{ ...state, unacked: 0 }, effects];
}

function lost(state: FeedState, code: number, chance: number): Step {
  const why: Closing = closing(code);
  const down = closed(state);
  if (!state.wanted) return [down, quiet];
  if (why === "refused") return [{ ...down, health: "refused", refusal: code }, quiet];
  const waiting = { ...down, health: waitingHealth(down), attempt: state.attempt + 1 };
  if (!state.network) return [waiting, quiet];
  const ms = delayBefore(why === "return_soon" ? 0 : state.attempt, why, chance);
  return [waiting, [...quiet, { do: "arm", timer: "retry", ms }]];
}

function elapsed(state: FeedState, timer: Timer): Step {
  if (timer === "ack") return acknowledge(state);
  if (timer === "retry") return connect(state);
  if (state.line === "closed") return [state, []];
  if (state.line === "open" && state.health === "live") {
    const effects: Effect[] = [send({ op: "ping" }), { do: "arm", timer: "beat", ms: BEAT_LOST }];
    return [{ ...state, health: "stale" }, effects];
  }
  return [state, [{ do: "close" }]];
}

function network(state: FeedState, up: boolean): Step {
  if (!up) return [{ ...state, network: false, health: offlineHealth(state) }, []];
  const back = { ...state, network: true, attempt: 0 };
  // A line that outlived the outage may be dead without knowing: ask.
  if (back.line === "open") {
    const effects: Effect[] = [send({ op: "ping" }), { do: "arm", timer: "beat", ms: BEAT_LOST }];
    return [{ ...back, health: "stale" }, effects];
  }
  return connect(back);
}

const offlineHealth = (state: FeedState): Health =>
  state.wanted && state.refusal === null ? "offline" : state.health;

function without(state: FeedState, id: string): FeedState {
  const rest = Object.entries(state.follows).filter(([other]) => other !== id);
  return { ...state, follows: Object.fromEntries(rest) };
}

function follow(state: FeedState, given: Extract<Input, { kind: "follow" }>): Step {
  const one: Follow = {
    audience: given.audience,
    filter: given.filter,
    position: given.after ?? null,
    caughtUp: false,
    lapsed: false,
  };
  const next = { ...state, follows: { ...state.follows, [given.id]: one } };
  if (state.line !== "open") return [next, []];
  const old = state.follows[given.id];
  const leave = old && !old.lapsed ? [send({ op: "unfollow", id: given.id })] : [];
  return [next, [...leave, send(command(given.id, one))]];
}

function unfollow(state: FeedState, id: string): Step {
  const one = state.follows[id];
  if (!one) return [state, []];
  const tell = state.line === "open" && !one.lapsed ? [send({ op: "unfollow", id })] : [];
  return [without(state, id), tell];
}
