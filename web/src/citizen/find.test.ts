// @vitest-environment happy-dom
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { citizenApi } from "../api/device";
import type { FoundName, Location } from "../api/types";
import FindPlace from "./parts/FindPlace.svelte";

const WARD = { code: "00101", name_vi: "Phường Hồng Hà", name_en: "Hong Ha Ward" };
const FORMER: FoundName = {
  kind: "former",
  name: "Phường Phúc Xá",
  label_vi: "Phường Phúc Xá (cũ) → Phường Hồng Hà",
  label_en: "Phường Phúc Xá (former) → Hong Ha Ward",
  context: "",
  areas: [WARD],
  location: { lat: 21.05, lon: 105.84 },
};
const SPLIT: FoundName = { ...FORMER, name: "Xã Hai", label_vi: "Xã Hai (cũ)", location: null };

let shown: Record<string, unknown> | null = null;
const placed: Location[] = [];
const buttons = () => [...document.body.querySelectorAll("button")];

async function type(text: string) {
  const input = document.body.querySelector("input");
  if (!input) throw new Error("there is no field");
  input.value = text;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  flushSync();
  await vi.advanceTimersByTimeAsync(300);
  flushSync();
}

beforeEach(() => {
  vi.useFakeTimers();
  placed.length = 0;
  const onplace = (location: Location) => placed.push(location);
  shown = mount(FindPlace, { target: document.body, props: { onplace } });
  flushSync();
});
afterEach(async () => {
  if (shown) await unmount(shown);
  document.body.innerHTML = "";
  vi.useRealTimers();
});

test("a former name is offered with what became of it, and choosing it moves the pin", async () => {
  const get = vi.spyOn(citizenApi, "get").mockResolvedValue({ results: [FORMER] });
  await type("phuc xa");
  expect(get.mock.calls[0]?.[1]?.query).toEqual({ q: "phuc xa", limit: 6 });
  expect(buttons().map((button) => button.textContent?.trim())).toEqual([FORMER.label_vi]);
  buttons()[0]?.click();
  flushSync();
  expect(placed).toEqual([FORMER.location]);
  expect(buttons()).toEqual([]);
});

test("a name whose place is not one is shown but has to be chosen on the map", async () => {
  vi.spyOn(citizenApi, "get").mockResolvedValue({ results: [SPLIT] });
  await type("xa hai");
  expect(buttons()[0]?.disabled).toBe(true);
  expect(document.body.textContent).toContain("hãy chọn trên bản đồ");
});

test("one letter asks nothing, nothing found is said, and no network is silent", async () => {
  const get = vi.spyOn(citizenApi, "get").mockResolvedValue({ results: [] });
  await type("p");
  expect(get).not.toHaveBeenCalled();
  await type("xyz");
  expect(document.body.textContent).toContain("Không tìm thấy");
  get.mockRejectedValue(new Error("offline"));
  await type("xyzt");
  expect(buttons()).toEqual([]);
});
