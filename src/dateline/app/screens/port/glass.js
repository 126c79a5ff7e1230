// The picture, centred on the berth where the picture says where it lies, with the outline drawn over it.

import { describe, ol, open, toMap, viewOf, zoomOf } from "/static/picture.js";

const AROUND = 1.2; // how much around the outline is shown, in sizes of the outline

export class Glass {
  constructor(target) {
    this.target = target;
    this.item = null;
    this.map = null;
    this.box = null;
    this.turn = 0;
    this.source = new ol.VectorSource();
    const line = (color, width, lineDash) => new ol.Style({ stroke: new ol.Stroke({ color, width, lineDash }) });
    this.layer = new ol.VectorLayer({ source: this.source, zIndex: 40, style: [line("#000c", 4), line("#ffd34d", 2)] });
  }

  async show(item) {
    if (item === this.item) return;
    const turn = ++this.turn;
    const about = await describe(item);
    if (turn !== this.turn) return;
    this.map?.removeLayer(this.layer);
    this.map?.setTarget(null);
    this.target.replaceChildren();
    this.target.classList.remove("veiled");
    this.item = item;
    this.about = about;
    this.map = open(this.target, about, { view: viewOf(about), layers: [this.layer] });
    this.map.updateSize();
  }

  get zoom() {
    return this.map ? zoomOf(this.map) : null;
  }

  frame({ rings, quay }) {
    const drawn = rings.map((ring) => new ol.Feature(new ol.LineString(ring.map(toMap))));
    if (quay.length) drawn.push(new ol.Feature(new ol.LineString(quay.map(toMap))));
    this.source.clear();
    this.source.addFeatures(drawn);
    this.box = drawn.length ? this.source.getExtent() : null;
    this.again();
  }

  again() {
    if (!this.box) return this.whole();
    const [left, bottom, right, top] = this.box;
    const [x, y] = [AROUND * (right - left || 20), AROUND * (top - bottom || 20)];
    const about = [left - x, bottom - y, right + x, top + y];
    if (!this.meets(about)) return this.whole();
    return this.map.getView().fit(about, { size: this.map.getSize(), minResolution: 1 / 8 });
  }

  meets([left, bottom, right, top]) {
    return left < this.about.width && right > 0 && bottom < 0 && top > -this.about.height;
  }

  whole() {
    this.map?.getView().fit([0, -this.about.height, this.about.width, 0], { size: this.map.getSize() });
  }

  keys(key) {
    for (const [name, x, y] of [["ArrowLeft", -1, 0], ["ArrowRight", 1, 0], ["ArrowUp", 0, 1], ["ArrowDown", 0, -1]]) {
      key(`Shift+${name}`, `move the image ${name.slice(5).toLowerCase()}`, () => this.pan(x, y));
    }
    key("+", "closer", () => this.scale(0.5));
    key("-", "farther", () => this.scale(2));
    key("w", "the whole image", () => this.whole());
    key("b", "back to the outline", () => this.again());
  }

  pan(x, y) {
    const view = this.map?.getView();
    const [column, row] = view.getCenter();
    const step = 80 * view.getResolution();
    view.setCenter([column + x * step, row + y * step]);
  }

  scale(factor) {
    const view = this.map?.getView();
    view.setResolution(view.getConstrainedResolution(view.getResolution() * factor));
  }
}
