import type { TicketSummary } from "../api/types";
import { DONE } from "./deadlines";

const METRES_PER_DEGREE = 111_320; // of latitude, on a sphere; good to 1 %

interface Spot {
  lat: number;
  lon: number;
}

/** Metres between two places of one province; flat, which at 100 km is off by less than 1 %. */
export function metresBetween(one: Spot, other: Spot): number {
  const north = (other.lat - one.lat) * METRES_PER_DEGREE;
  const middle = ((one.lat + other.lat) / 2) * (Math.PI / 180);
  const east = (other.lon - one.lon) * METRES_PER_DEGREE * Math.cos(middle);
  return Math.hypot(north, east);
}

export interface Candidate {
  ticket: TicketSummary;
  metres: number;
  alike: boolean;
}

/** Open tickets that this one might be merged into: of its category first, the nearest first. */
export function candidates(ticket: TicketSummary, others: Iterable<TicketSummary>): Candidate[] {
  return [...others]
    .filter((other) => other.id !== ticket.id && !DONE.has(other.status))
    .map((other) => ({
      ticket: other,
      metres: metresBetween(ticket.location, other.location),
      alike: other.category === ticket.category,
    }))
    .sort((one, other) => Number(other.alike) - Number(one.alike) || one.metres - other.metres);
}
