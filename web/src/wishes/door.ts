import { Problem } from "../api/problem";
import type { components } from "../api/schema";

type Schemas = components["schemas"];
export type Preferences = Schemas["PreferencesOutput"];
export type TopicWish = Preferences["topics"][number];
export type Channel = TopicWish["channels"][number];
export type Address = Schemas["AddressOutput"];
export type Following = Schemas["SubscriptionOutput"];

/** Whoever asks: a citizen's device or a member of staff. */
export interface Door {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body?: unknown): Promise<T>;
  patch<T>(path: string, body: unknown): Promise<T>;
  delete(path: string): Promise<void>;
}

/** The wish with one channel switched, in the order of those offered. */
export function switched(wish: TopicWish, channel: Channel, on: boolean): TopicWish {
  const others = wish.channels.filter((one) => one !== channel);
  return { ...wish, channels: on ? [...others, channel] : others };
}

/** End what has this path; what was ended in another tab is ended, too. */
export async function end(door: Door, path: string): Promise<void> {
  try {
    await door.delete(path);
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 404) throw error;
  }
}
