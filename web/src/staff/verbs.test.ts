import { expect, test } from "vitest";
import type { StaffPhoto, Status, Verb } from "../api/types";
import { whole } from "./samples";
import { asks, atOnce, bodyOf, emptyDraft, fieldOf, likely, missing } from "./verbs";

const after = { id: "p", kind: "after" } as StaffPhoto;

test.each<[Status, Verb[], Verb | null]>([
  ["submitted", ["request_info", "reroute", "reject"], "reroute"],
  ["routed", ["accept", "return"], "accept"],
  ["routed", ["reroute", "reject"], null],
  ["accepted", ["return", "start", "resolve"], "start"],
  ["in_progress", ["propose_resolution", "comment"], "propose_resolution"],
  ["in_progress", ["propose_resolution", "resolve"], "resolve"],
  ["pending_approval", ["start", "approve"], "approve"],
  ["resolved", ["reopen", "close"], "close"],
])("at %s, of %j the work likely needs %s", (status, may, verb) => {
  expect(likely({ status, may })).toBe(verb);
});

test("accepting and starting go at once; sending back to work says why", () => {
  expect(atOnce("accept", whole())).toBe(true);
  expect(atOnce("start", whole({ status: "accepted" }))).toBe(true);
  expect(asks("start", whole({ status: "pending_approval" }))).toEqual({ words: "needed" });
  expect(atOnce("close", whole({ status: "resolved" }))).toBe(false);
});

test("a result needs a photo, unless the category asks for none or there is one already", () => {
  expect(asks("resolve", whole()).photos).toBe("needed");
  expect(asks("resolve", whole({ photo_required: false })).photos).toBe("optional");
  expect(asks("propose_resolution", whole({ photos: [after] })).photos).toBe("optional");
});

test("a first agency needs no reason, another one does", () => {
  expect(asks("reroute", whole({ agency: null })).words).toBe("optional");
  expect(asks("reroute", whole()).words).toBe("needed");
});

test("a corrected category is explained, and sent along", () => {
  const waiting = whole({ agency: null });
  const draft = { ...emptyDraft(), agency: "SXD", category: "GT02" };
  expect(missing("reroute", waiting, draft)).toEqual(["words"]);
  const said = { ...draft, words: "Là tiếng ồn" };
  expect(bodyOf("reroute", waiting, 4, said)).toEqual({
    version: 4,
    agency: "SXD",
    category: "GT02",
    reason: "Là tiếng ồn",
  });
});

test("who has the ticket corrects its category, saying why; the agency stays", () => {
  const draft = { ...emptyDraft(), agency: "SXD", category: "GT02" };
  expect(missing("correct", whole(), emptyDraft())).toEqual(["category", "words"]);
  expect(bodyOf("correct", whole(), 4, { ...draft, words: "Là tiếng ồn" })).toEqual({
    version: 4,
    category: "GT02",
    reason: "Là tiếng ồn",
  });
});

test("what is missing is named in the order in which it stands", () => {
  expect(missing("extend", whole(), emptyDraft())).toEqual(["due", "words"]);
  const draft = { ...emptyDraft(), due: "2026-03-09T17:00", words: "Mưa lớn" };
  expect(missing("extend", whole(), draft)).toEqual([]);
  const two = whole({ report_nos: ["one", "two"] });
  expect(missing("split", two, { ...emptyDraft(), reports: ["one", "two"] })).toEqual(["reports"]);
});

test("a body carries the version that was seen and what the verb takes, by its names", () => {
  const photo = { key: 1, name: "", preview: "", progress: 1, error: null, file: null };
  const photos = [
    { ...photo, upload: "u1" },
    { ...photo, upload: null },
  ];
  const draft = { ...emptyDraft(), words: " Đã vá ", agency: "SXD", photos };
  expect(bodyOf("resolve", whole(), 3, draft)).toEqual({
    version: 3,
    note: "Đã vá",
    uploads: ["u1"],
  });
  expect(bodyOf("reroute", whole(), 4, draft)).toEqual({
    version: 4,
    reason: "Đã vá",
    agency: "SXD",
  });
  expect(bodyOf("accept", whole(), 5, draft)).toEqual({ version: 5 });
  expect(bodyOf("assign", whole(), 5, emptyDraft())).toEqual({ version: 5, assignee: null });
});

test("a time is sent on Viet Nam's clocks", () => {
  const draft = { ...emptyDraft(), due: "2026-03-09T17:00", words: "Mưa" };
  expect(bodyOf("extend", whole(), 1, draft).due_at).toBe("2026-03-09T17:00:00+07:00");
});

test("a problem's field is found for the input that it speaks of", () => {
  expect([fieldOf("resolve", "words"), fieldOf("return", "words")]).toEqual(["note", "reason"]);
  expect([fieldOf("resolve", "photos"), fieldOf("extend", "due")]).toEqual(["uploads", "due_at"]);
  expect(fieldOf("merge", "into")).toBe("into");
});
