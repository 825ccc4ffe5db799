import type { Inbox, InboxItem } from "../api/types";

/** What is shown of an inbox, and where the next page of it is. */
export interface Pages {
  items: InboxItem[];
  next: string | null;
}

/**
 * The newest page, with what was already read below it; the pages are read anew where so much
 * has come that something may lie between. `seen` was marked as read since.
 */
export function renewed(old: Pages, newest: Inbox, seen: readonly number[]): Pages {
  const { results, next } = newest;
  const last = old.items.findIndex(({ id }) => id === results.at(-1)?.id);
  if (!next || last < 0) return { items: results, next };
  const below = old.items.slice(last + 1).map((item) => read(item, seen));
  return { items: [...results, ...below], next: below.length > 0 ? old.next : next };
}

function read(item: InboxItem, seen: readonly number[]): InboxItem {
  return seen.includes(item.id) ? { ...item, read_at: item.read_at ?? item.at } : item;
}
