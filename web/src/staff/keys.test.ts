// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { shortcut, type Press } from "./keys";

const press = (key: string, given: Partial<Press> = {}): Press => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  target: null,
  ...given,
});

test.each([
  ["j", { do: "step", by: 1 }],
  ["k", { do: "step", by: -1 }],
  ["/", { do: "search" }],
  ["3", { do: "tab", index: 2 }],
  ["x", null],
  ["6", null],
])("%s asks for %j", (key, wish) => {
  expect(shortcut(press(key))).toEqual(wish);
});

test("a box to tick takes no letters", () => {
  document.body.innerHTML = `<input type="checkbox"><input type="search"><select></select>`;
  const wishes = [...document.body.children].map((target) => shortcut(press("j", { target })));
  expect(wishes).toEqual([{ do: "step", by: 1 }, null, null]);
});

test("keys are letters while somebody types, and the browser's with Ctrl", () => {
  const field = { closest: () => ({}) } as unknown as EventTarget;
  expect(shortcut(press("j", { target: field }))).toBeNull();
  expect(shortcut(press("a", { ctrlKey: true }))).toBeNull();
});
