import { expect, test } from "vitest";
import { straight, straightJson } from "./straight";

test("words that turn the line are shown without what turns it", () => {
  expect(straight("Ổ gà \u202egnp.exe\u202c sâu")).toBe("Ổ gà gnp.exe sâu");
  expect(straight("\u2067xa\u2069 \u200e– Hoà, 日本, 👩‍👧")).toBe("xa \u200e– Hoà, 日本, 👩‍👧");
});

test("an answer is read with every word in it straight", async () => {
  const sent = { text: "a\u202eb", reports: [{ text: "\u2066c" }] };
  expect(await straightJson(new Response(JSON.stringify(sent)))).toEqual({
    text: "ab",
    reports: [{ text: "c" }],
  });
});
