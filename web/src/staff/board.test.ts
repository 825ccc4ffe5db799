import { expect, test } from "vitest";
import type { TicketSummary } from "../api/types";
import type { FeedEvent } from "../feed";
import { put, remove, rowsOf, take } from "./board";
import { ticket } from "./samples";

let position = 0;
function entry(given: Partial<TicketSummary> & { id: string }, type = "ticket.routed"): FeedEvent {
  position += 1;
  return { op: "event", position, type, at: given.updated_at ?? "", ticket: given, data: {} };
}

test("a snapshot and the entries after it give what the server would give now", () => {
  const rows = rowsOf([ticket({ id: "a" }), ticket({ id: "b" })]);
  const accepted = ticket({ id: "a", version: 4, status: "accepted" });
  const opened = ticket({ id: "c", version: 1 });
  const kinds = [accepted, opened].map((each) => take(rows, entry(each)).kind);
  expect(kinds).toEqual(["changed", "arrived"]);
  expect([...rows.values()]).toEqual([accepted, ticket({ id: "b" }), opened]);
});

test("an entry that the snapshot includes already changes nothing", () => {
  const known = ticket({ id: "a", version: 5, status: "in_progress" });
  const rows = rowsOf([known]);
  expect(take(rows, entry(ticket({ id: "a", version: 4 }))).kind).toBe("none");
  expect(rows.get("a")).toBe(known);
});

test("words change a ticket without a new version, and an older picture of it does not", () => {
  const rows = rowsOf([ticket({ id: "a", updated_at: "2026-03-02T05:00:00.250Z" })]);
  const older = ticket({ id: "a", updated_at: "2026-03-02T05:00:00Z" });
  const newer = ticket({ id: "a", updated_at: "2026-03-02T05:00:01Z" });
  expect(take(rows, entry(older)).kind).toBe("none");
  expect(take(rows, entry(newer, "ticket.commented")).kind).toBe("changed");
});

test("a ticket that left the agency goes, and says where it went", () => {
  const rows = rowsOf([ticket({ id: "a" })]);
  const gone = { id: "a", version: 9, status: "routed" as const, agency: "SXD", supporting: [] };
  const change = take(rows, entry({ ...gone, report_nos: ["QN-26-ABCDEF"] }));
  expect(change).toMatchObject({ kind: "left", now: { agency: "SXD" } });
  expect(rows.size).toBe(0);
});

test("a ticket that left and came back in the meantime stays", () => {
  const rows = rowsOf([ticket({ id: "a", version: 9 })]);
  const stale = { id: "a", version: 7, status: "returned" as const, agency: null, report_nos: [] };
  expect(remove(rows, stale).kind).toBe("none");
  expect(rows.size).toBe(1);
});

test("an answer that comes after the entry about it changes nothing more", () => {
  const rows = rowsOf([ticket({ id: "a" })]);
  const accepted = ticket({ id: "a", version: 4, status: "accepted" });
  take(rows, entry({ ...accepted, updated_at: "2026-03-02T06:00:00Z" }));
  expect(put(rows, accepted).kind).toBe("none");
});

test("an entry about no ticket changes nothing", () => {
  const rows = rowsOf([]);
  const bare = { op: "event", position: 9, type: "alert.raised", at: "", data: {} } as const;
  expect(take(rows, bare).kind).toBe("none");
  // The server writes null where there is none.
  expect(take(rows, { ...bare, ticket: null } as unknown as FeedEvent).kind).toBe("none");
});
