// The bench of Mask: the list of boxes is the text of the form; what is drawn is drawn from it.

import { at, between, parse, spell } from "/screens/mask/boxes.js";
import { Cursor, ol, open, toMap, toPixel } from "/static/picture.js";
import { announce, get, key } from "/static/shell.js";

const { item } = JSON.parse(document.getElementById("still").textContent);
const form = document.getElementById("masks");
const list = document.getElementById("boxes");
const about = await get(`/mask/${encodeURIComponent(item)}/picture.json`);
const drawn = new ol.VectorSource();
const layer = new ol.VectorLayer({
  source: drawn,
  zIndex: 10,
  style: [
    new ol.Style({ fill: new ol.Fill({ color: "#808080d9" }), stroke: new ol.Stroke({ color: "#000", width: 4 }) }),
    new ol.Style({ stroke: new ol.Stroke({ color: "#fff", width: 2 }) }),
  ],
});
const map = open("picture", about, { layers: [layer] });
let corner = null;

function boxes() {
  return parse(list.value).boxes;
}

function change(made, words) {
  list.value = spell(made);
  redraw();
  announce(words);
}

function redraw() {
  const { boxes: made, wrong } = parse(list.value);
  drawn.clear();
  for (const [left, top, width, height] of made) {
    const ring = [[left, top], [left + width, top], [left + width, top + height], [left, top + height], [left, top]];
    drawn.addFeature(new ol.Feature(new ol.Polygon([ring.map(toMap)])));
  }
  const count = `${made.length} ${made.length === 1 ? "box" : "boxes"}`;
  document.getElementById("count").textContent = wrong.length ? `${count}; no box in line ${wrong.join(", ")}` : count;
  boxesShown();
}

function add(one, other) {
  const box = between(one, other, about);
  if (box) change([...boxes(), box], `box ${boxes().length + 1}: left ${box[0]}, top ${box[1]}, ${box[2]} by ${box[3]} pixels`);
  else announce("nothing lies between these corners");
}

function mark(point) {
  if (corner === null) {
    corner = [...point];
    announce(`first corner at column ${Math.round(point[0])}, row ${Math.round(point[1])}; Enter sets the opposite one`);
    return;
  }
  add(corner, point);
  corner = null;
}

function remove(point) {
  const which = at(boxes(), point);
  if (which < 0) announce("no box at the cross");
  else change(boxes().filter((_, one) => one !== which), `box ${which + 1} removed`);
}

// ---- a drag draws, or moves the picture

const drag = new ol.DragBox({ condition: ol.primaryAction });
drag.on("boxend", () => {
  const [left, bottom, right, top] = drag.getGeometry().getExtent();
  add(toPixel([left, top]), toPixel([right, bottom]));
});
map.addInteraction(drag);
const drawing = document.getElementById("drawing");

function toggleDrawing() {
  const on = !drag.getActive();
  drag.setActive(on);
  drawing.setAttribute("aria-pressed", String(on));
  announce(on ? "a drag draws a box" : "a drag moves the picture");
}

drawing.addEventListener("click", toggleDrawing);

// ---- the copy, as it will be

let address = null;

async function copyShown() {
  const answer = await fetch(`/mask/${encodeURIComponent(item)}/preview`, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
  if (!answer.ok) return say(await answer.json());
  if (address) URL.revokeObjectURL(address);
  address = URL.createObjectURL(await answer.blob());
  const picture = document.getElementById("copy-picture");
  picture.src = address;
  await picture.decode();
  say(null);
  swap(true);
  announce("the copy, as it will be kept");
}

function boxesShown() {
  swap(false);
}

function swap(copy) {
  document.getElementById("copy").hidden = !copy;
  document.getElementById("picture").hidden = copy;
  document.getElementById("show-copy").setAttribute("aria-pressed", String(copy));
  document.getElementById("show-boxes").setAttribute("aria-pressed", String(!copy));
  if (!copy) map.updateSize();
}

function say(told) {
  document.getElementById("said").textContent = told ? [told.error.what, told.error.saw, told.error.do].join(" ") : "";
}

document.getElementById("show-copy").addEventListener("click", copyShown);
document.getElementById("show-boxes").addEventListener("click", boxesShown);
document.getElementById("preview").addEventListener("click", (event) => {
  event.preventDefault();
  copyShown();
});
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
  const told = await answer.json();
  if (!answer.ok) return say(told);
  addressOf(told.item);
});

function addressOf(kept) {
  const search = new URLSearchParams({ kept, boxes: list.value });
  location.assign(`/mask/${encodeURIComponent(item)}/?${search}`);
}

// ---- keys

const cursor = new Cursor(map, about, { onmark: mark, onremove: remove });
key("d", "a drag draws boxes, or moves the picture", toggleDrawing);
key("u", "take the last box back", () => change(boxes().slice(0, -1), "last box taken back"));
key("Escape", "forget the first corner", () => {
  corner = null;
  announce("no corner set");
});
key("1", "faces", () => tick("faces"));
key("2", "number plates", () => tick("plates"));
key("3", "name tags", () => tick("name_tags"));
key("p", "the copy, or the boxes", () => (document.getElementById("copy").hidden ? copyShown() : boxesShown()));
key("s", "keep the masked copy", () => form.requestSubmit(document.getElementById("keep")));

function tick(name) {
  const box = form.querySelector(`input[value=${name}]`);
  box.checked = !box.checked;
  announce(`${box.parentElement.textContent.trim()}: ${box.checked ? "covered" : "not covered"}`);
}

list.addEventListener("input", redraw);
redraw();
document.getElementById("picture").dataset.ready = "yes";
export { cursor };
