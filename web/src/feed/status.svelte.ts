import type { FeedClient, FeedStatus } from "./client";

/** The feed's status as a rune, for the bar that says how fresh a page is. */
export class FeedWatch implements FeedStatus {
  health = $state<FeedStatus["health"]>("connecting");
  refusal = $state<number | null>(null);
  freshAt = $state<number | null>(null);
  readonly stop: () => void;

  constructor(feed: FeedClient) {
    this.stop = feed.listen({ onStatus: (status) => Object.assign(this, status) });
  }
}
