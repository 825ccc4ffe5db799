import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiClient } from "../api/client";
import { deviceCredentials } from "../api/device";
import { close } from "../lib/database";
import { forget } from "../lib/storage";
import { Outbox, type Change } from "./outbox";
import { nextDelay } from "./schedule";
import type { Draft, QueuedReport, StoredPhoto } from "./types";

type Body = Record<string, unknown>;
type Handler = (path: string, body: Body | FormData, token: string | null) => Response;

const NUMBER = "QN-26-7K3F9D";
const json = (body: object, status = 200, headers = {}) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { "Content-Type": "application/json", ...headers },
  });

/** A server that says yes, where `handler` does not say otherwise. */
function given(handler?: (...args: Parameters<Handler>) => Response | undefined) {
  const calls: { path: string; body: Body | FormData }[] = [];
  let uploads = 0;
  let devices = 0;
  const answer: Handler = (path) => {
    if (path === "devices") return json({ id: `d${(devices += 1)}`, token: `t${devices}` }, 201);
    if (path === "uploads") return json({ id: `u${(uploads += 1)}`, state: "ready" }, 201);
    if (path === "reports")
      return json({ report_no: NUMBER, status: "submitted", ticket: "T" }, 201);
    return json({});
  };
  const api = new ApiClient(deviceCredentials, async (url, init) => {
    const path = String(url).replace("/api/v1/", "");
    const body = init?.body instanceof FormData ? init.body : JSON.parse(String(init?.body));
    calls.push({ path, body });
    const token = (init?.headers as Record<string, string>).Authorization ?? null;
    return handler?.(path, body, token) ?? answer(path, body, token);
  });
  const time = { now: 1_000_000 };
  const box = new Outbox({ api, now: () => time.now, chance: () => 0 });
  const changes: Change[] = [];
  box.onChange((change) => changes.push(change));
  const paths = () => calls.map((call) => call.path);
  const posts = () => calls.filter((call) => call.path === "reports").map((call) => call.body);
  return { box, calls, changes, paths, posts, time };
}

const draft: Draft = {
  id: "r1",
  step: "check",
  category: "GT01",
  text: "Ổ gà trước cổng trường",
  location: { lat: 20.95, lon: 107.07, accuracy_m: 12 },
  placed: "gps",
  answers: {},
  contact: { name: "", phone: "", email: "" },
  anonymous: false,
  consents: [],
  joins: null,
  photos: ["p1", "p2"],
  started_at: 1,
};
const photo = (id: string, taken_at: number): StoredPhoto => ({
  id,
  report: "r1",
  bytes: new TextEncoder().encode(`picture ${id}`).buffer as ArrayBuffer,
  type: "image/jpeg",
  name: `${id}.jpg`,
  taken_at,
});

async function queueOne(
  box: Outbox,
  photos: StoredPhoto[] = [photo("p1", 1), photo("p2", 2)],
  more: Partial<QueuedReport["input"]> = {},
) {
  await box.saveDraft(draft);
  for (const one of photos) await box.keepPhoto(one);
  const { id, category, text, location, consents } = draft;
  await box.queue(id, {
    id,
    input: {
      id,
      category: category ?? "",
      text,
      location: location ?? { lat: 0, lon: 0 },
      consents,
      ...more,
    },
    category: { code: "GT01", name_vi: "Ổ gà", name_en: "Pothole" },
    photos: photos.map((one) => one.id),
  });
}

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  forget("ht.device");
});
afterEach(async () => {
  await close();
  vi.unstubAllGlobals();
});

test("a report goes device first, then its pictures, then the words", async () => {
  const { box, paths, posts, changes } = given();
  await queueOne(box);
  expect(await box.drafts()).toEqual([]); // draft and report are never both, never neither
  await box.drain();
  expect(paths()).toEqual(["devices", "uploads", "uploads", "reports"]);
  expect(posts()).toEqual([expect.objectContaining({ id: "r1", uploads: ["u1", "u2"] })]);
  const [report] = await box.reports();
  expect(report).toMatchObject({ state: "sent", receipt: { report_no: NUMBER, ticket: "T" } });
  expect(await box.photosOf("r1")).toEqual([]);
  expect(changes.filter((change) => change.kind === "kept")).toHaveLength(1);
  box.stop();
});

