// Marks and tiles on a picture. Thousands of marks are drawn once on a canvas larger than the view; panning shifts it.

import { ol, toMap } from "/static/picture.js";

// Shapes differ in form, so that no colour is needed to tell them apart; they are open, so that what was marked is seen.
const polygon = (corners, radius, turn) => (pen) => {
  for (let corner = 0; corner <= corners; corner++) {
    const angle = turn + (2 * Math.PI * corner) / corners;
    pen.lineTo(radius * Math.sin(angle), -radius * Math.cos(angle));
  }
};
const circle = (radius) => (pen) => pen.arc(0, 0, radius, 0, 2 * Math.PI);
const saltire = (radius) => (pen) => {
  pen.moveTo(-radius, -radius);
  pen.lineTo(radius, radius);
  pen.moveTo(radius, -radius);
  pen.lineTo(-radius, radius);
};

export const SHAPES = {
  mark: { trace: circle(7), line: "#ffe14d" },
  both: { trace: circle(7), line: "#7fd0ff" },
  mine: { trace: polygon(3, 9, 0), line: "#ffe14d" },
  theirs: { trace: polygon(4, 9, Math.PI / 4), line: "#ff9ad5" },
  issuer: { trace: saltire(6), line: "#fff" },
  taken: { trace: circle(11), line: "#fff" },
};
const HALF = 14; // half a stamp's side [screen px]
const BEYOND = 0.5; // how far the canvas reaches beyond each edge of the view, in views

function stamped({ trace, line }, ratio) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 2 * HALF * ratio;
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  pen.translate(HALF, HALF);
  for (const [color, width] of [["#000", 5], [line, 2.5]]) {
    pen.strokeStyle = color;
    pen.lineWidth = width;
    pen.beginPath();
    trace(pen);
    pen.stroke();
  }
  return canvas;
}

export class Points {
  // Marks by id, all of one shape.
  constructor(map, shape = SHAPES.mark) {
    this.points = new Map();
    this.shape = shape;
    this.canvas = document.createElement("canvas");
    this.canvas.className = "points";
    this.drawn = null; // what the canvas shows: {left, top, resolution, width, height, ratio}
    this.layer = new ol.ImageLayer({ render: (frame) => this.render(frame), zIndex: 20 });
    map.addLayer(this.layer);
  }

  add(id, point) {
    this.points.set(id, point);
    if (this.drawn) this.stampAt(point);
    this.layer.changed();
  }

  fill(points) {
    // Many at once: [id, [x, y]].
    for (const [id, point] of points) this.points.set(id, point);
    this.stale();
  }

  remove(id) {
    if (this.points.delete(id)) this.stale();
  }

  stale() {
    this.drawn = null;
    this.layer.changed();
  }

  show(visible) {
    this.layer.setVisible(visible);
  }

  render({ size: [columns, rows], pixelRatio: ratio, viewState: { center, resolution } }) {
    const left = center[0] - (columns * resolution) / 2;
    const top = -center[1] - (rows * resolution) / 2;
    const at = () => [(this.drawn.left - left) / resolution, (this.drawn.top - top) / resolution];
    const fits = () => {
      const { resolution: was, columns: wide, rows: high, ratio: density } = this.drawn;
      if (was !== resolution || density !== ratio || wide !== columns || high !== rows) return false;
      return at().every((shift, axis) => shift <= 0 && shift >= -2 * BEYOND * (axis ? rows : columns));
    };
    if (!this.drawn || !fits()) this.draw({ left, top, columns, rows, resolution, ratio });
    const [x, y] = at();
    this.canvas.style.transform = `translate(${x}px, ${y}px)`;
    return this.canvas;
  }

  draw({ left, top, columns, rows, resolution, ratio }) {
    const share = 1 + 2 * BEYOND;
    this.canvas.width = Math.ceil(columns * share * ratio);
    this.canvas.height = Math.ceil(rows * share * ratio);
    this.canvas.style.width = `${this.canvas.width / ratio}px`;
    this.canvas.style.height = `${this.canvas.height / ratio}px`;
    this.drawn = { left: left - BEYOND * columns * resolution, top: top - BEYOND * rows * resolution, columns, rows, resolution, ratio };
    this.pen = this.canvas.getContext("2d");
    this.stamp = stamped(this.shape, ratio);
    for (const point of this.points.values()) this.stampAt(point);
  }

  stampAt([column, row]) {
    const { left, top, resolution, ratio } = this.drawn;
    const x = ((column - left) / resolution - HALF) * ratio;
    const y = ((row - top) / resolution - HALF) * ratio;
    if (x > -2 * HALF * ratio && y > -2 * HALF * ratio && x < this.canvas.width && y < this.canvas.height)
      this.pen.drawImage(this.stamp, Math.round(x), Math.round(y));
  }
}

const rectangle = ([x, y, width, height]) =>
  [[x, y], [x + width, y], [x + width, y + height], [x, y + height], [x, y]].map(toMap);

export class Frame {
  // The tile in clear, its margin dimmed, all else covered: neighbours must not be counted, nor looked at again.
  constructor(map, about) {
    const { width, height } = about;
    this.world = rectangle([-width, -height, 3 * width, 3 * height]);
    this.about = about;
    this.map = map;
    this.source = new ol.VectorSource();
    const filled = (color) => new ol.Style({ fill: new ol.Fill({ color }) });
    const edge = [["#000", 4], ["#fff", 2]].map(([color, wide]) => new ol.Style({ stroke: new ol.Stroke({ color, width: wide, lineDash: wide === 2 ? [6, 6] : undefined }) }));
    this.styles = { far: filled("rgba(20,22,26,.94)"), margin: filled("rgba(20,22,26,.55)"), edge };
    map.addLayer(new ol.VectorLayer({ source: this.source, zIndex: 10, updateWhileAnimating: true, updateWhileInteracting: true, style: (feature) => this.styles[feature.get("part")] }));
  }

  show(area) {
    const margin = this.marginOf(area);
    const [x, y, width, height] = area;
    this.wide = [x - margin, y - margin, width + 2 * margin, height + 2 * margin];
    this.source.clear(true);
    const part = (name, ...rings) => {
      const feature = new ol.Feature(new ol.Polygon(rings));
      feature.set("part", name);
      return feature;
    };
    this.source.addFeatures([
      part("far", this.world, rectangle(this.wide)),
      part("margin", rectangle(this.wide), rectangle(area)),
      part("edge", rectangle(area)),
    ]);
  }

  marginOf([, , width, height]) {
    return Math.max(8, 0.12 * Math.max(width, height));
  }

  fit(area) {
    const [x, y, width, height] = this.source.isEmpty() ? area : this.wide;
    this.map.getView().fit([x, -y - height, x + width, -y]);
  }
}
