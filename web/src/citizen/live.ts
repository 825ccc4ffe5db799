/** The live feed of this device's reports. */
import { deviceKey } from "../api/device";
import { FeedClient, FeedWatch, feedUrl } from "../feed";

let made: { feed: FeedClient; watch: FeedWatch } | null = null;
let watched = 0;
let goodbye: ReturnType<typeof setTimeout> | undefined;

const LINGER = 20_000; // ms; going from one page to the next keeps the line

export function feed(): { feed: FeedClient; watch: FeedWatch } {
  if (!made) {
    const client = new FeedClient(feedUrl(location));
    made = { feed: client, watch: new FeedWatch(client) };
  }
  return made;
}

/**
 * Call `onChange` whenever something happens to one of these reports, and once each is followed,
 * since something may have happened between reading and following. Gives back what ends it.
 */
export function watchReports(numbers: string[], onChange: () => void): () => void {
  const key = deviceKey();
  if (!key || numbers.length === 0) return () => undefined;
  const { feed: client } = feed();
  const ids = numbers.map((no) => `report:${no}` as const);
  const mine = (id: string) => ids.some((own) => own === id);
  const silence = client.listen({
    onEvent: onChange,
    onCaughtUp: (id) => mine(id) && onChange(),
    onReset: (lapsed) => {
      for (const id of ids) if (lapsed.includes(id)) client.follow(id, id);
      onChange();
    },
  });
  for (const id of ids) client.follow(id, id);
  clearTimeout(goodbye);
  if (watched === 0) client.start(key.token);
  watched += 1;
  return () => {
    silence();
    for (const id of ids) client.unfollow(id);
    watched -= 1;
    if (watched === 0) goodbye = setTimeout(() => client.stop(), LINGER);
  };
}
