/** What is looked at: the address holds it, so that a link shows another person the same. */
import type { PublicTicket } from "../api/types";
import type { Query } from "../api/client";
import type { Box } from "../map";

export const STATES = ["open", "overdue", "done"] as const;
export type State = (typeof STATES)[number] | "";

export interface Filter {
  sector: string;
  category: string;
  status: State;
  area: string;
  box: Box | null;
}

export const EVERYTHING: Filter = { sector: "", category: "", status: "", area: "", box: null };

export type Route = { page: "list"; filter: Filter } | { page: "ticket"; id: string };

const DONE = new Set(["resolved", "closed"]);
const DECIMALS = 4; // of a degree: places are shown no finer

export function parse(hash: string): Route {
  const [path = "", search = ""] = hash.replace(/^#?\/?/, "").split("?", 2);
  const [page, id] = path.split("/", 2);
  if (page === "t" && id) return { page: "ticket", id };
  const given = new URLSearchParams(search);
  const status = STATES.find((one) => one === given.get("status")) ?? "";
  const word = (name: string) => given.get(name) ?? "";
  return {
    page: "list",
    filter: {
      sector: word("sector"),
      category: word("category"),
      status,
      area: word("area"),
      box: boxFrom(word("box")),
    },
  };
}

function boxFrom(text: string): Box | null {
  const edges = text.split(",").map(Number);
  if (edges.length !== 4 || edges.some((edge) => !Number.isFinite(edge))) return null;
  const [west = 0, south = 0, east = 0, north = 0] = edges;
  const fits = -180 <= west && west <= east && east <= 180;
  return fits && -90 <= south && south <= north && north <= 90 ? [west, south, east, north] : null;
}

const boxText = (box: Box | null) => box?.map((edge) => edge.toFixed(DECIMALS)).join(",") ?? "";

export function hashOf(filter: Filter): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...filter, box: boxText(filter.box) })) {
    if (value) given.set(name, value);
  }
  const tail = given.toString();
  return tail ? `#/?${tail}` : "#/";
}

export function queryOf({ sector, category, status, area, box }: Filter): Query {
  const standing: Query =
    status === "overdue" ? { overdue: true } : { status: status === "done" ? [...DONE] : status };
  return { ...standing, sector, category, area, bbox: boxText(box) };
}

export function passes(ticket: PublicTicket, filter: Filter): boolean {
  const { lat, lon } = ticket.location;
  const [west, south, east, north] = filter.box ?? [-180, -90, 180, 90];
  return (
    (!filter.sector || ticket.sector === filter.sector) &&
    (!filter.category || ticket.category === filter.category) &&
    (!filter.area || ticket.area?.code === filter.area) &&
    stands(ticket, filter.status) &&
    west <= lon &&
    lon <= east &&
    south <= lat &&
    lat <= north
  );
}

function stands(ticket: PublicTicket, state: State): boolean {
  if (state === "overdue") return ticket.overdue;
  if (state === "done") return DONE.has(ticket.status);
  return state === "" || !DONE.has(ticket.status);
}

/** How many conditions are set, the map's area aside. */
export const conditions = ({ sector, category, status, area }: Filter) =>
  [sector, category, status, area].filter(Boolean).length;
