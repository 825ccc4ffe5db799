/** The feed with a real socket, real timers and the browser's word on the network. */
import { step } from "./machine";
import {
  parse,
  SUBPROTOCOL,
  type Audience,
  type Command,
  type FeedEvent,
  type Filter,
} from "./protocol";
import { idle, type Effect, type FeedState, type Health, type Input, type Timer } from "./state";

export interface FollowOptions {
  /** The position that a snapshot includes: its `Feed-Position` header. */
  after?: number;
  filter?: Filter;
}

export interface FeedListener {
  /** Each entry once, in order within a follow. */
  onEvent?(event: FeedEvent): void;
  /** The past of these follows is gone: take a new snapshot and `follow` again from it. */
  onReset?(ids: string[]): void;
  onCaughtUp?(id: string, position: number): void;
  /** `id` is the follow that was refused, if the server said which. */
  onError?(id: string | null, code: string, detail: string): void;
  onStatus?(status: FeedStatus): void;
}

export interface FeedStatus {
  health: Health;
  /** The close code, while `health` is "refused". */
  refusal: number | null;
  /** When the line last proved itself, in ms since the epoch; null before the first time. */
  freshAt: number | null;
}

export interface Surroundings {
  socket(url: string, protocol: string): WebSocket;
  now(): number;
  chance(): number;
}

const browser: Surroundings = {
  socket: (url, protocol) => new WebSocket(url, protocol),
  now: () => Date.now(),
  chance: () => Math.random(),
};

export function feedUrl(place: { protocol: string; host: string }): string {
  return `${place.protocol === "https:" ? "wss" : "ws"}://${place.host}/ws/v1/feed`;
}

export class FeedClient {
  #state: FeedState = idle();
  #socket: WebSocket | null = null;
  #freshAt: number | null = null;
  readonly #timers = new Map<Timer, ReturnType<typeof setTimeout>>();
  readonly #listeners = new Set<FeedListener>();
  readonly #url: string;
  readonly #around: Surroundings;

  constructor(url: string, around: Surroundings = browser) {
    this.#url = url;
    this.#around = around;
  }

  get status(): FeedStatus {
    const { health, refusal } = this.#state;
    return { health, refusal, freshAt: this.#freshAt };
  }

  /** The last position that has come to every follow; for tests and the curious. */
  positionOf(id: string): number | null {
    return this.#state.follows[id]?.position ?? null;
  }

  listen(listener: FeedListener): () => void {
    this.#listeners.add(listener);
    listener.onStatus?.(this.status);
    return () => this.#listeners.delete(listener);
  }

  /** Connect, with a device token or (without one) the session cookie. Also the way on from "refused". */
  start(token?: string): void {
    if (typeof window !== "undefined") {
      window.addEventListener("online", this.#up);
      window.addEventListener("offline", this.#down);
      if (navigator.onLine === false) this.#take({ kind: "network", up: false });
    }
    this.#take({ kind: "start", token });
  }

  stop(): void {
    if (typeof window !== "undefined") {
      window.removeEventListener("online", this.#up);
      window.removeEventListener("offline", this.#down);
    }
    this.#take({ kind: "stop" });
  }

  follow(id: string, audience: Audience, options: FollowOptions = {}): void {
    this.#take({ kind: "follow", id, audience, ...options });
  }

  unfollow(id: string): void {
    this.#take({ kind: "unfollow", id });
  }

  readonly #up = () => this.#take({ kind: "network", up: true });
  readonly #down = () => this.#take({ kind: "network", up: false });

  #take(input: Input): void {
    const before = this.#state;
    const [next, effects] = step(before, input);
    this.#state = next;
    const heard = input.kind === "frame" && next.line === "open";
    if (heard) this.#freshAt = this.#around.now();
    for (const effect of effects) this.#carryOut(effect);
    if (heard || before.health !== this.#state.health || before.refusal !== this.#state.refusal) {
      for (const listener of this.#listeners) listener.onStatus?.(this.status);
    }
  }

  #carryOut(effect: Effect): void {
    switch (effect.do) {
      case "open":
        return this.#open();
      case "close":
        return this.#close();
      case "send":
        return this.#send(effect.command);
      case "arm":
        return this.#arm(effect.timer, effect.ms);
      case "disarm":
        clearTimeout(this.#timers.get(effect.timer));
        this.#timers.delete(effect.timer);
        return;
      default:
        for (const listener of this.#listeners) tell(listener, effect);
    }
  }

  #arm(timer: Timer, ms: number): void {
    clearTimeout(this.#timers.get(timer));
    const fire = () => this.#take({ kind: "elapsed", timer });
    this.#timers.set(timer, setTimeout(fire, ms));
  }

  #open(): void {
    const socket = this.#around.socket(this.#url, SUBPROTOCOL);
    this.#socket = socket;
    // A socket that was given up may still speak; only the present one is heard.
    const present = () => this.#socket === socket;
    socket.onopen = () => present() && this.#take({ kind: "opened" });
    socket.onmessage = (message: MessageEvent) => {
      const frame = present() ? parse(String(message.data)) : null;
      if (frame) this.#take({ kind: "frame", frame });
    };
    socket.onclose = (event: CloseEvent) => present() && this.#gone(event.code);
  }

  #gone(code: number): void {
    this.#socket = null;
    this.#take({ kind: "closed", code, chance: this.#around.chance() });
  }

  /** Give the socket up at once: a dead line answers a close only after minutes. */
  #close(): void {
    const socket = this.#socket;
    if (!socket) return;
    this.#socket = null;
    socket.close(1000);
    this.#take({ kind: "closed", code: 1006, chance: this.#around.chance() });
  }

  #send(command: Command): void {
    if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(command));
  }
}

function tell(listener: FeedListener, effect: Effect): void {
  if (effect.do === "deliver") listener.onEvent?.(effect.event);
  else if (effect.do === "reset") listener.onReset?.(effect.ids);
  else if (effect.do === "caught_up") listener.onCaughtUp?.(effect.id, effect.position);
  else if (effect.do === "error") listener.onError?.(effect.id, effect.code, effect.detail);
}
