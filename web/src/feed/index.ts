export {
  FeedClient,
  feedUrl,
  type FeedListener,
  type FeedStatus,
  type FollowOptions,
} from "./client";
export type { Audience, FeedEvent, Filter } from "./protocol";
export type { Health } from "./state";
export { FeedWatch } from "./status.svelte";
