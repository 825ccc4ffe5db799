// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from "vitest";
import { Problem } from "../api/problem";
import { ApiClient } from "../api/client";
import { locale } from "../i18n";
import { BrowserPushes, keyBytes, leaveChair, STAFF, takeChair, type Owner } from "./browser";

let endpoint = "https://push.example/1";
let permission: NotificationPermission = "default";
const unsubscribe = vi.fn(() => {
  endpoint = "https://push.example/2";
  return Promise.resolve(true);
});

const notices: { data: { url: string }; close: () => void }[] = [];

/** A server that takes every release, and what it was asked. */
function aServer(status = 204): { api: ApiClient; asked: unknown[] } {
  const asked: unknown[] = [];
  const answer = (path: unknown, request?: RequestInit) => {
    asked.push([path, request?.method, JSON.parse(String(request?.body))]);
    return Promise.resolve(new Response(status === 204 ? null : "{}", { status }));
  };
  return { api: new ApiClient({ mode: "omit", headers: () => ({}) }, answer), asked };
}
const RELEASED = [
  "/api/v1/addresses/release",
  "POST",
  { value: '{"endpoint":"https://push.example/1"}' },
];

function anOwner(name: string): Owner & { tell: ReturnType<typeof vi.fn> } {
  return {
    slot: "ht.push.test",
    name: () => name,
    tell: vi.fn(() => Promise.resolve("41")),
    untell: vi.fn(() => Promise.resolve()),
    reached: () => Promise.resolve(true),
  };
}

beforeEach(() => {
  localStorage.clear();
  unsubscribe.mockClear();
  endpoint = "https://push.example/1";
  permission = "default";
  const subscribe = () => Promise.resolve({ endpoint, unsubscribe, toJSON: () => ({ endpoint }) });
  const getSubscription = () => (endpoint ? subscribe() : Promise.resolve(null));
  const registration = {
    pushManager: { subscribe, getSubscription },
    getNotifications: () => Promise.resolve(notices),
  };
  const ready = Promise.resolve(registration);
  const value = { ready, getRegistration: () => ready };
  Object.defineProperty(navigator, "serviceWorker", { value, configurable: true });
  notices.length = 0;
  locale.choose("vi");
  vi.stubGlobal("PushManager", () => undefined);
  vi.stubGlobal("Notification", {
    get permission() {
      return permission;
    },
    requestPermission: () => Promise.resolve((permission = "granted")),
  });
});

test("once a day the server is asked, and told of a new address where it has given up the old one", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  const reached = vi.fn(() => Promise.resolve(true));
  const owner = { ...anOwner("lan"), reached };
  const pushes = new BrowserPushes("AQID", owner);
  await pushes.turnOn();
  await pushes.renew();
  expect(reached).not.toHaveBeenCalled();
  for (const visit of [1, 2]) {
    vi.setSystemTime(Date.now() + 25 * 3600_000);
    await pushes.renew();
    await pushes.renew();
    expect(reached.mock.calls).toEqual(Array(visit).fill(["41"]));
    expect(owner.tell).toHaveBeenCalledTimes(1);
  }
  reached.mockResolvedValue(false);
  vi.setSystemTime(Date.now() + 25 * 3600_000);
  await pushes.renew();
  expect(owner.tell).toHaveBeenCalledTimes(2);
  expect(owner.tell).toHaveBeenLastCalledWith('{"endpoint":"https://push.example/2"}');
  vi.useRealTimers();
});

test("the server is told once where a person's pushes go, and again when that has changed", async () => {
  const owner = anOwner("lan");
  const pushes = new BrowserPushes("AQID", owner);
  expect(pushes.standing).toBe("off");
  expect(await pushes.turnOn()).toBe("on");
  await pushes.renew();
  expect(owner.tell.mock.calls).toEqual([[JSON.stringify({ endpoint })]]);
  endpoint = "https://push.example/3";
  await pushes.renew();
  expect(owner.tell).toHaveBeenLastCalledWith(JSON.stringify({ endpoint }));
});

test("who takes the chair is not told of, and ends nothing of the other's", async () => {
  await new BrowserPushes("AQID", anOwner("lan")).turnOn();
  const other = anOwner("minh");
  const pushes = new BrowserPushes("AQID", other);
  expect(pushes.standing).toBe("off");
  await pushes.renew();
  expect(other.tell).not.toHaveBeenCalled();
});

test("switched off, the server forgets it by the name that it gave", async () => {
  const owner = anOwner("lan");
  const pushes = new BrowserPushes("AQID", owner);
  await pushes.turnOn();
  await pushes.turnOff();
  expect(owner.untell).toHaveBeenCalledWith("41");
  expect(pushes.standing).toBe("off");
});

test("an address that the server knows as dead is given up for a new one", async () => {
  const owner = anOwner("lan");
  owner.tell.mockRejectedValueOnce(new Problem({ status: 409, code: "address_dead" }));
  expect(await new BrowserPushes("AQID", owner).turnOn()).toBe("on");
  expect(unsubscribe).toHaveBeenCalledOnce();
  expect(owner.tell).toHaveBeenLastCalledWith('{"endpoint":"https://push.example/2"}');
});

test("a refusal in the browser is said, and a province without a key offers nothing", () => {
  permission = "denied";
  expect(new BrowserPushes("AQID", anOwner("lan")).standing).toBe("blocked");
  expect(new BrowserPushes("", anOwner("lan")).offered).toBe(false);
  expect([...keyBytes("AQ-_")]).toEqual([1, 15, 191]);
});

test("a language chosen since is told at the next visit", async () => {
  const owner = anOwner("lan");
  const pushes = new BrowserPushes("AQID", owner);
  await pushes.turnOn();
  await pushes.renew();
  expect(owner.tell).toHaveBeenCalledTimes(1);
  locale.choose("en");
  await pushes.renew();
  expect(owner.tell).toHaveBeenCalledTimes(2);
});

test("who signs out takes the browser's pushes along, and what was shown of them", async () => {
  const owner = { ...anOwner("lan"), slot: STAFF };
  const pushes = new BrowserPushes("AQID", owner);
  await pushes.turnOn();
  const [work, own] = [vi.fn(), vi.fn()];
  notices.push({ data: { url: "/desk?ticket=1" }, close: work });
  notices.push({ data: { url: "/#/r/QN-26-7K3F9D" }, close: own });
  const { api, asked } = aServer();
  await leaveChair(api);
  expect(asked).toEqual([RELEASED]);
  expect(pushes.standing).toBe("off");
  expect(work).toHaveBeenCalledOnce();
  expect(own).not.toHaveBeenCalled();
});

test("while the server is silent nobody believes that the pushes have ended", async () => {
  const pushes = new BrowserPushes("AQID", { ...anOwner("lan"), slot: STAFF });
  await pushes.turnOn();
  const { api } = aServer(503);
  await expect(leaveChair(api)).rejects.toThrow(Problem);
  expect(pushes.standing).toBe("on");
});

test("a browser that nothing was pushed to is left without asking the server", async () => {
  endpoint = "";
  const { api, asked } = aServer();
  await leaveChair(api);
  expect(asked).toEqual([]);
});

test("who takes the chair ends what came for another, and nothing of their own", async () => {
  await new BrowserPushes("AQID", { ...anOwner("lan"), slot: STAFF }).turnOn();
  const { api, asked } = aServer();
  await takeChair("lan", api);
  expect(asked).toEqual([]);
  await takeChair("minh", api);
  expect(asked).toEqual([RELEASED]);
  await takeChair("minh", api);
  expect(asked).toHaveLength(1);
});