test("without a network nothing is lost, and a new tab sends it", async () => {
  const first = given(() => {
    throw new TypeError("Failed to fetch");
  });
  await queueOne(first.box);
  await first.box.drain();
  expect(await first.box.reports()).toMatchObject([{ state: "waiting", attempts: 1 }]);
  first.box.stop();
  await close(); // the tab is closed

  const second = given();
  second.time.now += 60_000;
  await second.box.drain();
  expect(await second.box.reports()).toMatchObject([{ state: "sent" }]);
  second.box.stop();
});

test("pictures that went through are not sent twice, and the words wait for the rest", async () => {
  let broken = true;
  let sent = 0;
  const { box, paths, posts, time } = given((path) => {
    if (path !== "uploads") return undefined;
    sent += 1;
    return broken && sent === 2 ? json({}, 502) : undefined;
  });
  await queueOne(box);
  await box.drain();
  expect(paths()).toEqual(["devices", "uploads", "uploads"]);
  broken = false;
  time.now += 60_000;
  await box.drain();
  expect(paths().slice(3)).toEqual(["uploads", "reports"]);
  expect(posts()).toMatchObject([{ uploads: ["u1", "u2"] }]);
  box.stop();
});

test("on a network too weak for pictures the words go first and the pictures follow", async () => {
  let weak = true;
  const { box, calls, posts, time } = given((path) => {
    if (path === "uploads" && weak) throw new TypeError("Failed to fetch");
    return undefined;
  });
  await queueOne(box);
  for (let tries = 0; tries < 3; tries += 1) {
    time.now += 3_600_000;
    await box.drain();
  }
  expect(posts()).toMatchObject([{ uploads: [], photos_expected: 2 }]);
  expect(await box.reports()).toMatchObject([{ state: "waiting", receipt: { report_no: NUMBER } }]);
  weak = false;
  time.now += 3_600_000;
  await box.drain();
  expect(calls.at(-1)).toEqual({
    path: `reports/${NUMBER}/photos`,
    body: { uploads: ["u1", "u2"] },
  });
  expect(await box.reports()).toMatchObject([{ state: "sent", attached: ["u1", "u2"] }]);
  expect(posts()).toHaveLength(1);
  box.stop();
});

test("an answer that was lost on the way is asked for again with the very same body", async () => {
  let lose = true;
  const { box, posts, time } = given((path) => {
    if (path === "reports" && lose) throw new TypeError("connection reset");
    return undefined;
  });
  await queueOne(box, []);
  await box.drain();
  lose = false;
  time.now += 60_000;
  await box.drain();
  expect(posts()).toHaveLength(2);
  expect(posts()[1]).toEqual(posts()[0]);
  box.stop();
});

test("a report from a phone whose clock is wrong is sent again without its time", async () => {
  const errors = [{ field: "captured_at", code: "in_future", detail: "Thời điểm này chưa tới." }];
  let turn = 0;
  const { box, posts, time } = given((path) =>
    path === "reports" && (turn += 1) === 1
      ? json({ code: "invalid_input", detail: "Sai.", errors }, 400)
      : undefined,
  );
  await queueOne(box, [], { captured_at: "2199-01-01T00:00:00.000Z" });
  await box.drain();
  time.now += 60_000;
  await box.drain();
  expect(posts()).toHaveLength(2);
  expect(posts()[1]).not.toHaveProperty("captured_at");
  expect(await box.reports()).toMatchObject([{ state: "sent" }]);
  box.stop();
});

