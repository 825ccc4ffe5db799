import type { TicketSummary } from "../api/types";
import { t } from "../i18n";
import type { MapPoint } from "../map";
import { running } from "./deadlines";
import type { Names } from "./names.svelte";
import { numberOf } from "./words";

export function pointOf(ticket: TicketSummary, names: Names, now: number): MapPoint {
  const clock = running(ticket, now);
  const label = [
    numberOf(ticket),
    names.category(ticket.category),
    names.place(ticket),
    t(`status_${ticket.status}`),
    clock?.overdue ? t("overdue") : "",
  ];
  return {
    id: ticket.id,
    lat: ticket.location.lat,
    lon: ticket.location.lon,
    status: ticket.status,
    priority: ticket.priority,
    overdue: clock?.overdue ?? false,
    dueSoon: clock?.dueSoon ?? false,
    label: label.filter(Boolean).join(", "),
  };
}
