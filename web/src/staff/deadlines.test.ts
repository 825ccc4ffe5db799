import { expect, test } from "vitest";
import { daysLater, fromField, running, toField } from "./deadlines";
import { candidates, metresBetween } from "./nearby";
import { changed, localPath, part } from "./links";
import { ticket } from "./samples";

const now = Date.parse("2026-03-02T05:00:00Z");
const due = "2026-03-02T11:00:00Z";

test("until an agency takes it on, the deadline is to accept; then to resolve", () => {
  expect(running(ticket(), now)).toEqual({ kind: "ack", due, overdue: false, dueSoon: false });
  expect(running(ticket({ status: "in_progress" }), now)?.kind).toBe("resolve");
});

test("lateness is read from the clock too, and outdoes “soon”", () => {
  const late = Date.parse("2026-03-02T11:00:01Z");
  expect(running(ticket({ due_soon: true }), now)?.dueSoon).toBe(true);
  expect(running(ticket({ due_soon: true }), late)).toMatchObject({
    overdue: true,
    dueSoon: false,
  });
});

test("no deadline runs while the reporter is asked, nor once the work is over", () => {
  expect(running(ticket({ status: "need_info" }), now)).toBeNull();
  expect(running(ticket({ status: "resolved" }), now)).toBeNull();
  expect(running(ticket({ due_at: null }), now)).toBeNull();
});

test("a date field speaks of Viet Nam's clocks", () => {
  expect(toField(now)).toBe("2026-03-02T12:00");
  expect(fromField("2026-03-02T12:00")).toBe("2026-03-02T12:00:00+07:00");
  expect(fromField("2026-03-02")).toBeNull();
  expect(daysLater(due, 1, now)).toBe("2026-03-03T18:00");
  expect(daysLater("2026-02-01T00:00:00Z", 3, now)).toBe("2026-03-05T12:00");
});

test("a ticket may join one of its category, the nearest first, and none that is over", () => {
  const here = ticket({ id: "here" });
  const at = (id: string, north: number, given = {}) =>
    ticket({ id, location: { lat: 20.96 + north, lon: 107.15 }, ...given });
  const found = candidates(here, [
    here,
    at("other kind", 0.0001, { category: "MT01" }),
    at("far", 0.02),
    at("near", 0.001),
    at("over", 0, { status: "closed" }),
  ]);
  expect(found.map((each) => each.ticket.id)).toEqual(["near", "far", "other kind"]);
  expect(found[0]?.metres).toBeCloseTo(111, 0);
  expect(metresBetween({ lat: 21, lon: 107 }, { lat: 21, lon: 107.01 })).toBeCloseTo(1039, 0);
});

test("an address keeps what is chosen, and forgets what is empty", () => {
  expect(changed("?tab=work&q=a", { q: "", ticket: "7" })).toBe("?tab=work&ticket=7");
  expect(changed("?q=a", { q: "" })).toBe("");
  expect(part("?tab=work", "tab")).toBe("work");
  expect(localPath("https://elsewhere/api/v1/tickets?cursor=x")).toBe("/api/v1/tickets?cursor=x");
});
