import type { FeatureCollection, Point } from "geojson";
import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from "maplibre-gl";
import type { MapSettings } from "../api/types";
import { cellsGeoJson, heatGeoJson, type MapCell } from "./cells";
import type { Boundaries } from "./geo";
import type { Offset, Stand } from "./labels";
import type { Palette } from "./palette";
import { pointsGeoJson, selectedGeoJson, type MapPoint } from "./points";

const CLUSTER_RADIUS = 44; // px: two marks of 28 px and a little air
const CLUSTER_UNTIL = 15; // zoom level; closer in, each ticket stands alone
const NAMES_FROM = 7;
const OWN: Offset = [0, 0];

export interface MapContent {
  boundaries: Boundaries;
  points: MapPoint[];
  language: "vi" | "en";
  tiles: MapSettings | null;
  /** Tickets counted by the server instead of `points`, where there are too many. */
  cells?: readonly MapCell[] | null;
  /** Show where there is much, in place of marks. */
  heat?: boolean;
}

/** The units' names, each where it stands, in pixels from its own place. */
export function namesGeoJson(
  { boundaries, language }: Pick<MapContent, "boundaries" | "language">,
  stands: readonly Stand[] = [],
): FeatureCollection<Point, { icon: string; offset: Offset }> {
  return {
    type: "FeatureCollection",
    features: boundaries.features.flatMap(({ properties }, at) => {
      const offset = stands[at] === undefined ? OWN : stands[at];
      if (!offset) return [];
      const icon = `name/${language === "en" ? properties.name_en : properties.name_vi}`;
      const geometry: Point = { type: "Point", coordinates: properties.centre };
      return [{ type: "Feature", geometry, properties: { icon, offset } }];
    }),
  };
}

function ground(palette: Palette, tiled: boolean): LayerSpecification[] {
  const land: LayerSpecification = {
    id: "land",
    type: "fill",
    source: "boundaries",
    paint: { "fill-color": palette["map-land"], "fill-antialias": false },
  };
  const tiles: LayerSpecification = { id: "tiles", type: "raster", source: "tiles" };
  return [
    { id: "water", type: "background", paint: { "background-color": palette["map-water"] } },
    tiled ? tiles : land,
    {
      id: "boundaries",
      type: "line",
      source: "boundaries",
      paint: {
        "line-color": palette["map-line"],
        "line-width": ["interpolate", ["linear"], ["zoom"], 7, 0.6, 12, 1.6],
      },
    },
  ];
}

/** A share of the cluster in eighths of its ring; a single late ticket is never rounded away. */
function eighths(name: "late" | "soon"): unknown[] {
  return [["to-string", ["ceil", ["/", ["*", 8, ["get", name]], ["get", "point_count"]]]]];
}

const counting = (test: ExpressionSpecification): ExpressionSpecification => ["case", test, 1, 0];

function tickets(heat: boolean): LayerSpecification[] {
  const visibility = heat ? ("none" as const) : ("visible" as const);
  const icon = (image: unknown) => ({
    "icon-image": image as string,
    "icon-allow-overlap": true,
    "icon-ignore-placement": true,
    visibility,
  });
  const grouped = (id: string, source: string): LayerSpecification => ({
    id,
    type: "symbol",
    source,
    filter: ["has", "point_count"],
    layout: icon([
      "concat",
      "cluster/",
      ...eighths("late"),
      "/",
      ...eighths("soon"),
      "/",
      ["to-string", ["get", "point_count_abbreviated"]],
    ]),
  });
  const single: LayerSpecification = {
    id: "points",
    type: "symbol",
    source: "points",
    filter: ["!", ["has", "point_count"]],
    layout: { ...icon(["get", "icon"]), "symbol-sort-key": ["get", "alarm"] },
  };
  return [grouped("clusters", "points"), grouped("cells", "cells"), single];
}

