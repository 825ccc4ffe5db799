import { getContext, setContext } from "svelte";
import { staffApi } from "../api/session";
import type { Session, Settings } from "../api/types";
import { FeedClient, FeedWatch, feedUrl, type Audience } from "../feed";
import { loadBoundaries, loadSettings, nothing, type Boundaries } from "../map";
import { Access } from "./access.svelte";
import { Drafts } from "./drafts.svelte";
import { LiveBoard } from "./live.svelte";
import { Names } from "./names.svelte";
import { staffsPushes } from "./push";
import { mineOf, type Mine } from "./queue";

export interface StaffOptions {
  lookback?: number;
}

/** All that a signed-in page stands on: who, the names, the one socket, the board, the ground. */
export class Staff {
  readonly access: Access;
  readonly names = new Names();
  readonly feed = new FeedClient(feedUrl(location));
  readonly watch = new FeedWatch(this.feed);
  readonly board: LiveBoard;
  readonly drafts = new Drafts();
  readonly mine: Mine;
  boundaries = $state.raw<Boundaries>(nothing);
  settings = $state.raw<Settings | null>(null);
  fault = $state.raw<unknown>(null);
  ready = $state(false);

  constructor(session: Session, options: StaffOptions = {}) {
    this.access = new Access(session);
    // Who follows everything hears each agency's tickets there.
    this.mine = mineOf(session);
    const audiences: Audience[] = this.mine ? session.audiences : ["ops"];
    this.board = new LiveBoard(this.access, this.feed, { audiences, mine: this.mine, ...options });
  }

  async start(): Promise<void> {
    this.fault = null;
    void this.#loadGround();
    try {
      await this.names.load();
    } catch (error) {
      this.fault = error;
      return;
    }
    this.ready = true;
    this.feed.start();
    await this.board.start();
  }

  stop(): void {
    this.board.stop();
    this.watch.stop();
    this.feed.stop();
  }

  /** The way on when the server refused the line: sign in, or load the page that fits it. */
  async reconnect(): Promise<void> {
    if (this.watch.refusal !== 4401) return location.reload();
    await this.access.again();
    this.feed.start();
  }

  /** Let the server know where this person's pushes go, and in which language. */
  renewPushes(): Promise<void> {
    return staffsPushes(this.settings?.push.vapid_key, this.access).renew();
  }

  async #loadGround(): Promise<void> {
    const ground = loadBoundaries(staffApi).then((given) => (this.boundaries = given));
    const settings = loadSettings(staffApi).then((given) => (this.settings = given));
    // Without a ground the map stays empty, and says so; the work goes on without it.
    await Promise.allSettled([ground, settings]);
  }
}

const KEY = Symbol("staff");

export const provideStaff = (staff: Staff): Staff => setContext(KEY, staff);
export const useStaff = (): Staff => getContext<Staff>(KEY);
