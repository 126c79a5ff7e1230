// One pass: a strip of images, one answer each. Where dates are hidden, an image is a number here and nothing else.

import { Outbox, announce, element, get, key } from "/static/shell.js";
import { ol, open, toMap, zoomOf } from "/static/picture.js";
import { show } from "./answer.js";
import { WORDS, fill, small } from "./glyphs.js";
import { askWhy } from "./reasons.js";

const bench = document.getElementById("bench");
const { sitting } = bench.dataset;
const blind = Boolean(bench.dataset.blind);
const base = `/bracket/pass/${sitting}`;
const by = (id) => document.getElementById(id);
const TITLES = { not_discernible: "Why can it not be told?", obscured: "What is in the way?" };

let images = [];
let at = 0;
let map = null;
let outline = true;
let asked = false;
let opening = 0;

fill();
const outbox = new Outbox(sitting, changed, `${base}/looks`);

function changed(box) {
  by("saved").textContent = box.waiting.length ? `${box.waiting.length} not saved yet` : "all saved";
  by("end-button").disabled = box.waiting.length > 0;
  if (!box.waiting.length && images.length) ask();
}

// ---- answers

function answer(state, reason = null) {
  const image = images[at];
  const mark = outbox.add({
    image: image.image,
    state,
    ...(reason ? { reason } : {}),
    zoom: Number(zoomOf(map).toPrecision(6)),
    ...(image.look ? { supersedes: image.look.id } : {}),
  });
  image.look = lookOf(mark);
  tell();
  announce(`${WORDS[state]}${reason ? `, ${reason}` : ""}. ${done()} of ${images.length} answered.`);
}

const lookOf = (mark) => (mark.state === "withdrawn" ? null : { state: mark.state, reason: mark.reason, id: mark.id });
const done = () => images.filter((image) => image.look).length;

function asks(state) {
  // Nobody answers of an image that is not drawn yet: a fast second key would be about a picture that nobody saw.
  if (!by("picture").dataset.drawn) return announce("The image is not shown yet: answer when it is.");
  if (TITLES[state]) askWhy(TITLES[state], (reason) => answer(state, reason));
  else answer(state);
}

function undo() {
  const image = images[at];
  if (!image?.look) return;
  outbox.add({ image: image.image, state: "withdrawn", supersedes: image.look.id });
  image.look = null;
  tell();
  announce("Taken back: this image has no answer.");
}

// ---- the picture

async function go(to) {
  if (!images.length) return;
  at = (to + images.length) % images.length;
  const turn = ++opening;
  tell();
  announce(`Image ${at + 1} of ${images.length}. ${images[at].taken || ""} ${images[at].look ? WORDS[images[at].look.state] : "no answer yet"}`);
  map?.setTarget(null);
  map = null;
  delete by("picture").dataset.drawn;
  by("picture").replaceChildren();
  by("picture").classList.remove("veiled");
  try {
    const number = images[at].image;
    const [about, place] = await Promise.all([get(`${base}/${number}/about`), get(`${base}/${number}/place${asked ? "?show=yes" : ""}`)]);
    if (turn === opening) draw(about, place);
  } catch (error) {
    if (turn === opening) by("picture").replaceChildren(element("p", { class: "trouble" }, `${error.message} ${error.saw || ""} ${error.do || ""}`));
  }
}

function draw(about, { where, sensitive }) {
  const layers = where ? [outlineOf(about, where)] : [];
  map = open("picture", about, { layers });
  by("outline").hidden = !where;
  by("show-place").hidden = !sensitive;
  const fit = () => map && where && map.getView().fit(within(extentOf(where), about), { size: map.getSize() });
  if (where) map.once("change:size", fit);
  fit();
  const turn = opening;
  map.once("rendercomplete", () => {
    if (turn === opening) by("picture").dataset.drawn = "yes";
  });
}

function within([left, bottom, right, top], { width, height }) {
  // What of the place's surroundings lies on the picture: the rest would only make it small.
  const part = [Math.max(left, 0), Math.max(bottom, -height), Math.min(right, width), Math.min(top, 0)];
  return part[0] < part[2] && part[1] < part[3] ? part : [0, -height, width, 0];
}

const extentOf = ({ view: [left, top, right, bottom] }) => [left, -bottom, right, -top];

function outlineOf(about, where) {
  const polygon = new ol.Feature(new ol.Polygon(where.rings.map((ring) => ring.map(toMap))));
  const line = (color, width) => new ol.Style({ stroke: new ol.Stroke({ color, width }) });
  const layer = new ol.VectorLayer({ source: new ol.VectorSource({ features: [polygon] }), style: [line("#000a", 4), line("#fff", 1.5)], visible: outline });
  layer.set("name", "outline");
  return layer;
}

function toggle() {
  outline = !outline;
  by("outline").setAttribute("aria-pressed", String(outline));
  map?.getLayers().forEach((layer) => layer.get("name") === "outline" && layer.setVisible(outline));
  announce(outline ? "outline shown" : "outline hidden");
}

function zoom(factor) {
  const view = map?.getView();
  if (view) view.setResolution(view.getConstrainedResolution(view.getResolution() * factor));
}

function pan(x, y) {
  const view = map?.getView();
  if (!view) return;
  const [column, row] = view.getCenter();
  view.setCenter([column + x * 40 * view.getResolution(), row - y * 40 * view.getResolution()]);
}

// ---- words

