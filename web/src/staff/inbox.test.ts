// @vitest-environment happy-dom
import { flushSync, mount, unmount } from "svelte";
import { expect, test, vi } from "vitest";
import { Problem } from "../api/problem";
import type { InboxItem } from "../api/types";
import { locale } from "../i18n";
import type { Door } from "../wishes/door";
import { StaffInbox } from "./inbox.svelte";
import InboxList from "./InboxList.svelte";

const item = (id: number, changes: Partial<InboxItem> = {}): InboxItem => ({
  id,
  at: "2026-03-02T05:00:00Z",
  kind: "ticket.returned",
  title: "Trả lại",
  body: `Đơn vị trả lại phản ánh QN-26-00000${id}; cần chọn đơn vị khác.`,
  report_no: `QN-26-00000${id}`,
  ticket: `t${id}`,
  path: `/ops?ticket=t${id}`,
  read_at: null,
  ...changes,
});

/** Two pages of an inbox, what was marked as read, and a way for more to come. */
function aDoor(): {
  door: Door;
  marked: unknown[];
  down: (is: boolean) => void;
  come: (newest: object) => void;
} {
  const marked: unknown[] = [];
  let silent = false;
  const pages: Record<string, object> = {
    inbox: { results: [item(3), item(2, { read_at: "x" })], next: "http://h/2?c=1", unread: 2 },
    "/2?c=1": { results: [item(1, { path: "/#/inbox" })], next: null, unread: 2 },
  };
  const answer = (body: unknown) =>
    silent ? Promise.reject(new Problem({ status: 0, code: "network" })) : Promise.resolve(body);
  const door = {
    get: (path: string) => answer(pages[path]),
    post: (path: string, body: unknown) => {
      marked.push([path, body]);
      return answer({ unread: 1 });
    },
  } as unknown as Door;
  const come = (newest: object) => (pages.inbox = newest);
  return { door, marked, down: (is) => (silent = is), come };
}

test("what is shown counts as read, and leads to its ticket", async () => {
  locale.choose("vi");
  const { door, marked } = aDoor();
  const inbox = new StaffInbox(door);
  const shown = mount(InboxList, { target: document.body, props: { inbox } });
  flushSync();
  await vi.waitFor(() => expect(inbox.unread).toBe(1));
  expect(marked).toEqual([["inbox/read", { ids: [3] }]]);
  const links = [...document.querySelectorAll("a")].map((one) => one.getAttribute("href"));
  expect(links).toEqual(["/ops?ticket=t3", "/ops?ticket=t2"]);
  expect(document.body.textContent).toContain("Mới");
  document.querySelector("button")?.click();
  await vi.waitFor(() => expect(marked).toHaveLength(2));
  expect(document.querySelectorAll("li")).toHaveLength(3);
  expect(document.querySelectorAll("a")).toHaveLength(2); // of several tickets: it leads nowhere
  await unmount(shown);
});

test("without an answer what was there stays, and the fault is known", async () => {
  const { door, down } = aDoor();
  const inbox = new StaffInbox(door);
  await inbox.look();
  down(true);
  await inbox.look();
  expect([inbox.items.length, inbox.fault instanceof Problem, inbox.busy]).toEqual([
    2,
    true,
    false,
  ]);
  down(false);
  await inbox.look();
  expect(inbox.fault).toBeNull();
});

test("what was read below the first page stays at the next look, as read", async () => {
  const { door, marked, come } = aDoor();
  const inbox = new StaffInbox(door);
  const kept = () => [inbox.items.map(({ id, read_at }) => [id, read_at !== null]), inbox.next];
  await inbox.look();
  await inbox.more();
  await inbox.markRead();
  const read = item(3, { read_at: "x" });
  come({ results: [item(4), read], next: "http://h/2?c=3", unread: 1 });
  await inbox.look();
  const below = [
    [3, true],
    [2, true],
    [1, true],
  ];
  expect(kept()).toEqual([[[4, false], ...below], null]);
  await inbox.markRead();
  expect(marked.at(-1)).toEqual(["inbox/read", { ids: [4] }]);

  // So much has come that something may lie between.
  come({ results: [item(8), item(7)], next: "http://h/2?c=7", unread: 4 });
  await inbox.look();
  expect(kept()).toEqual([
    [
      [8, false],
      [7, false],
    ],
    "http://h/2?c=7",
  ]);
  // All there is.
  come({ results: [item(8), read], next: null, unread: 1 });
  await inbox.look();
  expect(inbox.items).toHaveLength(2);
});