/** Where there is much: one hue, since red and amber say that somebody is needed. */
function heated(palette: Palette, scale: number, shown: boolean): LayerSpecification {
  return {
    id: "heat",
    type: "heatmap",
    source: "heat",
    layout: { visibility: shown ? "visible" : "none" },
    paint: {
      "heatmap-weight": ["get", "weight"],
      "heatmap-intensity": 0.5,
      "heatmap-radius": ["interpolate", ["linear"], ["zoom"], 7, 18 * scale, 13, 40 * scale],
      "heatmap-opacity": 0.85,
      "heatmap-color": [
        "interpolate",
        ["linear"],
        ["heatmap-density"],
        0,
        faded(palette.accent, 0),
        0.15,
        faded(palette.accent, 0.25),
        0.6,
        faded(palette.accent, 0.7),
        1,
        palette.ink,
      ],
    },
  };
}

function faded(colour: string, alpha: number): string {
  return colour.replace("rgb(", "rgba(").replace(")", `, ${alpha})`);
}

/** The chosen ticket with a ring, from a source of its own: in a cluster it would not be seen. */
function picked(palette: Palette, scale: number): LayerSpecification[] {
  return [
    {
      id: "selected",
      type: "circle",
      source: "selected",
      paint: {
        "circle-radius": 20 * scale,
        "circle-color": palette["paper-raised"],
        "circle-stroke-width": 3 * scale,
        "circle-stroke-color": palette.accent,
      },
    },
    {
      id: "selected-mark",
      type: "symbol",
      source: "selected",
      layout: {
        "icon-image": ["get", "icon"],
        "icon-allow-overlap": true,
        "icon-ignore-placement": true,
      },
    },
  ];
}

/** Nothing while it is not shown: it is as many features again. */
export function heatOf({ points, cells, heat }: Pick<MapContent, "points" | "cells" | "heat">) {
  return heatGeoJson(heat ? points : [], heat ? (cells ?? null) : null);
}

export interface Emphasis {
  selected?: string | null;
  /** How much larger marks and names are drawn than on a desk. */
  scale?: number;
}

/** The whole map as data. Without a tile server the ground is our own: water, land, boundaries, names. */
export function buildStyle(
  content: MapContent,
  palette: Palette,
  { selected = null, scale = 1 }: Emphasis = {},
): StyleSpecification {
  const url = content.tiles?.tile_url;
  const sources: StyleSpecification["sources"] = {
    boundaries: { type: "geojson", data: content.boundaries },
    names: { type: "geojson", data: namesGeoJson(content) },
    cells: { type: "geojson", data: cellsGeoJson(content.cells ?? []) },
    heat: { type: "geojson", data: heatOf(content) },
    selected: { type: "geojson", data: selectedGeoJson(content.points, selected) },
    points: {
      type: "geojson",
      data: pointsGeoJson(content.cells ? [] : content.points),
      cluster: true,
      clusterRadius: CLUSTER_RADIUS * scale,
      clusterMaxZoom: CLUSTER_UNTIL,
      clusterProperties: {
        alarm: ["max", ["get", "alarm"]],
        late: ["+", counting([">=", ["get", "alarm"], 2])],
        soon: ["+", counting(["==", ["get", "alarm"], 1])],
      },
    },
  };
  if (url) {
    const attribution = content.tiles?.attribution ?? "";
    sources.tiles = { type: "raster", tiles: [url], tileSize: 256, attribution };
  }
  const labels: LayerSpecification = {
    id: "names",
    type: "symbol",
    source: "names",
    minzoom: NAMES_FROM,
    layout: {
      "icon-image": ["get", "icon"],
      "icon-offset": ["get", "offset"],
      "icon-padding": 6,
    },
  };
  const shown = url ? [] : [labels]; // a tile server's map has its own names
  const heat = heated(palette, scale, Boolean(content.heat));
  const layers = [...ground(palette, Boolean(url)), heat, ...shown];
  layers.push(...tickets(Boolean(content.heat)), ...picked(palette, scale));
  return { version: 8, sources, layers };
}
