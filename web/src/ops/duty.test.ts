import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { DutyDesk, Presence } from "../api/types";
import { DutyWatch, emptyWithWork } from "./duty.svelte";

const desk = (agency: string, people: string[], open: number): DutyDesk => ({
  agency,
  name_vi: agency,
  name_en: agency,
  people: people.map((username) => ({ username, name: username })),
  open,
  overdue: 0,
});
const presence = (desks: DutyDesk[]): Presence => ({
  at: "2026-03-02T05:00:00Z",
  on_duty: 1,
  empty: desks.length - 1,
  desks,
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a desk without people or without work asks for nobody", () => {
  const desks = [desk("SXD", [], 4), desk("CAT", [], 0), desk("UBND-06652", ["lan"], 9)];
  expect(emptyWithWork(desks).map((one) => one.agency)).toEqual(["SXD"]);
});

test("what is known stays when an answer fails, and is said to be old", async () => {
  const answers = [() => presence([desk("SXD", [], 4)]), () => Promise.reject(new Error("503"))];
  let asked = 0;
  const watch = new DutyWatch(async () => {
    asked += 1;
    return answers[asked - 1]?.() ?? presence([]);
  });
  watch.start();
  await vi.advanceTimersByTimeAsync(0);
  expect([watch.presence?.desks.length, watch.failed]).toEqual([1, false]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect([watch.presence?.desks.length, watch.failed]).toEqual([1, true]);
  watch.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toBe(2);
});
