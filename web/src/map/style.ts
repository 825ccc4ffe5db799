import type { FeatureCollection, Point } from "geojson";
import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from "maplibre-gl";
import type { MapSettings } from "../api/types";
import type { Boundaries } from "./geo";
import type { Palette } from "./palette";
import { pointsGeoJson, selectedGeoJson, type MapPoint } from "./points";

const CLUSTER_RADIUS = 44; // px: two marks of 28 px and a little air
const CLUSTER_UNTIL = 15; // zoom level; closer in, each ticket stands alone
const NAMES_FROM = 7;

export interface MapContent {
  boundaries: Boundaries;
  points: MapPoint[];
  language: "vi" | "en";
  tiles: MapSettings | null;
}

function names({ boundaries, language }: MapContent): FeatureCollection<Point> {
  return {
    type: "FeatureCollection",
    features: boundaries.features.map((feature) => ({
      type: "Feature",
      geometry: { type: "Point", coordinates: feature.properties.centre },
      properties: {
        icon: `name/${language === "en" ? feature.properties.name_en : feature.properties.name_vi}`,
      },
    })),
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

function tickets(): LayerSpecification[] {
  const icon = (image: unknown) => ({
    "icon-image": image as string,
    "icon-allow-overlap": true,
    "icon-ignore-placement": true,
  });
  const grouped: LayerSpecification = {
    id: "clusters",
    type: "symbol",
    source: "points",
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
  };
  const single: LayerSpecification = {
    id: "points",
    type: "symbol",
    source: "points",
    filter: ["!", ["has", "point_count"]],
    layout: { ...icon(["get", "icon"]), "symbol-sort-key": ["get", "alarm"] },
  };
  return [grouped, single];
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
    names: { type: "geojson", data: names(content) },
    selected: { type: "geojson", data: selectedGeoJson(content.points, selected) },
    points: {
      type: "geojson",
      data: pointsGeoJson(content.points),
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
    layout: { "icon-image": ["get", "icon"], "icon-padding": 6 },
  };
  const shown = url ? [] : [labels]; // a tile server's map has its own names
  const layers = [...ground(palette, Boolean(url)), ...shown, ...tickets()];
  return { version: 8, sources, layers: [...layers, ...picked(palette, scale)] };
}
