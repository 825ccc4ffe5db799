/** The page's tokens as colours that MapLibre and canvases can read (neither knows var() or OKLCH). */
const NAMES = [
  "paper-raised",
  "ink",
  "ink-soft",
  "accent",
  "on-accent",
  "ok",
  "warn",
  "bad",
  "info",
  "map-water",
  "map-land",
  "map-line",
  "map-ink",
] as const;

export type Palette = Record<(typeof NAMES)[number], string>;

export function readPalette(root: Element = document.documentElement): Palette {
  const tokens = getComputedStyle(root);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const read = (name: string) => {
    if (!pen) return "#888888";
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = tokens.getPropertyValue(`--${name}`).trim();
    pen.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0] = pen.getImageData(0, 0, 1, 1).data;
    return `rgb(${red}, ${green}, ${blue})`;
  };
  return Object.fromEntries(NAMES.map((name) => [name, read(name)])) as Palette;
}
