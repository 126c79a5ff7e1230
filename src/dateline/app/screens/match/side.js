// One side of the bench: a picture, or a plain map that has no picture under it; with its cross, marks and arrows.

import { Cursor, keepWhole, ol, open, toMap, toPixel, viewOf, zoomOf } from "/static/picture.js";

const TURNS = { 3: Math.PI, 6: Math.PI / 2, 8: -Math.PI / 2 };
const FITS = "#0072B2";
const OFF = "#D55E00";
const CHOSEN = "#CC79A7";
// Colours that people with colour-blindness tell apart (Okabe and Ito 2008).

const halo = (width) => new ol.Stroke({ color: "#fff", width });
const styles = {
  pair: ({ label, off, chosen }) => {
    const colour = chosen ? CHOSEN : off ? OFF : FITS;
    return new ol.Style({
      image: new ol.CircleStyle({ radius: 7, stroke: new ol.Stroke({ color: colour, width: 3 }), fill: new ol.Fill({ color: "#fff8" }) }),
      text: new ol.Text({ text: label, offsetX: 14, offsetY: -12, font: "600 13px sans-serif", fill: new ol.Fill({ color: "#111" }), stroke: halo(4) }),
      zIndex: 20,
    });
  },
  arrow: ({ off }) => [
    new ol.Style({ stroke: halo(6), zIndex: 9 }),
    new ol.Style({ stroke: new ol.Stroke({ color: off ? OFF : FITS, width: 3 }), zIndex: 10 }),
  ],
  head: ({ angle, off }) =>
    new ol.Style({ image: new ol.RegularShape({ points: 3, radius: 7, rotation: angle, rotateWithView: true, fill: new ol.Fill({ color: off ? OFF : FITS }), stroke: halo(1) }), zIndex: 11 }),
  line: ({ label, colour }) => [
    new ol.Style({ stroke: halo(6), zIndex: 9 }),
    new ol.Style({
      stroke: new ol.Stroke({ color: colour, width: 3 }),
      text: new ol.Text({ text: label, font: "600 13px sans-serif", offsetY: -10, fill: new ol.Fill({ color: "#111" }), stroke: halo(4) }),
      zIndex: 10,
    }),
  ],
  camera: () => new ol.Style({ stroke: new ol.Stroke({ color: OFF, width: 3 }), fill: new ol.Fill({ color: "#D55E0030" }), zIndex: 5 }),
  view: () => new ol.Style({ stroke: new ol.Stroke({ color: "#56B4E9", width: 1 }), fill: new ol.Fill({ color: "#56B4E926" }), zIndex: 1 }),
  stand: () => new ol.Style({ image: new ol.RegularShape({ points: 4, radius: 9, radius2: 3, fill: new ol.Fill({ color: OFF }), stroke: halo(2) }), zIndex: 15 }),
  grid: () => new ol.Style({ stroke: new ol.Stroke({ color: "#8883", width: 1 }), zIndex: 0 }),
  road: () => new ol.Style({ stroke: new ol.Stroke({ color: "#7a766c", width: 1 }), zIndex: 0 }),
};

export class Side {
  // about: as /pictures/ITEM.json tells of it; `plain` where there is no picture. onmark, onactive: told of this side.
  constructor(target, about, { plain = false, orientation = 1, onmark, onactive }) {
    this.element = document.getElementById(target);
    this.about = about;
    this.rotation = TURNS[orientation] || 0;
    this.layer = new ol.VectorLayer({ source: new ol.VectorSource(), style: (one) => styles[one.get("what")](one.get("told") || {}), zIndex: 10 });
    this.draft = new ol.VectorLayer({ source: new ol.VectorSource(), style: (one) => styles[one.get("what")](one.get("told") || {}), zIndex: 20 });
    const layers = [this.layer, this.draft];
    const view = viewOf(about);
    this.map = plain ? this.blank(view, layers) : open(this.element, about, { layers, view });
    view.setRotation(this.rotation);
    keepWhole(this.map, about);
    this.cursor = new Cursor(this.map, about, { keys: false });
    this.map.on("singleclick", (event) => {
      onactive(this);
      this.cursor.set(toPixel(event.coordinate));
      onmark(this);
    });
    this.element.addEventListener("focus", () => onactive(this));
    this.element.addEventListener("pointerdown", () => onactive(this));
  }

