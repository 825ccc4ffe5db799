// @vitest-environment happy-dom
import { flushSync, mount, unmount, type Component } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Problem } from "../api/problem";
import { locale } from "../i18n";
import { now } from "../lib/now.svelte";
import { announcer } from "./announcer.svelte";
import {
  BeforeAfter,
  DeadlineClock,
  ErrorState,
  FreshnessBar,
  SignIn,
  StatusShape,
  TextArea,
} from ".";

let shown: Record<string, unknown> | null = null;

/** Show a component on the page, as its user would find it. */
function show<P extends Record<string, unknown>>(component: Component<P>, props: P): HTMLElement {
  shown = mount(component, { target: document.body, props });
  flushSync();
  return document.body;
}
const words = (node: ParentNode) => (node.textContent ?? "").replace(/\s+/g, " ").trim();

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-03-02T05:00:00Z"), toFake: ["Date"] });
  now.current = Date.now();
});
afterEach(async () => {
  if (shown) await unmount(shown);
  shown = null;
  document.body.innerHTML = "";
  vi.useRealTimers();
  vi.unstubAllGlobals();
  locale.choose("vi");
});

test("a status has a shape and a word, and says aloud that it is late", () => {
  const page = show(StatusShape, { status: "routed" as const, overdue: true });
  expect(words(page)).toBe("Chuyển xử lý (Quá hạn)");
  expect(page.querySelectorAll("path")).toHaveLength(3); // two strokes of an arrow, one corner
});

test.each([
  ["2026-03-02T08:30:00Z", null, "còn 3 giờ"],
  ["2026-03-01T04:00:00Z", null, "trễ 1 ngày"],
  ["2026-03-02T05:00:30Z", null, "còn chưa đến 1 phút"],
  ["2026-03-02T04:00:00Z", "2026-03-02T03:00:00Z", "xong trước hạn"],
  ["2026-03-01T00:00:00Z", "2026-03-01T02:00:00Z", "trễ 2 giờ"], // the clock stopped there
])("due %s, ended %s: %s", (due, ended, said) => {
  const page = show(DeadlineClock, { due, ended });
  expect(words(page)).toBe(said);
  expect(page.querySelector("time")?.dateTime).toBe(due);
});

test("a text area counts what was typed and cuts nothing", () => {
  const page = show(TextArea, { label: "Nội dung", value: "😀".repeat(12), limit: 10 });
  expect(words(page)).toContain("Quá 2 ký tự");
  expect(page.querySelector("textarea")?.value).toHaveLength(24);
});

test("a fault says what happened and gives a way on", () => {
  const retry = vi.fn();
  const page = show(ErrorState, { error: new Problem({ status: 0, code: "network" }), retry });
  expect(words(page)).toContain("Kiểm tra mạng rồi thử lại.");
  page.querySelector("button")?.click();
  expect(retry).toHaveBeenCalledOnce();
});

test("a lost feed is said in words, with the time that is still sure", () => {
  const status = { health: "stale" as const, refusal: null, freshAt: Date.now() };
  const page = show(FreshnessBar, { status });
  expect(words(page)).toContain("Mất cập nhật trực tiếp");
  expect(words(page)).toContain("Cập nhật lúc 12:00");
});

test("a wrong password is told, and what was typed stays", async () => {
  const problem = { code: "wrong_credentials", detail: "Tên hoặc mật khẩu chưa đúng." };
  vi.stubGlobal("fetch", async () =>
    Promise.resolve(
      new Response(JSON.stringify(problem), {
        status: 401,
        headers: { "Content-Type": "application/problem+json" },
      }),
    ),
  );
  const onsignedin = vi.fn();
  const page = show(SignIn, { onsignedin });
  const [name, password] = page.querySelectorAll("input");
  for (const [input, text] of [
    [name, "ops"],
    [password, "wrong"],
  ] as const) {
    if (!input) throw new Error("the form lacks a field");
    input.value = text;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }
  page.querySelector("form")?.dispatchEvent(new Event("submit", { cancelable: true }));
  await vi.waitFor(() => expect(words(page)).toContain(problem.detail));
  expect([name?.value, onsignedin.mock.calls.length]).toEqual(["ops", 0]);
});

test("the code is asked for once the account turns out to have two steps", async () => {
  const problem = { code: "otp_required", detail: "Hãy nhập mã." };
  const answer = () =>
    new Response(JSON.stringify(problem), {
      status: 401,
      headers: { "Content-Type": "application/problem+json" },
    });
  vi.stubGlobal("fetch", async () => Promise.resolve(answer()));
  const page = show(SignIn, { onsignedin: vi.fn() });
  expect(page.querySelector("[autocomplete='one-time-code']")).toBeNull();
  page.querySelector("form")?.dispatchEvent(new Event("submit", { cancelable: true }));
  const code = await vi.waitFor(() => {
    const found = page.querySelector("[autocomplete='one-time-code']");
    expect(found).not.toBeNull();
    return found;
  });
  await vi.waitFor(() => expect(document.activeElement).toBe(code));
});

test("the same words said twice are one toast", () => {
  announcer.say("Đã lưu", "bad");
  announcer.say("Đã lưu", "bad");
  expect(announcer.sayings).toHaveLength(1);
});

test("before and after are compared by a slider that keys move and a reader hears", () => {
  const page = show(BeforeAfter, {
    before: { view_url: "/b", width: 4, height: 3 },
    after: { view_url: "/a" },
  });
  const slider = page.querySelector<HTMLInputElement>("input[type=range]");
  expect(slider?.getAttribute("aria-label")).toBe("So sánh trước và sau");
  expect(slider?.getAttribute("aria-valuetext")).toBe("Thấy 50% ảnh sau");
  if (slider) slider.value = "20";
  slider?.dispatchEvent(new Event("input", { bubbles: true }));
  flushSync();
  expect(page.querySelector("figure")?.getAttribute("style")).toContain("--share: 20%");
  expect(slider?.getAttribute("aria-valuetext")).toBe("Thấy 80% ảnh sau");
});
