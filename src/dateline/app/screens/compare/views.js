// The pictures themselves: one map with both images, or two maps with one view.

import { element } from "/static/shell.js";
import { taken } from "/static/words.js";
import { layerOf, ol, open, queryOf, viewOf } from "/static/picture.js";
import { NONE, split } from "/screens/compare/lay.js";

const TURN = 900;
// Milliseconds an image stays while blinking: far from three flashes a second.
const STEP = 60;
// Screen pixels that a key moves the view.

export class Views {
  constructor(pair) {
    this.pair = pair;
    this.about = pair.first;
    this.names = [nameOf("First", pair.first), nameOf("Second", pair.second)];
    this.still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.share = 50;
    this.asked = pair.stretch?.asked || null;
    this.now = NONE;
    this.view = viewOf(this.about);
    this.divider = element("div", { class: "cmp-divider", "aria-hidden": "true" });
    this.begin();
  }

  get map() {
    return this.maps[0];
  }

  begin() {
    const { first, second } = this.pair;
    this.base = this.layerFirst();
    this.over = [this.layerSecond(), this.layerSecond()];
    const apart = this.pair.how === "apart";
    const graphic = first.graphic || second.graphic;
    const one = open("one", { ...first, graphic, simulated: first.simulated || second.simulated }, { view: this.view });
    one.getLayers().clear();
    one.addLayer(this.base);
    if (!apart) one.addLayer(this.over[0]);
    const two = apart ? open("two", second) : open("two", { ...first, graphic: second.graphic, simulated: second.simulated }, { view: this.view });
    if (!apart) {
      two.getLayers().clear();
      two.addLayer(this.over[1]);
    }
    this.maps = [one, two];
    one.getTargetElement().append(this.divider);
    one.once("change:size", () => this.whole());
    this.clips();
    this.drags();
  }

  layerFirst() {
    return layerOf(this.about, { stretch: queryOf(this.about, { stretch: this.asked }) });
  }

  layerSecond(turned = NONE) {
    const { first, second } = this.pair;
    const version = first.version && second.version && first.version + second.version;
    const lay = turned === NONE ? null : turned.join(",");
    const tiles = `/compare/${encodeURIComponent(first.item)}/${encodeURIComponent(second.item)}`;
    return layerOf({ ...first, tiles }, { stretch: queryOf({ version }, { stretch: this.asked, lay }) });
  }

  draw(asked) {
    this.asked = asked;
    this.base.setSource(this.layerFirst().getSource());
    this.turned = undefined;
    this.lay(this.now);
  }

  lay(lay) {
    // A shift moves the tiles that are there; a turn or a scale asks the server for others.
    const { turned, shift } = split(lay);
    this.now = lay;
    const named = turned.join();
    for (const layer of this.over) {
      if (this.turned !== named) layer.setSource(this.layerSecond(turned).getSource());
      const source = layer.getSource();
      source.tileGrid = this.gridAt(shift);
      source.changed();
    }
    this.turned = named;
  }

  gridAt([right, down]) {
    const { width, height, levels, tile } = this.about;
    const resolutions = Array.from({ length: levels + 1 }, (_, at) => 2 ** (levels - at));
    return new ol.TileGrid({ extent: [-right, -height + down, width - right, down], origin: [-right, down], resolutions, tileSize: tile });
  }

  // ---- swipe, blink, side by side

  look(mode) {
    this.mode = mode;
    clearInterval(this.timer);
    document.getElementById("two-frame").hidden = mode !== "side";
    this.divider.hidden = mode !== "swipe";
    this.seen(mode === "swipe" ? null : 0);
    if (mode === "blink" && !this.still) this.timer = setInterval(() => this.seen(1 - this.shown), TURN);
    this.maps.forEach((map) => map.updateSize());
    this.divide(this.share);
  }

  seen(which) {
    // Which image the first map shows: 0, 1, or both on their sides of the divider.
    this.shown = which;
    this.base.setVisible(which !== 1);
    this.over[0].setVisible(which !== 0);
    const caption = document.getElementById("one-caption");
    caption.replaceChildren(...(which === null ? this.names : [this.names[which]]).map((name) => element("span", {}, name)));
  }

  turn() {
    // While it blinks: stop. While it stands: the other image.
    if (this.timer) {
      clearInterval(this.timer);
      this.timer = null;
    } else this.seen(1 - this.shown);
  }

  divide(share) {
    this.share = Math.min(100, Math.max(0, share));
    this.divider.style.left = `${this.share}%`;
    this.ondivide?.(this.share);
    this.map.render();
  }

  clips() {
    const clip = (left) => (event) => {
      const { context } = event;
      context.save();
      if (this.mode !== "swipe") return;
      const [width, height] = this.map.getSize();
      const at = (width * this.share) / 100;
      const corners = left ? [[0, 0], [at, 0], [at, height], [0, height]] : [[at, 0], [width, 0], [width, height], [at, height]];
      context.beginPath();
      corners.map((corner) => ol.getRenderPixel(event, corner)).forEach(([x, y], index) => (index ? context.lineTo(x, y) : context.moveTo(x, y)));
      context.closePath();
      context.clip();
    };
    for (const [layer, left] of [[this.base, true], [this.over[0], false]]) {
      layer.on("prerender", clip(left));
      layer.on("postrender", ({ context }) => context.restore());
    }
  }

  // ---- the view, and dragging

  pan(x, y) {
    const [right, up] = this.view.getCenter();
    const step = STEP * this.view.getResolution();
    this.view.setCenter([right + x * step, up - y * step]);
  }

  zoom(factor) {
    this.view.setResolution(this.view.getConstrainedResolution(this.view.getResolution() * factor));
  }

  whole() {
    this.view.fit([0, -this.about.height, this.about.width, 0], { size: this.map.getSize() });
  }

  drags() {
    const frame = this.map.getTargetElement();
    this.divider.addEventListener("pointerdown", (event) => {
      event.stopPropagation();
      this.divider.setPointerCapture(event.pointerId);
    });
    this.divider.addEventListener("pointermove", (event) => {
      const { left, width } = frame.getBoundingClientRect();
      if (this.divider.hasPointerCapture(event.pointerId)) this.divide((100 * (event.clientX - left)) / width);
    });
    for (const map of this.maps) {
      let last = null;
      map.on("pointerdrag", (event) => {
        if (!this.dragging) return;
        event.stopPropagation();
        const { clientX: x, clientY: y } = event.originalEvent;
        const scale = this.view.getResolution();
        if (last) this.dragging((x - last[0]) * scale, (y - last[1]) * scale);
        last = [x, y];
      });
      map.getViewport().addEventListener("pointerup", () => (last = null));
    }
  }
}

function nameOf(which, about) {
  return `${which}: ${about.item}, ${taken(about)}${about.simulated ? " · SIMULATED" : ""}`;
}
