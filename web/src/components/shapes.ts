import type { Status } from "../api/types";

/** How far along a status is, for its colour: waiting, at work, done, or out of the way. */
export type Tone = "waiting" | "asking" | "working" | "done" | "out";

export const TONES: Record<Status, Tone> = {
  submitted: "waiting",
  need_info: "asking",
  routed: "waiting",
  returned: "asking",
  accepted: "working",
  in_progress: "working",
  pending_approval: "working",
  resolved: "done",
  closed: "done",
  rejected: "out",
  merged: "out",
  withdrawn: "out",
};

/** One stroke or fill in a 20 × 20 box. Page and map draw the same shapes from it. */
export interface Stroke {
  path: string;
  fill?: boolean;
  /** Drawn in the colour of the ground, over a filled shape. */
  cut?: boolean;
}

const RING = "M10 2.5a7.5 7.5 0 1 1 0 15a7.5 7.5 0 1 1 0-15z";
const disc = (path: string): Stroke[] => [{ path: RING }, { path, fill: true }];

export const SHAPES: Record<Status, Stroke[]> = {
  submitted: [{ path: RING }],
  need_info: [{ path: RING }, { path: "M10 6v5" }, { path: "M10 13.6v.6" }],
  routed: [{ path: "M2.5 10h14" }, { path: "M11 4.5 16.8 10 11 15.5" }],
  returned: [{ path: "M7 4 2.8 8.2 7 12.4" }, { path: "M3 8.2h9a4.6 4.6 0 0 1 0 9.2H9" }],
  accepted: disc("M10 2.5a7.5 7.5 0 0 1 0 15z"),
  in_progress: disc("M10 10V2.5a7.5 7.5 0 1 1-7.5 7.5z"),
  pending_approval: [{ path: RING }, { path: "M10 5.6V10l3.2 2.2" }],
  resolved: [
    { path: RING, fill: true },
    { path: "M6.2 10.2 9 13l5-5.6", cut: true },
  ],
  closed: [
    {
      path: "M3 5.5A2.5 2.5 0 0 1 5.5 3h9A2.5 2.5 0 0 1 17 5.5v9a2.5 2.5 0 0 1-2.5 2.5h-9A2.5 2.5 0 0 1 3 14.5z",
      fill: true,
    },
    { path: "M6.2 10.2 9 13l5-5.6", cut: true },
  ],
  rejected: [{ path: "M4.5 4.5 15.5 15.5" }, { path: "M15.5 4.5 4.5 15.5" }],
  merged: [
    { path: "M8.5 11.5a3.4 3.4 0 0 0 4.9 0l2.6-2.6a3.4 3.4 0 0 0-4.9-4.9l-1.2 1.2" },
    { path: "M11.5 8.5a3.4 3.4 0 0 0-4.9 0L4 11.1A3.4 3.4 0 0 0 8.9 16l1.2-1.2" },
  ],
  withdrawn: [{ path: RING }, { path: "M6 10h8" }],
};