test("a refusal is kept with its reasons, and can be mended", async () => {
  const errors = [{ field: "text", code: "too_long", detail: "Quá dài." }];
  const { box, paths, time } = given((path) =>
    path === "reports" ? json({ code: "invalid_input", detail: "Sai.", errors }, 400) : undefined,
  );
  await queueOne(box, [photo("p1", 1)]);
  await box.drain();
  const refusal = { code: "invalid_input", detail: "Sai.", errors };
  expect(await box.reports()).toMatchObject([{ state: "refused", refusal }]);
  const asked = paths().length;
  time.now += 3_600_000;
  await box.drain();
  expect(paths()).toHaveLength(asked); // no is no
  expect(await box.photosOf("r1")).toHaveLength(1);
  await box.reopen({ ...draft, text: "Ngắn hơn" });
  expect([await box.reports(), (await box.drafts()).length]).toEqual([[], 1]);
  box.stop();
});

test("a picture that is none does not hold the words back", async () => {
  let sent = 0;
  const { box, posts } = given((path) =>
    path === "uploads" && (sent += 1) === 1
      ? json({ code: "not_a_picture", detail: "Không phải ảnh." }, 415)
      : undefined,
  );
  await queueOne(box);
  await box.drain();
  expect(posts()).toMatchObject([{ uploads: ["u1"] }]);
  expect(posts()[0]).not.toHaveProperty("photos_expected");
  box.stop();
});

test("a device that the server has forgotten is registered anew, pictures and all", async () => {
  const { box, paths, posts, time } = given((path, _, token) =>
    path === "reports" && token === "Device t1" ? json({ code: "unknown_device" }, 401) : undefined,
  );
  await queueOne(box, [photo("p1", 1)]);
  await box.drain();
  expect(await box.reports()).toMatchObject([{ state: "waiting" }]);
  time.now += 60_000;
  await box.drain();
  expect(paths()).toEqual(["devices", "uploads", "reports", "devices", "uploads", "reports"]);
  expect(posts().at(-1)).toMatchObject({ uploads: ["u2"] });
  expect(await box.reports()).toMatchObject([{ state: "sent" }]);
  box.stop();
});

test("uploads that the server no longer knows are sent again", async () => {
  const errors = [{ field: "uploads", code: "unknown_upload", detail: "Không thấy ảnh." }];
  let first = true;
  const { box, posts, time } = given((path) => {
    if (path !== "reports" || !first) return undefined;
    first = false;
    return json({ code: "invalid_input", errors }, 400);
  });
  await queueOne(box, [photo("p1", 1)]);
  await box.drain();
  time.now += 60_000;
  await box.drain();
  expect(posts().map((body) => (body as Body).uploads)).toEqual([["u1"], ["u2"]]);
  expect(await box.reports()).toMatchObject([{ state: "sent" }]);
  box.stop();
});

test("a busy server is left alone as long as it asks", async () => {
  const { box, paths, time } = given((path) =>
    path === "devices" ? json({ code: "throttled" }, 429, { "Retry-After": "90" }) : undefined,
  );
  await queueOne(box, []);
  await box.drain();
  expect(await box.reports()).toMatchObject([{ next_at: time.now + 90_000 }]);
  time.now += 89_000;
  await box.drain();
  expect(paths()).toEqual(["devices"]);
  box.stop();
});

test("while another tab sends, this one does not", async () => {
  const request = (_: string, ...rest: unknown[]) =>
    (rest.at(-1) as (lock: null) => Promise<void>)(null);
  vi.stubGlobal("navigator", { locks: { request } });
  const { box, paths } = given();
  await queueOne(box);
  await box.drain();
  expect(paths()).toEqual([]);
  box.stop();
});

test("waits between tries grow to ten minutes", () => {
  expect([1, 2, 3, 20].map((attempts) => nextDelay(attempts, 0))).toEqual([
    2_000, 4_000, 8_000, 300_000,
  ]);
  expect(nextDelay(20, 0.999)).toBeLessThan(600_000);
});
