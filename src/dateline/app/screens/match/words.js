// Words of the bench beside the answers: arrows, lines, lengths, orders of coordinates.

import { trouble } from "/static/answer.js";
import { element } from "/static/shell.js";

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
