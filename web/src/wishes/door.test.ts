import { expect, test } from "vitest";
import { switched } from "./door";

test("a channel is switched on once, and off", () => {
  const wish = { topic: "progress" as const, channels: ["inbox" as const], digest: "now" as const };
  const on = switched(switched(wish, "push", true), "push", true);
  expect(on.channels).toEqual(["inbox", "push"]);
  expect(switched(on, "inbox", false).channels).toEqual(["push"]);
  expect(wish.channels).toEqual(["inbox"]);
});
