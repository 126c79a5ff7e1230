// One picture in its own pixel space, with a cursor that the keyboard moves. Positions are column and row [px] from the
// upper left corner of the picture; the map library counts rows upward, and only this file knows that.

import * as ol from "/static/openlayers.js";
import { announce, get, key, veil } from "/static/shell.js";

export { ol, veil };
export const toMap = ([x, y]) => [x, -y];
export const toPixel = ([x, y]) => [x, -y];

export const describe = (item) => get(`/pictures/${encodeURIComponent(item)}.json`);

export function layerOf(about, { stretch = queryOf(about) } = {}) {
  const { width, height, levels, tile, item, tiles = `/pictures/${encodeURIComponent(item)}` } = about;
  const resolutions = Array.from({ length: levels + 1 }, (_, at) => 2 ** (levels - at));
  const source = new ol.TileImage({
    projection: projectionOf(about),
    tileGrid: new ol.TileGrid({ extent: [0, -height, width, 0], origin: [0, 0], resolutions, tileSize: tile }),
    tileUrlFunction: ([z, x, y]) => `${tiles}/${levels - z}/${x}/${y}.webp${stretch}`,
    interpolate: false,
    transition: 0,
  });
  source.lacking = new Set();
  source.on("tileloaderror", ({ tile }) => again(source, tile));
  source.on("tileloadend", ({ tile }) => source.lacking.delete(tile) && source.dispatchEvent("lacking"));
  return new ol.TileLayer({ source, preload: 1 });
}

// ---- tiles that did not come: the server is busy or away. That must never look like a picture without data.

const WAITS = [500, 1000, 2000, 4000, 8000];
// Between one try and the next [ms]; the last is repeated until the tile is there.

function again(source, tile) {
  tile.tries = (tile.tries ?? -1) + 1;
  source.lacking.add(tile);
  source.dispatchEvent("lacking");
  setTimeout(() => tile.load(), WAITS[Math.min(tile.tries, WAITS.length - 1)]);
}

function states(map, element) {
  // What is being loaded, and what did not come, is said over the picture: until then, empty is not "no data".
  const line = document.createElement("p");
  line.className = "loads";
  element.append(line);
  const lackingOf = (layer) => (layer.getVisible() && layer.getSource()?.lacking?.size) || 0;
  let busy = false;
  const told = () => {
    const lacking = map.getLayers().getArray().reduce((sum, layer) => sum + lackingOf(layer), 0);
    const some = lacking === 1 ? "1 part of the picture has" : `${lacking} parts of the picture have`;
    const text = lacking ? `${some} not come yet: trying again …` : busy ? "loading …" : "";
    line.ariaLive = lacking ? "polite" : "off"; // a pan is not worth an announcement
    if (line.textContent !== text) line.textContent = text;
  };
  const listen = (layer) => {
    const attach = () => layer.getSource()?.on("lacking", () => told(layer.changed()));
    attach();
    layer.on(["change:source", "change:visible"], ({ type }) => told(type === "change:source" && attach()));
  };
  map.on("loadstart", () => told((busy = true)));
  map.on("loadend", () => told((busy = false)));
  map.getLayers().forEach(listen);
  map.getLayers().on("add", (event) => listen(event.element));
}

export function queryOf({ version }, asked = {}) {
  // What a tile's address says beside its place: the version of the bytes, so that the browser may keep it, and more.
  const told = Object.entries({ v: version, ...asked }).filter(([, value]) => value);
  return told.length ? `?${new URLSearchParams(told)}` : "";
}

export function projectionOf({ item, width, height }) {
  return new ol.Projection({ code: `px-${item}`, units: "pixels", extent: [0, -height, width, 0] });
}

export function viewOf(about) {
  const { width, height } = about;
  const view = new ol.View({
    projection: projectionOf(about),
    center: [width / 2, -height / 2],
    extent: [-width / 2, -1.5 * height, 1.5 * width, height / 2],
    minResolution: 1 / 32,
    maxResolution: Math.max(width, height) / 128,
    constrainOnlyCenter: true, // or a long picture could not be seen whole
    smoothExtentConstraint: false,
  });
  view.fit([0, -height, width, 0]);
  return view;
}

