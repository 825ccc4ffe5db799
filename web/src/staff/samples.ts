/** A ticket for tests, as GET tickets gives one. */
import type { Ticket, TicketSummary } from "../api/types";

export function ticket(given: Partial<TicketSummary> = {}): TicketSummary {
  return {
    id: "a",
    version: 3,
    status: "routed",
    category: "GT01",
    sector: "GT",
    priority: "normal",
    agency: "UBND-06652",
    supporting: [],
    assignee: null,
    area: { code: "06652", name: "Phường Hà Tu", name_en: "Ha Tu Ward" },
    location: { lat: 20.96, lon: 107.15 },
    address: "",
    text: "Ổ gà sâu trước cổng trường",
    report_nos: ["QN-26-7K3F9D"],
    created_at: "2026-03-02T03:00:00Z",
    updated_at: "2026-03-02T03:01:00Z",
    ack_due_at: "2026-03-02T11:00:00Z",
    resolve_due_at: "2026-03-06T11:00:00Z",
    first_resolve_due_at: "2026-03-06T11:00:00Z",
    due_at: "2026-03-02T11:00:00Z",
    due_soon: false,
    overdue: false,
    restricted: false,
    ...given,
  };
}

export function whole(given: Partial<Ticket> = {}): Ticket {
  return {
    ...ticket(),
    asset: null,
    photos: [],
    routing: { rule: "", explanation: null, doubt: [], earlier: [] },
    reports: [],
    escalated_to: null,
    chased: 0,
    merged_into: null,
    info_due_at: null,
    photo_required: true,
    may: [],
    may_see_reporter: false,
    ...given,
  };
}
