import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { delayBefore } from "./backoff";
import { FeedClient, feedUrl, type FeedStatus } from "./client";
import { parse, type Command } from "./protocol";

/** A socket whose other end is the test. */
class FakeSocket {
  static all: FakeSocket[] = [];
  readyState = 0;
  sent: Command[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor() {
    FakeSocket.all.push(this);
  }
  send(text: string) {
    this.sent.push(JSON.parse(text) as Command);
  }
  close() {
    this.readyState = 3;
  }
  open() {
    this.readyState = 1;
    this.onopen?.();
  }
  say(...frames: object[]) {
    for (const frame of frames) this.onmessage?.({ data: JSON.stringify(frame) });
  }
  drop(code: number) {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

const latest = () => {
  const socket = FakeSocket.all.at(-1);
  if (!socket) throw new Error("no socket was opened");
  return socket;
};
const entry = (position: number) => ({
  op: "event",
  position,
  type: "ticket.accepted",
  at: "2026-03-02T05:00:00Z",
  data: {},
});

function given() {
  const heard = {
    positions: [] as number[],
    resets: [] as string[][],
    errors: [] as (string | null)[][],
    states: [] as FeedStatus["health"][],
  };
  const feed = new FeedClient("ws://here/ws/v1/feed", {
    socket: () => new FakeSocket() as unknown as WebSocket,
    now: () => Date.now(),
    chance: () => 0.5,
  });
  feed.listen({
    onEvent: (event) => heard.positions.push(event.position),
    onReset: (ids) => heard.resets.push(ids),
    onError: (id, code) => heard.errors.push([id, code]),
    onStatus: ({ health }) => {
      if (heard.states.at(-1) !== health) heard.states.push(health);
    },
  });
  return { feed, heard };
}

function live(after?: number) {
  const all = given();
  all.feed.follow("a", "ops", after === undefined ? {} : { after });
  all.feed.start();
  latest().open();
  latest().say({ op: "welcome", epoch: "e1", head: 100 });
  return all;
}

beforeEach(() => {
  FakeSocket.all = [];
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

test("it greets, is welcomed, and follows what was asked for", () => {
  const { feed, heard } = given();
  feed.follow("a", "report:QN-26-7K3F9D", { after: 90, filter: { priority: ["high"] } });
  feed.start("secret");
  latest().open();
  expect(latest().sent).toEqual([{ op: "hello", token: "secret" }]);
  latest().say({ op: "welcome", epoch: "e1", head: 100 });
  expect(latest().sent[1]).toEqual({
    op: "follow",
    id: "a",
    audience: "report:QN-26-7K3F9D",
    after: 90,
    filter: { priority: ["high"] },
  });
  expect(heard.states).toEqual(["connecting", "live"]);
});

test("after a lost line it comes back by its last position, and repeats nothing", () => {
  const { heard } = live(90);
  latest().say({ op: "following", id: "a", from: 90 }, entry(95), entry(97));
  latest().drop(1006);
  expect(heard.states.at(-1)).toBe("stale");
  vi.advanceTimersByTime(500); // half of the first second
  expect(FakeSocket.all).toHaveLength(2);
  latest().open();
  latest().say({ op: "welcome", epoch: "e1", head: 100 });
  expect(latest().sent[1]).toEqual({ op: "follow", id: "a", audience: "ops", after: 97 });
  latest().say(entry(97), entry(99));
  expect(heard.positions).toEqual([95, 97, 99]);
  expect(heard.states).toEqual(["connecting", "live", "stale", "live"]);
});

test("a follow without a past begins where the server says", () => {
  const { feed } = live();
  expect(latest().sent[1]).toEqual({ op: "follow", id: "a", audience: "ops" });
  latest().say({ op: "following", id: "a", from: 100 });
  expect(feed.positionOf("a")).toBe(100);
});

test("a live entry of one follow does not carry another over its replay", () => {
  const { feed, heard } = live(50);
  latest().say({ op: "caught_up", id: "a", position: 100 });
  feed.follow("b", "agency:SXD", { after: 40 });
  latest().say({ op: "following", id: "b", from: 40 }, entry(101), entry(45));
  expect([feed.positionOf("a"), feed.positionOf("b")]).toEqual([101, 40]);
  latest().drop(1006);
  vi.advanceTimersByTime(500);
  latest().open();
  latest().say({ op: "welcome", epoch: "e1", head: 101 });
  const follows = latest().sent.filter((command) => command.op === "follow");
  expect(follows.map((command) => command.after)).toEqual([101, 40]);
  latest().say(entry(45), entry(46), entry(101), { op: "caught_up", id: "b", position: 101 });
  expect(heard.positions).toEqual([101, 45, 46]);
  expect(feed.positionOf("b")).toBe(101);
});

test("it acknowledges after five seconds, or after 200 entries", () => {
  live(0);
  latest().say(entry(1), entry(2));
  const acks = () => latest().sent.filter((command) => command.op === "ack");
  expect(acks()).toEqual([]);
  vi.advanceTimersByTime(5_000);
  expect(acks()).toEqual([{ op: "ack", position: 2 }]);
  vi.advanceTimersByTime(5_000);
  expect(acks()).toHaveLength(1); // nothing new, nothing said
  latest().say(...Array.from({ length: 200 }, (_, index) => entry(index + 3)));
  expect(acks().at(-1)).toEqual({ op: "ack", position: 202 });
});

test("a silent line is doubted, asked, then given up for a new one", () => {
  const { heard } = live(0);
  vi.advanceTimersByTime(22_000);
  expect(heard.states.at(-1)).toBe("stale");
  expect(latest().sent.at(-1)).toEqual({ op: "ping" });
  latest().say({ op: "pong", head: 100 });
  expect(heard.states.at(-1)).toBe("live");
  vi.advanceTimersByTime(22_000 + 15_000);
  expect(FakeSocket.all[0]?.readyState).toBe(3);
  vi.advanceTimersByTime(500);
  expect(FakeSocket.all).toHaveLength(2);
  FakeSocket.all[0]?.say(entry(7)); // a voice from the dead line
  expect(heard.positions).toEqual([]);
});

test("a server that never greets is given up too", () => {
  const { feed } = given();
  feed.start();
  latest().open();
  vi.advanceTimersByTime(22_000 + 500);
  expect(FakeSocket.all).toHaveLength(2);
});

test("a reset asks for a new snapshot and follows only from there", () => {
  const { feed, heard } = live(5);
  latest().say({ op: "reset", id: "a" });
  expect(heard.resets).toEqual([["a"]]);
  feed.follow("a", "ops", { after: 120 });
  expect(latest().sent.at(-1)).toEqual({ op: "follow", id: "a", audience: "ops", after: 120 });
});

test("a log restored while the line is up begins anew, once", () => {
  const { feed, heard } = live(90);
  feed.follow("b", "public", { after: 80 });
  latest().say(entry(99)); // while both are given their past
  latest().say({ op: "reset", id: "a", epoch: "e2", head: 60 });
  latest().say({ op: "reset", id: "b", epoch: "e2", head: 60 });
  expect(heard.resets).toEqual([["a"], ["b"]]);
  feed.follow("a", "ops", { after: 60 });
  latest().say({ op: "caught_up", id: "a", position: 60 }, entry(99)); // another fact by now
  expect(heard.positions).toEqual([99, 99]);
  vi.advanceTimersByTime(5_000);
  expect(latest().sent.at(-1)).toEqual({ op: "ack", position: 99 });
  latest().drop(1006);
  vi.advanceTimersByTime(500);
  latest().open();
  latest().say({ op: "welcome", epoch: "e2", head: 99 });
  expect(heard.resets).toHaveLength(2);
});

test("another epoch on return is a reset, whatever the positions say", () => {
  const { heard } = live(90);
  latest().say(entry(95));
  latest().drop(1012);
  vi.advanceTimersByTime(2_500); // half of the five seconds over which clients spread
  latest().open();
  latest().say({ op: "welcome", epoch: "e2", head: 3 });
  expect(heard.resets).toEqual([["a"]]);
  expect(latest().sent).toEqual([{ op: "hello" }]);
});

test.each([4400, 4401, 4403])("close code %d is a refusal: no more tries until told", (code) => {
  const { feed, heard } = live(0);
  latest().drop(code);
  expect(feed.status).toMatchObject({ health: "refused", refusal: code });
  vi.advanceTimersByTime(600_000);
  expect(FakeSocket.all).toHaveLength(1);
  feed.start();
  expect(FakeSocket.all).toHaveLength(2);
  expect(heard.states.at(-1)).not.toBe("refused");
});

test("too slow comes back soon, too many comes back late", () => {
  live(0);
  latest().drop(4408);
  vi.advanceTimersByTime(500);
  expect(FakeSocket.all).toHaveLength(2);
  latest().open();
  latest().drop(4429);
  vi.advanceTimersByTime(44_999);
  expect(FakeSocket.all).toHaveLength(2);
  vi.advanceTimersByTime(1);
  expect(FakeSocket.all).toHaveLength(3);
});

test("waits grow to a limit, with full jitter", () => {
  const longest = [0, 1, 2, 3, 4, 5, 60].map((attempt) => delayBefore(attempt, "lost", 1));
  expect(longest).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  expect(delayBefore(9, "lost", 0)).toBe(0);
});

test("a refused follow is told and not asked for again", () => {
  const { heard } = live(0);
  latest().say({ op: "error", id: "a", code: "not_found", detail: "Nothing there." });
  expect(heard.errors).toEqual([["a", "not_found"]]);
  latest().drop(1006);
  vi.advanceTimersByTime(500);
  latest().open();
  latest().say({ op: "welcome", epoch: "e1", head: 100 });
  expect(latest().sent).toEqual([{ op: "hello" }]);
});

test("stopping says goodbye and stays silent", () => {
  const { feed } = live(0);
  feed.stop();
  expect(latest().readyState).toBe(3);
  vi.advanceTimersByTime(600_000);
  expect(FakeSocket.all).toHaveLength(1);
});

test("frames that are not of the protocol are passed over", () => {
  expect(parse("{")).toBeNull();
  expect(parse('["event"]')).toBeNull();
  expect(parse('{"op":"toString"}')).toBeNull();
  expect(parse('{"op":"event","position":"7"}')).toBeNull();
  expect(parse('{"op":"beat","head":7}')).toEqual({ op: "beat", head: 7 });
});

test("the address follows the page's", () => {
  expect(feedUrl({ protocol: "https:", host: "qn.example" })).toBe("wss://qn.example/ws/v1/feed");
});