export function open(target, about, options = {}) {
  // A map of one picture; its target takes the focus, so that arrows and + - reach it.
  const element = typeof target === "string" ? document.getElementById(target) : target;
  element.tabIndex = 0;
  element.classList.add("picture");
  element.setAttribute("role", element.getAttribute("role") || "application");
  const map = new ol.Map({
    target: element,
    layers: [layerOf(about, options), ...(options.layers || [])],
    view: options.view || viewOf(about),
    controls: [],
    interactions: ol.defaultInteractions({ doubleClickZoom: false, keyboard: false, altShiftDragRotate: false, pinchRotate: false }),
  });
  if (!options.view) keepWhole(map, about);
  states(map, element);
  if (about.simulated) element.append(badge("SIMULATED"));
  if (about.graphic) veil(element);
  return map;
}

export function keepWhole(map, { width, height }) {
  // The whole picture as large as its room allows, also when that changes, until somebody moves it. (The map may have
  // its size already: a listener alone would come too late.)
  const view = map.getView();
  const place = () => `${view.getCenter()} ${view.getResolution()}`;
  let last = null;
  const fit = () => {
    if (!map.getSize() || (last && last !== place())) return;
    view.fit([0, -height, width, 0], { size: map.getSize() });
    last = place();
  };
  fit();
  map.on("change:size", fit);
}

function badge(text) {
  const made = document.createElement("strong");
  made.className = "badge";
  made.textContent = text;
  return made;
}

export const zoomOf = (map) => 1 / map.getView().getResolution();
// Screen pixels per image pixel, as an observation keeps it.

export class Cursor {
  // A cross that the arrow keys move: everything that a mouse can do on a picture can be done without one.
  constructor(map, about, { onmark, onremove, keys = true } = {}) {
    this.map = map;
    this.about = about;
    this.at = toPixel(map.getView().getCenter());
    this.feature = new ol.Feature(new ol.Point(toMap(this.at)));
    const style = (colour, width) =>
      new ol.Style({ image: new ol.RegularShape({ points: 4, radius: 14, radius2: 0, stroke: new ol.Stroke({ color: colour, width }) }) });
    this.layer = new ol.VectorLayer({
      source: new ol.VectorSource({ features: [this.feature] }),
      style: [style("#000", 4), style("#fff", 2)],
      zIndex: 50,
      visible: false,
      updateWhileAnimating: true,
      updateWhileInteracting: true,
    });
    map.addLayer(this.layer);
    if (keys) this.keys(onmark, onremove);
  }

  keys(onmark, onremove) {
    for (const [name, x, y] of [["ArrowLeft", -1, 0], ["ArrowRight", 1, 0], ["ArrowUp", 0, -1], ["ArrowDown", 0, 1]]) {
      key(name, `move the cross ${name.slice(5).toLowerCase()}, 10 screen pixels`, () => this.move(10 * x, 10 * y));
      key(`Shift+${name}`, `move the cross ${name.slice(5).toLowerCase()}, one image pixel`, () => this.step(x, y));
    }
    key("+", "zoom in", () => this.zoom(0.5));
    key("-", "zoom out", () => this.zoom(2));
    key("0", "the whole picture", () => this.map.getView().fit([0, -this.about.height, this.about.width, 0]));
    if (onmark) key("Enter", "mark at the cross", () => onmark(this.at));
    if (onremove) key("Delete", "remove the mark at the cross", () => onremove(this.at));
  }

  move(columns, rows) {
    const resolution = this.map.getView().getResolution();
    this.step(columns * resolution, rows * resolution);
  }

  step(columns, rows) {
    this.set([this.at[0] + columns, this.at[1] + rows]);
  }

  set([x, y]) {
    const clamp = (value, most) => Math.min(most, Math.max(0, value));
    this.at = [clamp(x, this.about.width), clamp(y, this.about.height)];
    this.layer.setVisible(true);
    this.feature.getGeometry().setCoordinates(toMap(this.at));
    this.follow();
    announce(`column ${Math.round(this.at[0])}, row ${Math.round(this.at[1])}`);
  }

  follow() {
    const view = this.map.getView();
    const [left, bottom, right, top] = view.calculateExtent(this.map.getSize());
    const [x, y] = toMap(this.at);
    const margin = 30 * view.getResolution();
    if (x < left + margin || x > right - margin || y < bottom + margin || y > top - margin) view.setCenter([x, y]);
  }

  zoom(factor) {
    const view = this.map.getView();
    if (this.layer.getVisible()) view.setCenter(toMap(this.at));
    view.setResolution(view.getConstrainedResolution(view.getResolution() * factor));
  }
}
