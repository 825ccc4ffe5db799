import { expect, test } from "vitest";
import type { TicketSummary } from "../api/types";
import type { FeedEvent } from "../feed";
import { ticket } from "../staff/samples";
import { asked, countViews, inView, passes, unseen, type Filter } from "./filter";
import { told, type Line } from "./lines";
import { sentenceOf } from "./sentence";
import { sourcesOf, type Known } from "./sources";

const now = Date.parse("2026-03-02T05:00:00Z");
const none: Filter = { sector: "", priority: "", area: "", agency: "" };

test.each<[Partial<Filter>, boolean]>([
  [{}, true],
  [{ sector: "GT", priority: "normal" }, true],
  [{ sector: "MT" }, false],
  [{ area: "06652" }, true],
  [{ area: "06661" }, false],
  [{ agency: "UBND-06652" }, true],
  [{ agency: "SXD" }, true], // it supports
  [{ agency: "CAT" }, false],
])("the filter %j lets a ticket pass: %s", (filter, passed) => {
  expect(passes(ticket({ supporting: ["SXD"] }), { ...none, ...filter })).toBe(passed);
});

test("lists hold what waits for a person of the centre", () => {
  const rows = [
    ticket({ id: "new", status: "submitted", agency: null }),
    ticket({ id: "back", status: "returned", agency: null }),
    ticket({ id: "late", overdue: true }),
    ticket({ id: "done", status: "resolved", overdue: true }),
  ];
  expect(countViews(rows, now)).toEqual({ wall: 3, review: 1, returned: 1, overdue: 1 });
  expect(rows.filter((row) => inView(row, "review", now)).map((row) => row.id)).toEqual(["new"]);
});

test("emergencies stay until they are seen to or over, the oldest first", () => {
  const emergency = (id: string, given: Partial<TicketSummary> = {}) =>
    ticket({ id, priority: "emergency", ...given });
  const rows = [
    emergency("young", { created_at: "2026-03-02T04:00:00Z" }),
    emergency("old", { created_at: "2026-03-02T01:00:00Z" }),
    emergency("seen"),
    emergency("over", { status: "resolved" }),
    ticket({ id: "normal" }),
  ];
  expect(unseen(rows, new Set(["seen"])).map((row) => row.id)).toEqual(["old", "young"]);
});

let position = 0;
function entry(type: string, given: Partial<TicketSummary> = {}, data = {}, at = now): FeedEvent {
  position += 1;
  const when = new Date(at).toISOString();
  return { op: "event", position, type, at: when, ticket: ticket(given), data };
}

test("opening a ticket and routing it by rule is one piece of news", () => {
  const opened = told([], entry("ticket.opened", { id: "a" }, { status: "submitted" }));
  const other = told(opened, entry("ticket.accepted", { id: "b" }));
  const routed = told(other, entry("ticket.routed", { id: "a" }, { status: "routed" }, now + 900));
  expect(routed.map((line) => [line.ticket.id, line.type, line.opened])).toEqual([
    ["a", "ticket.routed", true],
    ["b", "ticket.accepted", false],
  ]);
});

test("a ticket that was reviewed for hours and then routed is news again", () => {
  const opened = told([], entry("ticket.opened", { id: "a" }));
  const routed = told(opened, entry("ticket.routed", { id: "a" }, {}, now + 7_200_000));
  expect(routed.map((line) => line.type)).toEqual(["ticket.routed", "ticket.opened"]);
});

test("talk among staff, and what this page does not know, is no news for a room", () => {
  const before: readonly Line[] = [];
  for (const type of ["ticket.commented", "ticket.assigned", "reply.published", "newer.thing"]) {
    expect(told(before, entry(type))).toBe(before);
  }
});

test("a line shows the status of its moment, not of now", () => {
  const [line] = told([], entry("ticket.accepted", { status: "resolved" }, { status: "accepted" }));
  expect(line?.status).toBe("accepted");
});

