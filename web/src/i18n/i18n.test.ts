import { expect, test } from "vitest";
import { dateTime, distance, duration, number, percent, relative } from "./format";
import { fill, named } from "./translator";

type Words = Record<string, string>;
const vietnamese = import.meta.glob<{ vi: Words }>("../**/words.vi.ts", { eager: true });
const english = import.meta.glob<{ en: Words }>("../**/words.en.ts", { eager: true });

const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]).sort();

test("every dictionary has a partner in the other language", () => {
  const rooms = (found: object) => Object.keys(found).map((path) => path.replace(/\.\w+\.ts$/, ""));
  expect(rooms(english)).toEqual(rooms(vietnamese));
  expect(rooms(english).length).toBeGreaterThan(0);
});

test.each(Object.keys(vietnamese))("%s and its English have the same keys and holes", (path) => {
  const vi = vietnamese[path]?.vi ?? {};
  const en = english[path.replace("words.vi.ts", "words.en.ts")]?.en ?? {};
  expect(Object.keys(en).sort()).toEqual(Object.keys(vi).sort());
  for (const [key, sentence] of Object.entries(vi)) {
    expect(sentence.trim(), key).not.toBe("");
    expect(holes(en[key] ?? ""), key).toEqual(holes(sentence));
    expect(`${sentence} ${en[key]}`, key).not.toContain("!");
  }
});

test("a sentence is filled, and a hole without a value stays visible", () => {
  expect(fill("còn {duration} / {other}", { duration: "3 giờ" })).toBe("còn 3 giờ / {other}");
});

test("a name without English falls back to Vietnamese", () => {
  expect(named({ name_vi: "Ổ gà", name_en: "" }, "en")).toBe("Ổ gà");
  expect(named(null, "vi")).toBe("");
});

test.each([
  [59_000, "", ""],
  [5 * 60_000, "5 phút", "5 minutes"],
  [3.9 * 3_600_000, "3 giờ", "3 hours"],
  [-30 * 3_600_000, "1 ngày", "1 day"],
])("a duration of %d ms is said in its largest unit", (ms, vi, en) => {
  expect([duration(ms, "vi"), duration(ms, "en")]).toEqual([vi, en]);
});

test("times are told from now, and stamped in Vietnam's zone", () => {
  const now = Date.parse("2026-03-02T05:00:00Z");
  expect(relative("2026-03-02T03:00:00Z", now, "vi")).toBe("2 giờ trước");
  expect(relative("2026-03-05T05:00:00Z", now, "en")).toBe("in 3 days");
  const recent = "2026-03-02T04:59:01Z";
  expect([relative(recent, now, "vi"), relative(recent, now, "en")]).toEqual([
    "vừa xong",
    "just now",
  ]);
  expect(dateTime("2026-03-01T20:30:00Z", "en")).toBe("02/03/2026, 03:30");
  expect(dateTime("2026-03-01T20:30:00Z", "vi")).toBe("03:30 02/03/2026");
});

test("figures follow the language", () => {
  expect([number(14707, "vi"), number(14707, "en")]).toEqual(["14.707", "14,707"]);
  expect([percent(0.925, "vi"), percent(0.925, "en")]).toEqual(["92,5%", "92.5%"]);
  expect([distance(840.4, "vi"), distance(1530, "en")]).toEqual(["840\u00a0m", "1.5\u00a0km"]);
});
