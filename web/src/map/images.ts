/**
 * Pictures for the map, drawn when the style first asks for them by name: `mark/<status>/<alarm>`,
 * `cluster/<late>/<soon>/<count>`, `name/<text>`. MapLibre writes text only with a glyph server, which a
 * province on its own premises need not have; a canvas writes with the fonts of the page.
 */
import type { Status } from "../api/types";
import { SHAPES } from "../components/shapes";
import type { Palette } from "./palette";

const SHARP = 2; // drawn at twice the size, for dense screens
const FONT = '"Be Vietnam Pro", system-ui, sans-serif';
const COUNT_FACE = `600 13px ${FONT}`;
const NAME_FACE = `500 12px ${FONT}`;
/** The fonts that must be there before anything is drawn. */
export const FACES = [COUNT_FACE, NAME_FACE];
const ALARMS = ["ink-soft", "warn", "bad", "bad"] as const;

export interface Picture {
  data: ImageData;
  pixelRatio: number;
}

function canvasOf(width: number, height: number, scale: number): CanvasRenderingContext2D | null {
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil(width * SHARP * scale);
  canvas.height = Math.ceil(height * SHARP * scale);
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen?.scale(SHARP * scale, SHARP * scale);
  return pen;
}

function finish(pen: CanvasRenderingContext2D): Picture {
  const { width, height } = pen.canvas;
  return { data: pen.getImageData(0, 0, width, height), pixelRatio: SHARP };
}

function colourOf(alarm: string, palette: Palette): string {
  return palette[ALARMS[Number(alarm)] ?? "ink-soft"];
}

function disc(pen: CanvasRenderingContext2D, size: number, fill: string, line: string): void {
  pen.beginPath();
  pen.arc(size / 2, size / 2, size / 2 - 2, 0, 2 * Math.PI);
  pen.fillStyle = fill;
  pen.fill();
  pen.strokeStyle = line;
  pen.lineWidth = 2;
  pen.stroke();
}

/** A status on a disc; what needs a person is filled with its signal colour. */
function mark(status: Status, alarm: string, palette: Palette, scale: number): Picture | null {
  const size = alarm === "0" ? 28 : 32;
  const pen = canvasOf(size, size, scale);
  if (!pen) return null;
  const colour = colourOf(alarm, palette);
  const ground = alarm === "0" ? palette["paper-raised"] : colour;
  const ink = alarm === "0" ? palette.ink : palette["paper-raised"];
  disc(pen, size, ground, alarm === "0" ? colour : palette["paper-raised"]);
  pen.translate((size - 16) / 2, (size - 16) / 2);
  pen.scale(0.8, 0.8);
  pen.lineWidth = 2.2;
  pen.lineCap = pen.lineJoin = "round";
  for (const stroke of SHAPES[status]) {
    const path = new Path2D(stroke.path);
    pen.strokeStyle = pen.fillStyle = stroke.cut ? ground : ink;
    if (stroke.fill) pen.fill(path);
    pen.stroke(path);
  }
  return finish(pen);
}

const EIGHTH = Math.PI / 4;
const RING = 4;

/** A count in a ring whose red and amber eighths are the tickets that are late and due soon. */
function cluster([late, soon, count]: string[], palette: Palette, scale: number): Picture | null {
  const text = count ?? "";
  const size = 36 + 4 * Math.min(text.length, 4);
  const pen = canvasOf(size, size, scale);
  if (!pen) return null;
  const middle = size / 2;
  disc(pen, size, palette["paper-raised"], palette["paper-raised"]);
  pen.lineWidth = RING;
  let from = -Math.PI / 2;
  const red = Number(late);
  const amber = Math.min(Number(soon), 8 - red);
  const parts: [number, string][] = [
    [red, palette.bad],
    [amber, palette.warn],
    [8 - red - amber, palette["ink-soft"]],
  ];
  for (const [part, colour] of parts.filter(([part]) => part > 0)) {
    pen.beginPath();
    pen.arc(middle, middle, middle - RING / 2 - 1, from, (from += part * EIGHTH));
    pen.strokeStyle = colour;
    pen.stroke();
  }
  pen.fillStyle = palette.ink;
  pen.font = COUNT_FACE;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(text, middle, middle + 1);
  return finish(pen);
}

let measure: CanvasRenderingContext2D | null = null;
const widths = new Map<string, number>();

/** How wide a name is drawn, in pixels of a desk's screen. */
export function widthOf(text: string): number {
  let width = widths.get(text);
  if (width === undefined) {
    measure ??= canvasOf(1, 1, 1);
    if (measure) measure.font = NAME_FACE;
    width = (measure?.measureText(text).width ?? text.length * 7) + 8;
    widths.set(text, width);
  }
  return width;
}

function name(text: string, palette: Palette, scale: number): Picture | null {
  const pen = canvasOf(widthOf(text), 20, scale);
  if (!pen) return null;
  pen.font = NAME_FACE;
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  pen.lineWidth = 3;
  pen.strokeStyle = palette["map-land"];
  pen.strokeText(text, 4, 10);
  pen.fillStyle = palette["map-ink"];
  pen.fillText(text, 4, 10);
  return finish(pen);
}

/** `scale` makes all of it larger, for a wall that is read from afar. */
export function draw(id: string, palette: Palette, scale = 1): Picture | null {
  const [kind, ...parts] = id.split("/");
  const [first = "", second = ""] = parts;
  if (kind === "mark" && Object.hasOwn(SHAPES, first))
    return mark(first as Status, second, palette, scale);
  if (kind === "cluster") return cluster(parts, palette, scale);
  return kind === "name" ? name(id.slice("name/".length), palette, scale) : null;
}