const names = {
  agency: (code: string | null) => (code ? `[${code}]` : ""),
  category: () => "Ổ gà",
  place: (one: TicketSummary) => one.area?.name ?? "",
};

test.each<[string, Record<string, unknown>, Partial<TicketSummary>, string]>([
  ["ticket.accepted", {}, {}, "Ổ gà, Phường Hà Tu: [UBND-06652] đã tiếp nhận"],
  ["ticket.due_soon", {}, {}, "Ổ gà, Phường Hà Tu: sắp đến hạn tại [UBND-06652]"],
  ["ticket.overdue", {}, {}, "Ổ gà, Phường Hà Tu: quá hạn tại [UBND-06652]"],
  ["ticket.returned", { from_agency: "SXD" }, {}, "Ổ gà, Phường Hà Tu: [SXD] trả lại"],
  ["ticket.photo_changed", { change: "released" }, {}, "Ổ gà, Phường Hà Tu: ảnh được công khai"],
  ["ticket.photo_changed", { change: "withheld" }, {}, "Ổ gà, Phường Hà Tu: ảnh thôi công khai"],
  ["ticket.photo_changed", { change: "covered" }, {}, "Ổ gà, Phường Hà Tu: ảnh được che lại"],
  ["ticket.photo_changed", { change: "uncovered" }, {}, "Ổ gà, Phường Hà Tu: ảnh được bỏ phần che"],
  ["ticket.rerouted", { agency: "CAT" }, { area: null }, "Ổ gà: chuyển [CAT]"],
  [
    "ticket.rerouted",
    { agency: "CAT", from_category: "GT01" },
    { area: null },
    "Ổ gà: sửa từ loại “Ổ gà”, chuyển [CAT]",
  ],
  [
    "ticket.merged",
    { into: "a", report_nos: ["x"] },
    {},
    "Ổ gà, Phường Hà Tu: nhận gộp 1 phản ánh",
  ],
])("%s is a sentence", (type, data, given, words) => {
  const [line] = told([], entry(type, given, data));
  expect(line && sentenceOf(line, names)).toBe(words);
});

const known: Known = {
  health: "live",
  freshAt: now,
  figuresAt: now,
  figuresFailed: false,
  boardAt: now - 5_000,
  boardFailed: false,
  ground: true,
};

test.each<[string, Partial<Known>, string[]]>([
  ["all is well", {}, ["fresh", "fresh", "fresh"]],
  ["the line is lost", { health: "stale" }, ["stale", "fresh", "stale"]],
  ["the server refused", { health: "refused" }, ["stale", "fresh", "stale"]],
  ["figures stopped", { figuresAt: now - 121_000 }, ["fresh", "stale", "fresh"]],
  ["figures never came", { figuresAt: null, figuresFailed: true }, ["fresh", "stale", "fresh"]],
  ["the page begins", { health: "connecting", boardAt: null }, ["waiting", "fresh", "waiting"]],
  ["the board failed", { boardFailed: true }, ["fresh", "fresh", "stale"]],
])("when %s, feed, figures and map say so", (_, given, freshness) => {
  expect(sourcesOf({ ...known, ...given }, now).map((one) => one.freshness)).toEqual(freshness);
});

test("the map is as fresh as the last word of the line that moves it", () => {
  expect(sourcesOf(known, now)[2]?.at).toBe(now);
});

test("the server is asked for what the filter lets pass, in coarser cells than a heat map's", () => {
  const box = [106.1234567, 20, 190, 22];
  const filter = { ...none, sector: "GT", priority: "high" };
  expect(asked(filter, box, 9, false)).toEqual({
    status: "open",
    bbox: "106.12346,20.00000,180.00000,22.00000",
    zoom: "8.00",
    sector: "GT",
    priority: "high",
  });
  expect(asked(none, box, 0.4, false).zoom).toBe("0.00");
  expect(asked(none, box, 12.5, true).zoom).toBe("12.90");
});
