// @vitest-environment happy-dom
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Problem } from "../api/problem";
import { announcer } from "../components";
import { locale } from "../i18n";
import Addresses from "./Addresses.svelte";
import type { Address, Door, Following } from "./door";
import Follows from "./Follows.svelte";

const areas = [
  { code: "06652", name_vi: "Phường Hạ Long", name_en: "Hạ Long ward" },
  { code: "06653", name_vi: "Phường Hồng Gai", name_en: "Hồng Gai ward" },
];
const following = (id: number, area: string): Following => ({
  id,
  area,
  sectors: [],
  updates: true,
  report_no: "",
  category: "",
});

/** A server that keeps two follows and an address that is not proved yet. */
class Server implements Door {
  follows = [following(1, "06652"), following(2, "06653")];
  addresses: Address[] = [
    { id: 5, transport: "email", value: "la@example.org", locale: "vi", state: "unproved" },
  ];
  down = false;
  readonly asked: string[] = [];

  #hear(what: string): void {
    this.asked.push(what);
    if (this.down) throw new Problem({ status: 0, code: "network" });
  }
  async get<T>(path: string): Promise<T> {
    this.#hear(`GET ${path}`);
    const results = path === "addresses" ? this.addresses : this.follows;
    return Promise.resolve({ results: results.map((one) => ({ ...one })) } as T);
  }
  async post<T>(path: string, body: unknown): Promise<T> {
    this.#hear(`POST ${path} ${JSON.stringify(body)}`);
    if (path.endsWith("/confirm")) for (const one of this.addresses) one.state = "good";
    if (path !== "subscriptions") return Promise.resolve({} as T);
    const made = { ...following(9, ""), ...(body as Partial<Following>) };
    this.follows.push(made);
    return Promise.resolve(made as T);
  }
  patch<T>(): Promise<T> {
    return Promise.reject(new Error("Nothing is changed here."));
  }
  async delete(path: string): Promise<void> {
    this.#hear(`DELETE ${path}`);
    const [list, id] = path.split("/");
    const of = list === "addresses" ? this.addresses : this.follows;
    const place = of.findIndex((one) => one.id === Number(id));
    if (place < 0) throw new Problem({ status: 404, code: "not_found", detail: "Không có." });
    of.splice(place, 1);
    return Promise.resolve();
  }
}

let server: Server;
let shown: Record<string, unknown>;
const words = () => (document.body.textContent ?? "").replace(/\s+/g, " ").trim();
const said = () => announcer.sayings.map(({ text }) => text);
const rows = () => document.querySelectorAll("li").length;
const click = (name: string) =>
  [...document.querySelectorAll("button")]
    .find((one) => (one.getAttribute("aria-label") ?? one.textContent?.trim()) === name)
    ?.click();

function openFollows(): void {
  const here = () => Promise.resolve({ lat: 20.95, lon: 107.08 });
  const props = { door: server, here, areas, sectors: [] };
  shown = mount(Follows, { target: document.body, props });
  flushSync();
}
function openAddresses(): void {
  const props = { door: server, offered: ["inbox" as const, "email" as const] };
  shown = mount(Addresses, { target: document.body, props });
  flushSync();
}

beforeEach(() => {
  locale.choose("vi");
  announcer.clear();
  server = new Server();
});
afterEach(() => unmount(shown));

test.each([
  ["follows", openFollows, 2],
  ["addresses", openAddresses, 1],
])("what could not be read of the %s is said, and asked again", async (_, open, count) => {
  server.down = true;
  open();
  await vi.waitFor(() => expect(words()).toContain("Kiểm tra mạng rồi thử lại."));
  expect(words()).not.toContain("Chưa theo dõi");
  expect(said()).toEqual([]);
  server.down = false;
  await vi.waitFor(() => {
    click("Thử lại");
    expect(rows()).toBe(count);
  });
  expect(document.querySelector(".fault")).toBeNull();
});

test("what was ended in another tab is ended here, too", async () => {
  openFollows();
  await vi.waitFor(() => expect(rows()).toBe(2));
  server.follows = server.follows.slice(1);
  click("Bỏ theo dõi: Phường Hạ Long");
  await vi.waitFor(() => expect(rows()).toBe(1));
  await unmount(shown);
  openAddresses();
  await vi.waitFor(() => expect(rows()).toBe(1));
  server.addresses = [];
  click("Bỏ la@example.org");
  await vi.waitFor(() => expect(rows()).toBe(0));
  expect(said()).not.toContain("Không có.");
});

test("Enter in the field sends the code, and a code that was lost is sent again", async () => {
  openAddresses();
  await vi.waitFor(() => expect(rows()).toBe(1));
  click("Gửi lại mã");
  await vi.waitFor(() => expect(said()).toEqual(["Mã đã được gửi lại đến la@example.org."]));
  expect(server.asked).toContain(
    'POST addresses {"transport":"email","value":"la@example.org","locale":"vi"}',
  );
  const field = document.querySelector<HTMLInputElement>("li input");
  if (field) field.value = "123456";
  field?.dispatchEvent(new Event("input", { bubbles: true }));
  await vi.waitFor(() => expect(document.querySelector("li [aria-busy]")).toBeNull());
  field?.form?.requestSubmit();
  await vi.waitFor(() => expect(words()).toContain("Đã xác nhận"));
  expect(server.asked).toContain('POST addresses/5/confirm {"code":"123456"}');
});

test("who stops following is told, and goes on from the next row or from the heading", async () => {
  openFollows();
  const here = () =>
    document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent;
  for (const [ended, next, left] of [
    ["Phường Hạ Long", "Bỏ theo dõi: Phường Hồng Gai", 1],
    ["Phường Hồng Gai", "Đang theo dõi", 0],
  ] as const) {
    await vi.waitFor(() => {
      click(`Bỏ theo dõi: ${ended}`);
      expect(rows()).toBe(left);
    });
    await vi.waitFor(() => expect(here()).toBe(next));
    expect(said()).toContain(`Đã bỏ theo dõi ${ended}`);
  }
});

test("who begins to follow is told of what, and the keyboard stays at the button", async () => {
  openFollows();
  await vi.waitFor(() => expect(rows()).toBe(2));
  const begin = document.querySelector<HTMLElement>("form [type=submit]");
  begin?.focus();
  begin?.click();
  flushSync();
  begin?.blur(); // as a browser does with a button that is disabled
  await vi.waitFor(() => expect(said()).toEqual(["Đang theo dõi 1\u00a0km quanh một vị trí"]));
  await vi.waitFor(() => expect(document.activeElement).toBe(begin));
  expect(rows()).toBe(3);
});
