import { expect, test } from "vitest";
import { changedBy, doer, repliesOf, since, told, type Entry } from "./told";

const names = {
  agency: (code: string | null) => (code ? `[${code}]` : ""),
  category: (code: string) => `(${code})`,
};
const entry = (given: Partial<Entry>): Entry => ({
  position: 1,
  type: "ticket.accepted",
  at: "2026-03-02T05:00:00Z",
  actor: "user:3",
  actor_name: "Bình",
  data: {},
  text: null,
  ...given,
});

test.each<[string, Record<string, unknown>, string]>([
  ["ticket.accepted", {}, "tiếp nhận"],
  ["ticket.routed", { agency: "SXD" }, "chuyển đến [SXD]"],
  ["ticket.rerouted", { agency: "SXD", from_agency: "CA" }, "chuyển từ [CA] đến [SXD]"],
  ["ticket.rerouted", { agency: "SXD", from_agency: null }, "chuyển đến [SXD]"],
  [
    "ticket.rerouted",
    { agency: "SXD", from_agency: "SXD", category: "GT02", from_category: "GT01" },
    "sửa loại từ (GT01) thành (GT02), chuyển đến [SXD]",
  ],
  [
    "ticket.corrected",
    { agency: "SXD", category: "GT02", from_category: "GT01" },
    "sửa loại từ (GT01) thành (GT02)",
  ],
  ["ticket.merged", { into: "other", report_nos: ["a"] }, "gộp vào phiếu khác"],
  ["ticket.merged", { into: "me", report_nos: ["a", "b"] }, "gộp thêm 2 phản ánh vào phiếu này"],
  ["ticket.assigned", { assignee_id: null }, "thôi giao người xử lý"],
  ["ticket.rated", { score: "satisfied" }, "đánh giá: hài lòng"],
  ["ticket.photo_changed", { change: "released" }, "công khai một ảnh"],
  ["ticket.photo_changed", { change: "uncovered" }, "bỏ phần che của một ảnh"],
  ["something.newer", {}, ""],
])("%s with %j is told", (type, data, words) => {
  expect(told({ type, data }, "me", names)).toBe(words);
});

test("who did it: a person, the reporter, or the system", () => {
  expect(doer(entry({}))).toBe("Bình");
  expect(doer(entry({ actor: "reporter", actor_name: null }))).toBe("Người gửi");
  expect(doer(entry({ actor: "system:routing", actor_name: null }))).toBe("Hệ thống");
});

test.each([
  [["user:3"], "you"],
  [["user:3", "system:routing"], "you"],
  [["user:3", "user:4"], "other"],
  [["reporter", "system:routing"], "other"],
  [["system:routing"], "system"],
  [[], "unknown"],
])("what %j did is told to user:3 as changed by %s", (actors, who) => {
  expect(
    changedBy(
      actors.map((actor) => ({ actor })),
      "user:3",
    ),
  ).toBe(who);
});

test("a proposed result waits for its approver, and is then the same reply", () => {
  const proposed = entry({
    type: "ticket.resolution_proposed",
    data: { reply_id: 7 },
    text: "Đã vá",
  });
  const approved = entry({
    position: 2,
    type: "ticket.approved",
    data: { reply_id: 7 },
    text: "Đã vá",
    actor_name: "Lan",
  });
  expect(repliesOf([proposed])).toMatchObject([{ text: "Đã vá", by: "Bình", state: "held" }]);
  expect(repliesOf([proposed, approved])).toMatchObject([{ by: "Bình", state: "sent" }]);
});

test("a proposed result that was sent back, or replaced by other words, did not reach anybody", () => {
  const proposed = entry({ type: "ticket.resolution_proposed", data: { reply_id: 7 }, text: "Vá" });
  const back = entry({ position: 2, type: "ticket.started", data: { note_id: 4 }, text: "Vá lại" });
  const other = entry({
    position: 3,
    type: "ticket.approved",
    data: { reply_id: 8 },
    text: "Đã vá",
  });
  expect(repliesOf([proposed, back]).map((reply) => reply.state)).toEqual(["dropped"]);
  expect(repliesOf([proposed, other]).map((reply) => reply.state)).toEqual(["dropped", "sent"]);
});

test("what happened since a version are the entries beyond it", () => {
  const entries = [
    entry({ data: { version: 3 } }),
    entry({ position: 2, data: { version: 4 } }),
    entry({ position: 3, type: "reply.published", data: { version: 4 } }),
  ];
  expect(since(entries, 3).map((each) => each.position)).toEqual([2]);
});
