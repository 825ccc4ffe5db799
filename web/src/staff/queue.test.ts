import { expect, test } from "vitest";
import type { Status } from "../api/types";
import { fold, found, holds } from "./fold";
import {
  countTabs,
  haystack,
  isMine,
  neighbour,
  reconciled,
  sorted,
  tabOf,
  wanted,
  tabsShown,
} from "./queue";
import { ticket } from "./samples";

const mine = new Set(["UBND-06652"]);

test.each<[Status, string]>([
  ["submitted", "accept"],
  ["routed", "accept"],
  ["returned", "accept"],
  ["accepted", "work"],
  ["in_progress", "work"],
  ["need_info", "work"],
  ["pending_approval", "approve"],
  ["resolved", "done"],
  ["withdrawn", "done"],
])("%s stands in the tab %s", (status, tab) => {
  expect(tabOf(ticket({ status }), mine)).toBe(tab);
});

test("another agency's ticket is one to support; to the whole province it is one like others", () => {
  const other = ticket({ agency: "SXD", supporting: ["UBND-06652"] });
  expect([tabOf(other, mine), tabOf(other, null)]).toEqual(["support", "accept"]);
  expect([isMine(other, mine), isMine(ticket({ agency: null }), mine)]).toEqual([true, false]);
});

test("the nearest deadline comes first, and no deadline last", () => {
  const rows = [
    ticket({ id: "none", due_at: null }),
    ticket({ id: "late", due_at: "2026-03-01T00:00:00Z" }),
    ticket({ id: "soon", due_at: "2026-03-02T00:00:00Z" }),
  ];
  expect(sorted(rows, "deadline").map((row) => row.id)).toEqual(["late", "soon", "none"]);
});

test.each([
  ["newest", ["b", "a"]],
  ["changed", ["a", "b"]],
] as const)("sorted by %s", (sort, ids) => {
  const a = ticket({ id: "a", updated_at: "2026-03-05T00:00:00Z" });
  const b = ticket({ id: "b", created_at: "2026-03-03T00:00:00Z" });
  expect(sorted([a, b], sort).map((row) => row.id)).toEqual(ids);
});

test("a tab holds what fits it and its person", () => {
  const rows = [
    ticket({ id: "a", assignee: "hoa" }),
    ticket({ id: "b" }),
    ticket({ id: "c", status: "accepted", assignee: "hoa" }),
  ];
  const want = { tab: "accept", mine, sort: "deadline" } as const;
  expect(wanted(rows, { ...want, assignee: null }).length).toBe(2);
  expect(wanted(rows, { ...want, assignee: "hoa" }).map((row) => row.id)).toEqual(["a"]);
  expect(countTabs(rows, mine)).toEqual({ accept: 2, work: 1, approve: 0, support: 0, done: 0 });
});

test("what comes waits above, what leaves goes, and the rest stays where it is being read", () => {
  expect(reconciled(["a", "b", "c"], ["new", "c", "a"])).toEqual({
    ids: ["a", "c"],
    waiting: ["new"],
  });
  expect(reconciled([], ["a", "b"])).toEqual({ ids: ["a", "b"], waiting: [] });
});

test.each([
  [null, 1, "a"],
  ["a", 1, "b"],
  ["c", 1, "c"],
  ["a", -1, "a"],
  ["gone", -1, "a"],
] as [string | null, 1 | -1, string][])("from %s by %d to %s", (from, by, to) => {
  expect(neighbour(["a", "b", "c"], from, by)).toBe(to);
});

test.each([
  ["hoa binh", true],
  ["Hòa", true],
  ["7k3f", true],
  ["duong ha tu", true],
  ["bai chay", false],
])("a search for “%s” needs no diacritics", (query, found) => {
  const text = "Đường cạnh chợ Hoà Bình ngập";
  expect(holds(haystack(ticket({ text }), ["Ngập úng", "Phường Hà Tu"]), query)).toBe(found);
});

test("what holds the words as typed comes before what only holds their parts", () => {
  const rows = ["Trung tâm hành chính", "UBND phường Hà Tu"].map((name) => ({ text: fold(name) }));
  expect(found(rows, "hà tu").map((row) => row.text)).toEqual(["ubnd phuong ha tu"]);
  expect(found(rows, "ha t").map((row) => row.text)).toEqual([
    "ubnd phuong ha tu",
    "trung tam hanh chinh",
  ]);
});

test("the tab of supported tickets is there where there are some, or it is chosen", () => {
  expect(tabsShown(0, "accept")).toEqual(["accept", "work", "approve", "done"]);
  expect(tabsShown(1, "accept")).toHaveLength(5);
  expect(tabsShown(0, "support")).toHaveLength(5);
});
