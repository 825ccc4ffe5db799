/** The one place that makes a MapLibre map. Loaded when a map is first shown: it is most of the code. */
import type { FeatureCollection } from "geojson";
import {
  Map as MapLibre,
  Marker,
  ScaleControl,
  setWorkerUrl,
  type GeoJSONSource,
} from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import "maplibre-gl/dist/maplibre-gl.css";
import { t } from "../i18n";
import { calmWished } from "../lib/motion";
import { draw, FACES } from "./images";
import { readPalette, type Palette } from "./palette";
import { buildStyle, type MapContent } from "./style";
import type { Box } from "./geo";

setWorkerUrl(workerUrl);

export { LngLatBounds, Marker } from "maplibre-gl";
export type { MapLibre };

// px kept free round the bounds; on the right stand the map's buttons
const EDGE = { top: 24, right: 64, bottom: 24, left: 24 };

export interface MapPlace {
  bounds?: Box | null;
  center?: { lat: number; lon: number };
  zoom?: number;
}

export function canDraw(): boolean {
  return document.createElement("canvas").getContext("webgl2") !== null;
}

/** A map with its ground, and `restyle` for when the theme, the language or the data change. */
export class BaseMap {
  readonly map: MapLibre;
  #palette: Palette = readPalette();
  /** A page that is read from afar sets --map-scale. */
  readonly #scale: number;

  constructor(container: HTMLElement, place: MapPlace, content: MapContent) {
    this.#scale = Number(getComputedStyle(container).getPropertyValue("--map-scale")) || 1;
    this.map = new MapLibre({
      container,
      style: buildStyle(content, this.#palette, { scale: this.#scale }),
      attributionControl: { compact: true },
      dragRotate: false,
      pitchWithRotate: false,
      fadeDuration: 0,
      maxZoom: 19,
      ...(place.bounds && !place.center
        ? { bounds: place.bounds, fitBoundsOptions: { padding: EDGE } }
        : {
            center: [place.center?.lon ?? 107.2, place.center?.lat ?? 21.2] as [number, number],
            zoom: place.zoom ?? 8,
          }),
    });
    this.#speak();
    this.map.addControl(new ScaleControl({ unit: "metric", maxWidth: 80 }), "bottom-right");
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.map.setMissingStyleImageResolver((id) => this.#supply(id));
  }

  /** MapLibre names its canvas and its button in English. */
  #speak(): void {
    this.map.getCanvas().setAttribute("aria-label", t("map"));
    const sources = this.map.getContainer().querySelector(".maplibregl-ctrl-attrib-button");
    for (const name of ["aria-label", "title"]) sources?.setAttribute(name, t("map_sources"));
  }

  get palette(): Palette {
    return this.#palette;
  }

  restyle(content: MapContent, selected: string | null): void {
    this.#palette = readPalette();
    // Not a diff: pictures already drawn wear the old theme's colours.
    const style = buildStyle(content, this.#palette, { selected, scale: this.#scale });
    this.map.setStyle(style, { diff: false });
    this.#speak();
  }

  get scale(): number {
    return this.#scale;
  }

  show(source: "points" | "selected" | "cells" | "heat" | "names", data: FeatureCollection): void {
    this.map.getSource<GeoJSONSource>(source)?.setData(data);
  }

  fit(box: Box): void {
    this.map.fitBounds(box, { padding: EDGE, animate: !calmWished() });
  }

  /** Lay something of the page over the map; gives back what takes it away. */
  pin(element: HTMLElement, { lat, lon }: { lat: number; lon: number }): () => void {
    element.setAttribute("aria-hidden", "true");
    const marker = new Marker({ element }).setLngLat([lon, lat]).addTo(this.map);
    return () => marker.remove();
  }

  async #supply(id: string): Promise<void> {
    // A canvas does not wait for a font: what is drawn too early wears another face for good.
    await fontsReady();
    const picture = draw(id, this.#palette, this.#scale);
    if (picture && !this.map.hasImage(id)) {
      this.map.addImage(id, picture.data, { pixelRatio: picture.pixelRatio });
    }
  }
}

let fonts: Promise<unknown> | null = null;

function fontsReady(): Promise<unknown> {
  fonts ??= Promise.allSettled(FACES.map((face) => document.fonts.load(face, "Hạ Long 0")));
  return fonts;
}
