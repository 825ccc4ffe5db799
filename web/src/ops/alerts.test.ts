// @vitest-environment happy-dom
import { flushSync, mount, unmount } from "svelte";
import { expect, test, vi } from "vitest";
import { ticket } from "../staff/samples";
import Alerts from "./Alerts.svelte";

const names = { category: (code: string) => `loại ${code}`, place: () => "Phường Hà Tu" };
vi.mock("../staff/staff.svelte", () => ({ useStaff: () => ({ names }) }));

test("emergencies that are only counted are shown when asked for, and folded again", () => {
  const onopen = vi.fn();
  const tickets = ["a", "b", "c"].map((id) => ticket({ id, priority: "emergency", category: id }));
  const shown = mount(Alerts, {
    target: document.body,
    props: { tickets, most: 1, onopen, onseen: vi.fn() },
  });
  flushSync();
  const rows = () => [...document.querySelectorAll<HTMLButtonElement>("button.what")];
  const more = document.querySelector<HTMLButtonElement>("button[aria-expanded]");
  expect(rows()).toHaveLength(1);
  expect(more?.textContent?.trim()).toBe("và 2 phiếu khẩn cấp nữa");

  more?.click();
  flushSync();
  expect(more?.getAttribute("aria-expanded")).toBe("true");
  expect(rows().map((row) => row.querySelector("strong")?.textContent)).toEqual([
    "loại a",
    "loại b",
    "loại c",
  ]);
  rows()[2]?.click();
  expect(onopen).toHaveBeenCalledExactlyOnceWith("c");

  more?.click();
  flushSync();
  expect(rows()).toHaveLength(1);
  void unmount(shown);
});
