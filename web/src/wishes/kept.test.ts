// @vitest-environment happy-dom
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Problem } from "../api/problem";
import { announcer } from "../components";
import { locale } from "../i18n";
import type { BrowserPushes } from "./browser";
import type { Door, Preferences, TopicWish } from "./door";
import Wishes from "./Wishes.svelte";

/** A server whose answers to a save wait until they are let go. */
class Server implements Door {
  kept: Preferences = {
    topics: [{ topic: "area", channels: ["inbox", "push"], digest: "now" }],
    quiet: { begins: "22:00", ends: "06:00" },
    offered: ["inbox", "push", "email", "sms"],
    reached: ["inbox", "email", "sms"],
  };
  down = false;
  readonly saves: unknown[] = [];
  readonly #held: (() => void)[] = [];

  async get<T>(path: string): Promise<T> {
    if (this.down) throw new Problem({ status: 0, code: "network" });
    return Promise.resolve((path === "addresses" ? { results: [] } : this.kept) as T);
  }
  post<T>(): Promise<T> {
    return Promise.reject(new Error("Nothing is given here."));
  }
  patch<T>(_: string, body: unknown): Promise<T> {
    this.saves.push(body);
    const { topics, ...rest } = body as { topics?: TopicWish[] };
    return new Promise((resolve, reject) =>
      this.#held.push(() => {
        if (this.down) return reject(new Problem({ status: 0, code: "network" }));
        const wanted = { ...this.kept, ...rest, ...(topics ? { topics } : {}) };
        if (wanted.quiet && wanted.quiet.begins === wanted.quiet.ends) {
          return reject(new Problem({ status: 400, code: "no_time", detail: "Hai giờ như nhau." }));
        }
        this.kept = wanted;
        resolve(wanted as T);
      }),
    );
  }
  delete(): Promise<void> {
    return Promise.reject(new Error("Nothing is ended here."));
  }

  /** Answer the save that is under way. */
  async answer(): Promise<void> {
    await vi.waitFor(() => expect(this.#held).not.toEqual([]));
    this.#held.shift()?.();
  }
}

let server: Server;
let shown: Record<string, unknown>;
const labelled = (text: string) =>
  [...document.querySelectorAll("label")].find((one) => one.textContent?.trim() === text);
const box = (text: string) => labelled(text)?.querySelector("input") as HTMLInputElement;
const boxes = () => ["Hộp thư", "Tin đẩy", "Thư điện tử", "SMS"].map((name) => box(name).checked);
const digest = () => document.querySelector("fieldset select") as HTMLSelectElement;
const said = () => announcer.sayings.map(({ text }) => text);

function put(control: HTMLInputElement | HTMLSelectElement, value: string): void {
  control.value = value;
  control.dispatchEvent(new Event("change", { bubbles: true }));
  flushSync();
}

beforeEach(async () => {
  locale.choose("vi");
  announcer.clear();
  server = new Server();
  const pushes = { offered: false } as BrowserPushes;
  shown = mount(Wishes, { target: document.body, props: { door: server, pushes } });
  await vi.waitFor(() => expect(document.querySelector("fieldset")).not.toBeNull());
});
afterEach(() => unmount(shown));

test("of changes in quick succession none is lost, and each is shown at once", async () => {
  box("Thư điện tử").click();
  box("SMS").click();
  box("Tin đẩy").click();
  flushSync();
  expect(boxes()).toEqual([true, false, true, true]);
  await vi.waitFor(() => expect(server.saves).toHaveLength(1));
  await server.answer();
  await vi.waitFor(() => expect(server.saves).toHaveLength(2));
  expect([said(), boxes()]).toEqual([[], [true, false, true, true]]);
  await server.answer();
  await server.answer();
  await vi.waitFor(() => expect(said()).toEqual(["Đã lưu"]));
  expect(server.kept.topics[0]?.channels).toEqual(["inbox", "email", "sms"]);
  expect(boxes()).toEqual([true, false, true, true]);
});

test("after a failed save the controls show what is kept, before and after another look", async () => {
  server.down = true;
  box("SMS").click();
  put(digest(), "daily");
  expect([boxes()[3], digest().value]).toEqual([true, "daily"]);
  await server.answer();
  await server.answer();
  const failed = () => document.querySelector(".fault")?.textContent;
  await vi.waitFor(() => expect(failed()).toContain("Kiểm tra mạng rồi thử lại."));
  await vi.waitFor(() => expect(digest().value).toBe("now"));
  expect(boxes()).toEqual([true, true, false, false]);
  server.down = false;
  document.querySelector<HTMLButtonElement>(".fault button")?.click();
  await vi.waitFor(() => expect(failed()).toBeUndefined());
  expect([boxes()[3], digest().value]).toEqual([false, "now"]);
});

test("quiet hours that were refused, or cleared, are shown as they are kept", async () => {
  put(box("Đến"), "22:00");
  expect(box("Đến").value).toBe("22:00");
  await server.answer();
  await vi.waitFor(() => expect(said()).toEqual(["Hai giờ như nhau."]));
  await vi.waitFor(() => expect(box("Đến").value).toBe("06:00"));
  put(box("Từ"), "");
  box("Từ").dispatchEvent(new FocusEvent("blur"));
  expect(box("Từ").value).toBe("22:00");
  box("Có giờ yên lặng").click();
  flushSync();
  expect(box("Từ")).toBeUndefined();
  server.down = true;
  await server.answer();
  await vi.waitFor(() => expect(box("Có giờ yên lặng").checked).toBe(true));
});

test("what is wanted by a way that leads nowhere yet is said to arrive nowhere", async () => {
  const warned = () => document.querySelector(".nowhere")?.textContent ?? "";
  server.kept = { ...server.kept, reached: ["inbox", "sms"] };
  expect(warned()).toBe("");
  for (const way of ["SMS", "Thư điện tử"]) {
    box(way).click();
    await server.answer();
    await vi.waitFor(() => expect(said()).toContain("Đã lưu"));
  }
  await vi.waitFor(() => expect(warned()).toContain("Chưa có địa chỉ cho: Thư điện tử."));
});
