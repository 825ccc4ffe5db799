// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from "vitest";
import { Problem } from "../api/problem";
import { BrowserPushes, keyBytes, type Owner } from "./browser";

let endpoint = "https://push.example/1";
let permission: NotificationPermission = "default";
const unsubscribe = vi.fn(() => {
  endpoint = "https://push.example/2";
  return Promise.resolve(true);
});

function anOwner(name: string): Owner & { tell: ReturnType<typeof vi.fn> } {
  return {
    slot: "ht.push.test",
    name: () => name,
    tell: vi.fn(() => Promise.resolve("41")),
    untell: vi.fn(() => Promise.resolve()),
  };
}

beforeEach(() => {
  localStorage.clear();
  endpoint = "https://push.example/1";
  permission = "default";
  const subscribe = () => Promise.resolve({ endpoint, unsubscribe, toJSON: () => ({ endpoint }) });
  const ready = Promise.resolve({ pushManager: { subscribe } });
  Object.defineProperty(navigator, "serviceWorker", { value: { ready }, configurable: true });
  vi.stubGlobal("PushManager", () => undefined);
  vi.stubGlobal("Notification", {
    get permission() {
      return permission;
    },
    requestPermission: () => Promise.resolve((permission = "granted")),
  });
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