function tell() {
  const image = images[at];
  const inside = by("strip").contains(document.activeElement);
  by("strip").replaceChildren(...images.map(chip));
  const current = by("strip").querySelector("[aria-current]");
  if (inside) current?.focus(); // who walks the strip by Tab is not thrown out of it
  current?.scrollIntoView({ block: "nearest", inline: "center" });
  by("which").textContent = blind ? `Image ${at + 1} of ${images.length}` : `${at + 1} of ${images.length}: ${image.taken}`;
  by("facts").replaceChildren(...(blind ? [] : facts(image)));
  by("said").replaceChildren(...(image.look ? [small(image.look.state), ` You said: ${WORDS[image.look.state]}${image.look.reason ? `, ${image.look.reason}` : ""}.`] : ["No answer yet."]));
  by("undo").disabled = !image.look;
  for (const button of document.querySelectorAll("[data-answer]")) button.setAttribute("aria-pressed", String(image.look?.state === button.dataset.answer));
  by("progress").textContent = `${done()} of ${images.length} image${images.length === 1 ? "" : "s"} answered`;
}

const pair = (name, value) => [element("dt", {}, name), element("dd", {}, value)];

function facts(image) {
  return [
    ...pair("Sensor", image.sensor || "not said"),
    ...pair("Ground distance", image.gsd ? `${Number(image.gsd.toPrecision(3))} m a pixel` : "not said"),
    ...pair("Image", image.item),
    ...(image.same_as.length ? pair("Note", `the same bytes as ${image.same_as.join(", ")}`) : []),
  ];
}

function chip(image, index) {
  const state = image.look ? WORDS[image.look.state] : "no answer";
  const current = index === at ? "true" : null;
  const inside = blind
    ? [element("span", { class: "br-number" }, element("span", { class: "unseen" }, "Image "), String(index + 1), " ")]
    : [
        element("img", { src: `${base}/${image.image}/thumbnail.webp?side=160`, alt: "", loading: "lazy", width: 120, height: 72 }),
        element("span", {}, image.taken),
        element("span", { class: "quiet" }, `${image.sensor || "sensor not said"}${image.gsd ? `, ${Number(image.gsd.toPrecision(3))} m` : ""}`),
      ];
  return element(
    "li",
    {},
    element("button", { type: "button", class: "br-chip", "aria-current": current, onclick: () => go(index) }, ...inside,
      element("span", { class: "br-state" }, ...(image.look ? [small(image.look.state), ` ${state}`] : [element("span", { class: "quiet" }, state)]))),
  );
}

// ---- the bracket so far

let waiting = null;
let asking = 0;
let bracket = "";

function ask() {
  if (blind) return;
  clearTimeout(waiting);
  const turn = ++asking;
  by("live").setAttribute("aria-busy", "true");
  by("asking").hidden = false;
  waiting = setTimeout(() => hear(turn), 150);
}

async function hear(turn) {
  const target = by("live");
  try {
    const told = await get(`${base}/answer`);
    if (turn !== asking) return; // a newer answer is on its way
    show(target, told);
    target.dataset.looks = String(told.looks);
    if (told.bracket && told.bracket !== bracket) announce(told.bracket);
    bracket = told.bracket || "";
  } catch (error) {
    if (turn !== asking) return;
    target.replaceChildren(element("p", { class: "answer refused" }, `${error.message} ${error.saw || ""} ${error.do || ""}`));
  }
  target.removeAttribute("aria-busy");
  by("asking").hidden = true;
}

// ---- the end

by("end").addEventListener("submit", (event) => {
  event.preventDefault();
  if (outbox.waiting.length) return announce("Not everything is saved yet.");
  const left = images.length - done();
  if (!done()) return announce("Answer at least one image.");
  by("ending-words").textContent = left ? `${left} of ${images.length} images have no answer: they will say nothing.` : `All ${images.length} images are answered.`;
  by("ending").showModal();
  by("ending-yes").focus();
});
by("ending-yes").addEventListener("click", () => by("end").submit());

for (const [name, state] of [["1", "present"], ["2", "absent"], ["3", "not_discernible"], ["4", "obscured"]]) {
  key(name, `${WORDS[state]}${TITLES[state] ? ", and why" : ""}`, () => asks(state));
  document.querySelector(`[data-answer=${state}]`).addEventListener("click", () => asks(state));
}
key("ArrowRight", "next image", () => go(at + 1));
key("ArrowLeft", "image before", () => go(at - 1));
key(" ", "next image without an answer", () => {
  const next = [...images.keys()].map((step) => (at + 1 + step) % images.length).find((index) => !images[index].look);
  if (next === undefined) announce("Every image has an answer.");
  else go(next);
});
key("u", "take the answer back", undo);
key("o", "outline of the place on and off", toggle);
key("w", "show where a sensitive place is", () => by("show-place").click());
key("+", "zoom in", () => zoom(0.5));
key("-", "zoom out", () => zoom(2));
key("0", "the whole picture", () => map?.getView().fit(map.getView().getProjection().getExtent()));
for (const [name, x, y] of [["ArrowLeft", -1, 0], ["ArrowRight", 1, 0], ["ArrowUp", 0, -1], ["ArrowDown", 0, 1]]) {
  key(`Shift+${name}`, `move the picture ${name.slice(5).toLowerCase()}`, () => pan(x, y));
}
key("e", "end the pass", () => by("end").requestSubmit());
by("on").addEventListener("click", () => go(at + 1));
by("back").addEventListener("click", () => go(at - 1));
by("undo").addEventListener("click", undo);
by("outline").addEventListener("click", toggle);
by("show-place").addEventListener("click", () => {
  asked = true;
  go(at);
});

// ---- the beginning: what the server knows, and over it what waits in this browser

const told = await get(`${base}/images`);
images = told.images;
for (const mark of outbox.waiting) {
  const image = images.find((one) => one.image === mark.image);
  if (image) image.look = lookOf(mark);
}
changed(outbox);
const first = images.findIndex((image) => !image.look);
go(first < 0 ? 0 : first);
