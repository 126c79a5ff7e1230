// Things found in both images, one pair after another: by a cross that the keys move, or by clicks.

import { announce } from "/static/shell.js";
import { Cursor, ol, toMap, toPixel } from "/static/picture.js";

export class Matching {
  constructor(views, { fit, onfit }) {
    this.views = views;
    this.fit = fit;
    this.onfit = onfit;
    this.on = false;
    this.active = 0;
    this.pending = null;
    this.pairs = [];
    this.marks = [new ol.VectorSource(), new ol.VectorSource()];
  }

  turn(on) {
    if (on && !this.cursors) this.begin();
    this.on = on;
    this.cursors?.forEach(({ layer }) => layer.setVisible(on));
    this.layers?.forEach((layer) => layer.setVisible(on));
    if (on) this.cursors.forEach((cursor) => cursor.set(toPixel(this.views.view.getCenter())));
    this.turnTo(on ? this.active : null);
  }

  begin() {
    const { maps, about } = this.views;
    this.cursors = maps.map((map) => new Cursor(map, about, { keys: false }));
    this.layers = this.marks.map((source) => new ol.VectorLayer({ source, zIndex: 40, style: numbered }));
    maps.forEach((map, side) => {
      map.addLayer(this.layers[side]);
      map.on("singleclick", (event) => {
        if (!this.on || side !== this.active) return;
        this.cursors[side].set(toPixel(event.coordinate));
        this.mark();
      });
    });
  }

  turnTo(side) {
    this.active = side ?? this.active;
    this.views.maps.forEach((map, at) => map.getTargetElement()?.classList.toggle("cmp-active", at === side));
  }

  move(x, y, fine) {
    const cursor = this.cursors[this.active];
    if (fine) cursor.step(x, y);
    else cursor.move(10 * x, 10 * y);
  }

  mark() {
    const { at } = this.cursors[this.active];
    this.dot(this.active, at);
    if (this.active === 0) {
      this.pending = at;
      this.turnTo(1);
      announce("Marked in the first image. Now the same thing in the second.");
      return;
    }
    this.pairs.push([...this.pending, ...at]);
    this.pending = null;
    this.turnTo(0);
    announce(`Pair ${this.pairs.length} is marked.`);
    this.solve();
  }

  dot(side, at) {
    const dot = new ol.Feature(new ol.Point(toMap(at)));
    dot.set("number", this.pairs.length + 1);
    this.marks[side].addFeature(dot);
  }

  back() {
    const removed = (side) => this.marks[side].removeFeature(this.marks[side].getFeatures().find((one) => one.get("number") === this.pairs.length + 1));
    if (this.pending) {
      removed(0);
      this.pending = null;
      this.turnTo(0);
    } else if (this.pairs.length) {
      this.pairs.pop();
      removed(0);
      removed(1);
      this.solve();
    }
    announce(`${this.pairs.length} pairs`);
  }

  forget() {
    this.pairs = [];
    this.pending = null;
    this.marks.forEach((source) => source.clear());
  }

  async solve() {
    if (!this.pairs.length) return this.onfit(null, []);
    const pairs = [...this.pairs];
    try {
      const told = await this.fit(pairs);
      if (pairs.length === this.pairs.length) this.onfit(told, pairs);
    } catch (error) {
      announce(`${error.message} ${error.do}`);
      document.getElementById("status").textContent = `${error.message} ${error.do}`;
    }
  }
}

const numbered = (dot) =>
  new ol.Style({
    image: new ol.CircleStyle({ radius: 5, stroke: new ol.Stroke({ color: "#fff", width: 2 }), fill: new ol.Fill({ color: "#000" }) }),
    text: new ol.Text({ text: String(dot.get("number")), offsetX: 12, font: "600 14px sans-serif", fill: new ol.Fill({ color: "#fff" }), stroke: new ol.Stroke({ color: "#000", width: 3 }) }),
  });
