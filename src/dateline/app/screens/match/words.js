// Answers of a method, and errors, as elements: text is text.

import { element } from "/static/shell.js";

const CALLED = {
  view_azimuth: "looked towards",
  field_of_view: "field of view",
  altitude: "altitude",
  distance: "distance",
  sun_elevation: "sun above the horizon",
};

export function answer(told, { scales = [], worst = null } = {}) {
  const estimates = Object.entries(told.estimates).flatMap(([name, text]) => [element("dt", {}, CALLED[name] || name), element("dd", {}, text)]);
  return element(
    "div",
    { class: `answer${told.result === "refused" ? " refused" : ""}` },
    told.simulated ? element("p", {}, element("strong", {}, "SIMULATED")) : null,
    element("p", { class: "sentence" }, told.sentence),
    estimates.length ? element("dl", {}, ...estimates) : null,
    worst ? element("p", {}, worst) : null,
    ...scales.map((text) => element("p", { class: "quiet" }, text)),
    list("Why", told.reasons),
    list("Needed", told.needed),
    list("Mind", told.caveats.map((one) => one.text)),
  );
}

function list(title, texts) {
  if (!texts.length) return null;
  return element("details", { open: title !== "Mind" || texts.length < 4 }, element("summary", {}, `${title} (${texts.length})`), element("ul", {}, ...texts.map((text) => element("li", {}, text))));
}

export function trouble(error) {
  return element(
    "div",
    { class: "answer refused" },
    element("p", {}, error.what || error.message),
    error.saw ? element("p", { class: "quiet" }, error.saw) : null,
    error.do ? element("p", {}, error.do) : null,
    ...(error.faults || []).map((one) => element("p", { class: "quiet" }, `${one.key}: found ${one.found}; ${one.valid}`)),
  );
}

export function scales({ drawing }) {
  if (!drawing) return [];
  const texts = [`Arrows on the photo: from the mark to where the camera sees the mapped landmark, ${drawing.photo.scale} times as long.`];
  if (drawing.map) texts.push(`Arrows on the map: from the landmark to the line of sight of its mark, ${drawing.map.scale} times as long.`);
  return texts;
}

export const worst = ({ worst: one }) => one && (one.left_out ? `Left out: ${one.label}. Look it up again.` : `Farthest off: ${one.label}.`);

export function lineOf(one, withdraw) {
  return element(
    "li", {},
    element("b", {}, one.what), " ",
    one.error ? trouble(one.error) : one.text,
    ...(one.notes || []).map((text) => element("p", { class: "quiet" }, text)),
    " ", element("button", { type: "button", "aria-label": `Withdraw this ${one.what}`, onclick: () => withdraw(one.id) }, "Withdraw"),
  );
}

export const length = (metres) => (metres >= 1000 ? `${Number((metres / 1000).toPrecision(3))} km` : `${Number(metres.toPrecision(3))} m`);
export const words = (error) => `${error.what} ${error.do || ""}`;

export function orders(error, act) {
  // Both readings are offered; nobody guesses.
  if (error.code !== "ambiguous-order") return [];
  return ["lat,lon", "lon,lat"].map((order) =>
    element("button", { type: "button", onclick: () => act(order) }, order === "lat,lon" ? "latitude first" : "longitude first"),
  );
}

export const shown = (off) => (Math.abs(off) < 100 ? Math.abs(off).toFixed(1) : Math.round(Math.abs(off)).toLocaleString("en"));
