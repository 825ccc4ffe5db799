// @vitest-environment happy-dom
import { expect, test, vi } from "vitest";
import type { InboxItem } from "../api/types";
import { inbox } from "./inbox.svelte";

const item = (id: number): InboxItem => ({
  id,
  at: "2026-03-02T05:00:00Z",
  kind: "ticket.accepted",
  title: "Đã tiếp nhận",
  body: "",
  report_no: `QN-26-00000${id}`,
  ticket: null,
  path: "/#/inbox",
  read_at: null,
});
const pages: Record<string, object> = {
  inbox: { results: [item(3), item(2)], next: "http://h/2?c=1", unread: 3 },
  "/2?c=1": { results: [item(1)], next: null, unread: 1 },
};

vi.mock("../api/device", () => ({
  deviceKey: () => "known",
  citizenApi: {
    get: (path: string) => Promise.resolve(pages[path]),
    post: () => Promise.resolve({ unread: 0 }),
  },
}));

test("what was opened below the first page stays when the inbox is looked at again", async () => {
  await inbox.load();
  await inbox.more();
  await inbox.load();
  const read = inbox.items.map((one) => [one.id, one.read_at !== null]);
  expect(read).toEqual([
    [3, false], // as the server says
    [2, false],
    [1, true],
  ]);
  expect(inbox.next).toBeNull();
});
