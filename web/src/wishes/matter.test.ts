// @vitest-environment happy-dom
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Problem } from "../api/problem";
import { locale } from "../i18n";
import type { BrowserPushes, Standing } from "./browser";
import type { Door } from "./door";
import { Matter } from "./matter.svelte";
import MatterFollow from "./MatterFollow.svelte";

/** A server that knows one ticket, and one reader by the name "new" once they have begun. */
class Server implements Door {
  follows: number | null = null;
  reported = "";
  channels: string[] = ["inbox", "push"];
  reached: string[] = ["inbox", "email"];
  readonly asked: string[] = [];
  down = false;
  stranger = "";
  #next = 7;

  readonly reader = {
    name: null as string | null,
    known: () => this.reader.name,
    begin: () => Promise.resolve((this.reader.name ??= "new")),
    forget: (name: string) => {
      if (this.reader.name === name) this.reader.name = null;
    },
  };

  #hear(what: string): void {
    this.asked.push(what);
    if (this.down) throw new Problem({ status: 0, code: "network" });
    if (!this.reader.name || this.reader.name === this.stranger) {
      throw new Problem({ status: 401, code: "not_authenticated" });
    }
  }
  async get<T>(path: string): Promise<T> {
    this.#hear(`GET ${path}`);
    const body = path.startsWith("tickets/")
      ? { subscription: this.follows, report_no: this.reported }
      : {
          topics: [{ topic: "followed", channels: this.channels, digest: "now" }],
          quiet: null,
          offered: ["inbox", "push", "email"],
          reached: this.reached,
        };
    return Promise.resolve(body as T);
  }
  async post<T>(path: string, body: unknown): Promise<T> {
    this.#hear(`POST ${path} ${JSON.stringify(body)}`);
    this.follows ??= this.#next++;
    return Promise.resolve({ id: this.follows } as T);
  }
  patch<T>(): Promise<T> {
    return Promise.reject(new Error("Nothing is changed here."));
  }
  async delete(path: string): Promise<void> {
    this.#hear(`DELETE ${path}`);
    if (path !== `subscriptions/${this.follows}`) {
      throw new Problem({ status: 404, code: "subscription_not_found" });
    }
    this.follows = null;
    return Promise.resolve();
  }
}

let server: Server;
let shown: Record<string, unknown> | null = null;
const matterOf = () => new Matter("t1", server, server.reader);
const words = () => (document.body.textContent ?? "").replace(/\s+/g, " ").trim();
const button = (name: string) =>
  [...document.querySelectorAll("button")].find((one) => one.textContent?.trim() === name);

function open(standing: Standing = "off", offered = true): { turnOn: ReturnType<typeof vi.fn> } {
  const pushes = { offered, standing, turnOn: vi.fn(() => Promise.resolve("on" as const)) };
  const given = pushes as unknown as BrowserPushes;
  const props = { ticket: "t1", door: server, reader: server.reader, pushes: given };
  shown = mount(MatterFollow, { target: document.body, props });
  flushSync();
  return pushes;
}

beforeEach(() => {
  server = new Server();
  locale.choose("vi");
});
afterEach(async () => {
  if (shown) await unmount(shown);
  shown = null;
});

test("who never sent anything is asked for nothing until they follow", async () => {
  const matter = matterOf();
  await matter.look();
  expect([matter.standing, server.asked]).toEqual(["off", []]);
  await matter.follow();
  expect(server.reader.name).toBe("new");
  expect(server.asked[0]).toBe('POST subscriptions {"ticket":"t1"}');
  expect([matter.standing, matter.ways]).toEqual(["on", ["inbox", "push"]]);
  await matter.stop();
  expect([matter.standing, server.follows]).toEqual(["off", null]);
});

test("a click while another is under way does nothing more", async () => {
  const matter = matterOf();
  await matter.look();
  await Promise.all([matter.follow(), matter.follow()]);
  expect(server.asked.filter((one) => one.startsWith("POST"))).toHaveLength(1);
});

test("what another tab ended and began again is ended by its new name", async () => {
  const matter = matterOf();
  await matter.follow();
  server.follows = 99;
  await matter.stop();
  expect([matter.standing, server.follows]).toEqual(["off", null]);
});

test("a name that the server lost is given up, and the matter is followed by a new one", async () => {
  server.reader.name = server.stranger = "old";
  const matter = matterOf();
  await matter.look();
  expect([matter.standing, server.reader.name]).toEqual(["off", null]);
  server.reader.name = "old"; // another tab had kept it
  await matter.follow();
  expect([matter.standing, server.reader.name, server.follows]).toEqual(["on", "new", 7]);
});

test("the page says what is heard, by which ways, and offers pushes once it is followed", async () => {
  const pushes = open();
  await vi.waitFor(() => expect(button("Theo dõi")?.disabled).toBe(false));
  expect(words()).toContain("Bạn được báo khi vụ việc được chuyển đơn vị");
  expect(button("Bật tin đẩy")).toBeUndefined();
  button("Theo dõi")?.click();
  await vi.waitFor(() => expect(words()).toContain("Bạn đang theo dõi vụ việc này."));
  expect(words()).toContain("Tin đến bằng: Hộp thư.");
  expect(words()).toContain("Máy này chưa nhận tin đẩy.");
  button("Bật tin đẩy")?.click();
  await vi.waitFor(() => expect(words()).toContain("Tin đến bằng: Hộp thư, Tin đẩy."));
  expect(pushes.turnOn).toHaveBeenCalledOnce();
  button("Bỏ theo dõi")?.click();
  await vi.waitFor(() => expect(button("Theo dõi")).toBeDefined());
});

test("who switched all of it off, forbade pushes or has a report in it is told so", async () => {
  server.reader.name = "new";
  server.follows = 3;
  server.channels = ["push"];
  open("blocked");
  await vi.waitFor(() => expect(words()).toContain("Bạn đã tắt mọi tin về vụ việc theo dõi"));
  expect(words()).toContain("Trình duyệt đang chặn thông báo");
  expect(button("Bật tin đẩy")).toBeUndefined();
  if (shown) await unmount(shown);
  server.reported = "QN-26-7K3F9D";
  locale.choose("en");
  open();
  await vi.waitFor(() => expect(words()).toContain("Your report QN-26-7K3F9D is about this"));
  expect(document.querySelector("a")?.getAttribute("href")).toBe("/#/r/QN-26-7K3F9D");
  expect(button("Follow")).toBeUndefined();
});

test("without an answer it says so and asks again", async () => {
  server.reader.name = "new";
  server.down = true;
  open();
  await vi.waitFor(() => expect(words()).toContain("Kiểm tra mạng rồi thử lại."));
  expect(button("Theo dõi")).toBeUndefined();
  server.down = false;
  document.querySelector("button")?.click();
  await vi.waitFor(() => expect(button("Theo dõi")).toBeDefined());
});