  blank(view, layers) {
    this.element.tabIndex = 0;
    this.element.classList.add("picture");
    return new ol.Map({
      target: this.element,
      layers,
      view,
      controls: [],
      interactions: ol.defaultInteractions({ doubleClickZoom: false, keyboard: false, altShiftDragRotate: false, pinchRotate: false }),
    });
  }

  get at() {
    return this.cursor.at;
  }

  get zoom() {
    return zoomOf(this.map);
  }

  whole() {
    // A map is fitted to what stands on it; a picture to itself.
    const { width, height } = this.about;
    this.map.getView().fit([0, -height, width, 0]);
  }

  near() {
    // What belongs together: a landmark that was left out may lie anywhere.
    const shown = this.layer.getSource().getFeatures().filter((one) => ["pair", "camera", "stand"].includes(one.get("what")) && !one.get("told").off);
    const points = shown.flatMap((one) => (one.getGeometry().getType() === "Point" ? [one.getGeometry().getCoordinates()] : one.getGeometry().getCoordinates()[0]));
    if (!points.length) return this.whole();
    const [xs, ys] = [points.map((one) => one[0]), points.map((one) => one[1])];
    const extent = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
    this.map.getView().fit(extent, { padding: [50, 50, 50, 50], minResolution: 0.25 });
  }

  turned(columns, rows) {
    // What is right and up on the screen, on a picture that is shown turned.
    const [cos, sin] = [Math.cos(this.rotation), Math.sin(this.rotation)];
    return [cos * columns + sin * rows, -sin * columns + cos * rows];
  }

  move(columns, rows) {
    this.cursor.move(...this.turned(columns, rows));
  }

  step(columns, rows) {
    this.cursor.step(...this.turned(columns, rows));
  }

  clear() {
    this.layer.getSource().clear();
  }

  sketch(points) {
    this.draft.getSource().clear();
    for (const point of points) this.put(this.draft, new ol.Point(toMap(point)), "pair", { label: "", chosen: true });
    if (points.length > 1) this.put(this.draft, new ol.LineString(points.map(toMap)), "line", { label: "", colour: CHOSEN });
  }

  put(layer, geometry, what, told) {
    const feature = new ol.Feature(geometry);
    feature.set("what", what);
    feature.set("told", told);
    layer.getSource().addFeature(feature);
  }

  pair(point, told) {
    this.put(this.layer, new ol.Point(toMap(point)), "pair", told);
  }

  line(points, label, colour) {
    this.put(this.layer, new ol.LineString(points.map(toMap)), "line", { label, colour });
  }

  grid() {
    // Squares of a plain map, forty across: a scale for the eye.
    const { width, height } = this.about;
    for (let at = 0; at <= 40; at += 1) {
      const [x, y] = [(at * width) / 40, (at * height) / 40];
      this.put(this.layer, new ol.LineString([[x, 0], [x, -height]]), "grid", {});
      this.put(this.layer, new ol.LineString([[0, -y], [width, -y]]), "grid", {});
    }
  }

  road(points) {
    this.put(this.layer, new ol.LineString(points.map(toMap)), "road", {});
  }

  arrow([start, end], off) {
    const [from, to] = [toMap(start), toMap(end)];
    if (Math.hypot(to[0] - from[0], to[1] - from[1]) < 1e-6) return;
    this.put(this.layer, new ol.LineString([from, to]), "arrow", { off });
    this.put(this.layer, new ol.Point(to), "head", { off, angle: Math.PI / 2 - Math.atan2(to[1] - from[1], to[0] - from[0]) });
  }

  shape({ role, kind, points }) {
    if (kind === "Point") this.put(this.layer, new ol.Point(toMap(points[0])), "stand", {});
    else this.put(this.layer, new ol.Polygon([points.map(toMap)]), role, {});
  }
}
