import { expect, test } from "vitest";
import type { PublicTicket } from "../api/types";
import { conditions, EVERYTHING, hashOf, parse, passes, queryOf, type Filter } from "./filter";

const ticket = (changes: Partial<PublicTicket> = {}): PublicTicket => ({
  id: "t1",
  version: 1,
  status: "in_progress",
  category: "GT01",
  sector: "GT",
  priority: "normal",
  agency: "UBND-06652",
  area: { code: "06652", name: "Phường Hạ Long", name_en: "Ha Long Ward" },
  location: { lat: 20.95, lon: 107.07 },
  created_at: "2026-03-02T04:00:00Z",
  updated_at: "2026-03-02T04:00:00Z",
  overdue: false,
  photos: [],
  ...changes,
});

test.each<[string, Filter]>([
  ["", EVERYTHING],
  [
    "#/?sector=GT&status=open&area=06652",
    { ...EVERYTHING, sector: "GT", status: "open", area: "06652" },
  ],
  ["#/?box=107.0000,20.9000,107.1000,21.0000", { ...EVERYTHING, box: [107, 20.9, 107.1, 21] }],
  ["#/?box=1,2,3&status=xong", EVERYTHING], // nonsense is left aside
  ["#/?box=107.1,20.9,107.0,21.0", EVERYTHING],
])("the address %s asks for this list", (hash, filter) => {
  expect(parse(hash)).toEqual({ page: "list", filter });
  expect(parse(hashOf(filter))).toEqual({ page: "list", filter });
});

test("a shared address leads to its ticket", () => {
  expect(parse("#/t/0b1c")).toEqual({ page: "ticket", id: "0b1c" });
});

test.each<[Partial<Filter>, Partial<PublicTicket>, boolean]>([
  [{}, {}, true],
  [{ sector: "MT" }, {}, false],
  [{ category: "GT02" }, {}, false],
  [{ area: "06652" }, {}, true],
  [{ area: "06652" }, { area: null }, false],
  [{ status: "open" }, {}, true],
  [{ status: "open" }, { status: "resolved" }, false],
  [{ status: "done" }, { status: "closed" }, true],
  [{ status: "overdue" }, {}, false],
  [{ status: "overdue" }, { overdue: true }, true],
  [{ box: [107, 20.9, 107.1, 21] }, {}, true],
  [{ box: [107.08, 20.9, 107.1, 21] }, {}, false],
])("with the filter %j the ticket %j passes: %s", (filter, changes, passed) => {
  expect(passes(ticket(changes), { ...EVERYTHING, ...filter })).toBe(passed);
});

test("the server is asked what the filter says", () => {
  const filter: Filter = {
    ...EVERYTHING,
    sector: "GT",
    status: "done",
    box: [107, 20.9, 107.1, 21],
  };
  expect(queryOf(filter)).toMatchObject({
    sector: "GT",
    status: ["resolved", "closed"],
    bbox: "107.0000,20.9000,107.1000,21.0000",
  });
  expect(queryOf({ ...EVERYTHING, status: "overdue" })).toMatchObject({ overdue: true });
  expect(conditions(filter)).toBe(2);
});
