/**
 * The shapes of /api/v1 under the names that the pages use. They come from `schema.d.ts`, made of
 * docs/openapi.yaml by `npm run api`; only where that document is looser than the server are they
 * said more exactly here.
 */
import type { components } from "./schema";

type Schemas = components["schemas"];
type Exactly<Loose, Exact> = Omit<Loose, keyof Exact> & Exact;

export type Status = Schemas["StatusEnum"];
export const STATUSES = [
  "submitted",
  "need_info",
  "routed",
  "returned",
  "accepted",
  "in_progress",
  "pending_approval",
  "resolved",
  "closed",
  "rejected",
  "merged",
  "withdrawn",
] as const satisfies Status[];

export type Priority = Schemas["PriorityEnum"];
export const PRIORITIES = ["low", "normal", "high", "emergency"] as const satisfies Priority[];

export type Verb = Schemas["MayEnum"];
export type VerbInput = Schemas["VerbInput"];
export type Role = Schemas["RolesEnum"];
export type Score = Schemas["ScoreEnum"];
export type Purpose = Schemas["ConsentsEnum"];
export type ReporterVerb = "withdraw" | "rate" | "reopen" | "give_info" | "add_photo";

export type Named = Schemas["NameRef"];
/** A unit as reports and tickets carry it: `name` is the Vietnamese one. */
export type AreaRef = Schemas["AreaRefOutput"];
export type Agency = Schemas["AgencyOutput"];
/** Degrees, WGS 84; accuracy is a radius in metres. */
export type Location = Schemas["LocationOutput"];
export type Photo = Schemas["PhotoOutput"];
/** A photo as staff see it: with what its camera says that does not fit the report. */
export type StaffPhoto = Schemas["StaffPhotoOutput"];
export type PhotoFact = Schemas["FactOutput"];
export type PhotoDetail = Schemas["PhotoDetailOutput"];
/** A part of an upright picture, 0 to 1. */
export type Box = Schemas["Box"];
/** What anyone may see: no words, no person, released photos alone. */
export type PublicTicket = Schemas["PublicTicketOutput"];
export type PublicTicketDetail = Schemas["PublicTicketDetailOutput"];
export type PublicFigures = Schemas["PublicFiguresOutput"];
export type Upload = Schemas["UploadOutput"];
export type DeviceKey = Schemas["DeviceOutput"];
export type Contact = Schemas["ContactInput"];
export type Figures = Schemas["FiguresNowOutput"];
export type Presence = Schemas["PresenceOutput"];
export type DutyDesk = Schemas["DeskOutput"];
export type Located = Schemas["PlaceOutput"];
export type Clusters = Pick<Schemas["TicketPage"], "clusters">;
export type NearAsset = Schemas["AssetOutput"];
export type FoundName = Schemas["NameOutput"];

export interface Page<T> {
  next: string | null;
  previous: string | null;
  results: T[];
}

export type Session = Exactly<
  Schemas["SessionOutput"],
  {
    /** The live feeds that this person may follow, the widest first. */
    audiences: ("ops" | `agency:${string}`)[];
  }
>;

export interface MapSettings {
  /** Empty without a tile server. */
  tile_url: string;
  attribution: string;
  /** Longitude and latitude in degrees. */
  center: [number, number];
  zoom: number;
}

export type Settings = Exactly<
  Schemas["SettingsOutput"],
  {
    map: MapSettings;
    limits: { text: number; photos: number; upload_bytes: number; asset_radius_m: number };
    purposes: Purpose[];
    /** The public half of the Web Push key pair; empty where Web Push is not set up. */
    push: { vapid_key: string };
  }
>;

/** What a category asks beyond its words. */
export interface Question {
  code: string;
  kind: "text" | "choice" | "boolean";
  label_vi: string;
  label_en: string;
  required?: boolean;
  options?: Named[];
}

/** `photo_required` is of the result, not of the report. */
export type Category = Exactly<Schemas["CategoryOutput"], { questions: Question[] }>;
export type Sector = Exactly<Schemas["SectorOutput"], { categories: Category[] }>;
export type Catalogue = Exactly<Schemas["CatalogueOutput"], { sectors: Sector[] }>;

/** Of a unit's outline in `areas/boundaries` (GeoJSON, which the document leaves open). */
export interface AreaProperties extends Named {
  approximate: boolean;
  /** Where its name stands: longitude and latitude in degrees. */
  centre: [number, number];
}

export type ReportInput = Exactly<
  Schemas["ReportInput"],
  {
    uploads: string[];
    consents: Purpose[];
    captured_at?: string;
    contact?: Contact;
    joins?: string;
  }
>;
export type ReportSummary = Schemas["ReportSummaryOutput"];
export type TimelineStep = Exactly<Schemas["TimelineOutput"], { status: Status | null }>;
export type ReportReply = Schemas["ReplyOutput"];
export type Report = Exactly<
  Schemas["ReportOutput"],
  { timeline: TimelineStep[]; rating: Score | null; may: ReporterVerb[] }
>;
export type NearbyTicket = Exactly<Schemas["NearbyOutput"], { status: Status }>;

export type InboxItem = Schemas["InboxItemOutput"];
export type Inbox = Schemas["InboxPage"];

export type Ticket = Schemas["TicketOutput"];
export type Suggestion = Schemas["SuggestionOutput"];
export type Duplicate = Exactly<Schemas["DuplicateOutput"], { status: Status }>;
export type DuplicateReason = Schemas["LikenessReasonOutput"];
/** A ticket in a frame of the feed: without what only its own page shows. */
export type TicketSummary = Omit<
  Ticket,
  | "asset"
  | "photos"
  | "routing"
  | "reports"
  | "escalated_to"
  | "chased"
  | "merged_into"
  | "info_due_at"
  | "photo_required"
  | "may"
  | "may_see_reporter"
>;
