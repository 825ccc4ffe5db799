import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

type Colour = [number, number, number];

const sheet = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");

function tokens(selector: string): Record<string, Colour> {
  const block = sheet.slice(sheet.indexOf(`${selector} {`)).split("}")[0] ?? "";
  const found = block.matchAll(/--([\w-]+): oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)/g);
  return Object.fromEntries(
    [...found].map(([, name, l, c, h]) => [name, [Number(l), Number(c), Number(h)] as Colour]),
  );
}

/** Relative luminance (WCAG 2.2) of an OKLCH colour, through linear sRGB (Ottosson's matrices). */
function luminance([lightness, chroma, hue]: Colour): number {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const red = 4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s;
  const green = -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s;
  const blue = -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s;
  const within = (part: number) => Math.min(1, Math.max(0, part));
  return 0.2126 * within(red) + 0.7152 * within(green) + 0.0722 * within(blue);
}

function contrast(one: Colour, other: Colour): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const GROUNDS = ["paper", "paper-raised", "paper-sunk"];
const TEXTS = ["ink", "ink-soft", "accent", "ok", "warn", "bad", "info"];
const PAIRS: [string, string, number][] = [
  ...GROUNDS.flatMap((ground) =>
    TEXTS.map((text): [string, string, number] => [text, ground, 4.5]),
  ),
  ...GROUNDS.map((ground): [string, string, number] => ["line-strong", ground, 3]),
  ...["ok", "warn", "bad", "info"].flatMap((tone): [string, string, number][] => [
    [tone, `${tone}-soft`, 4.5],
    ["ink", `${tone}-soft`, 4.5],
    ["paper-raised", tone, 3], // the tick cut out of a filled shape
  ]),
  ["accent-strong", "accent-soft", 4.5],
  ["accent", "accent-soft", 4.5],
  ["on-accent", "accent", 4.5],
  ["on-accent", "accent-strong", 4.5],
  ["map-ink", "map-land", 4.5],
];

test.each([":root", '[data-theme="dark"]'])("%s can be read: text 4.5:1, marks 3:1", (theme) => {
  const colours = tokens(theme);
  const weak = PAIRS.flatMap(([mark, ground, least]) => {
    const [one, other] = [colours[mark], colours[ground]];
    if (!one || !other) return [`${mark} on ${ground} is missing`];
    const found = contrast(one, other);
    return found < least ? [`${mark} on ${ground}: ${found.toFixed(2)}`] : [];
  });
  expect(weak).toEqual([]);
});
