// After submission: who marked what, by shape and by word; and word of others who submit meanwhile.

import { Cursor, describe, open, toPixel } from "/static/picture.js";
import { announce, element, get, key } from "/static/shell.js";
import { Points, SHAPES } from "/screens/count/layers.js";
import { nearest } from "/screens/count/marks.js";

const told = JSON.parse(document.getElementById("drawing").textContent);
const at = (id) => document.getElementById(id);
const about = await describe(told.item);
const map = open("picture", about);

const kindOf = ({ who }) => (who.length > 1 ? "both" : who[0] === told.who ? "mine" : "theirs");
const WORDS = { both: "marked by", mine: "mine only:", theirs: "theirs only:" };
const spots = told.spots.map((spot, index) => ({ ...spot, id: index, kind: kindOf(spot) }));
const groups = { both: [], mine: [], theirs: [], issuer: told.issuer.map(([x, y], id) => ({ id, x, y })) };
spots.forEach((spot) => groups[spot.kind].push(spot));

for (const [kind, found] of Object.entries(groups)) {
  const layer = new Points(map, SHAPES[kind]);
  layer.fill(found.map(({ id, x, y }) => [id, [x, y]]));
  const number = document.querySelector(`[data-count=${kind}]`);
  if (number) number.textContent = found.length;
  document.querySelector(`[data-shows=${kind}]`)?.addEventListener("change", (event) => layer.show(event.target.checked));
}

const cursor = new Cursor(map, about);
const apart = spots.filter((spot) => spot.kind !== "both");
let step = -1;

function say(spot) {
  const words = `${WORDS[spot.kind]} ${spot.who.join(", ")}${spot.tile ? `, tile ${spot.tile}` : ""}`;
  at("spot").textContent = words;
  announce(words);
}

function next() {
  if (!apart.length) return announce("No disagreement.");
  step = (step + 1) % apart.length;
  const spot = apart[step];
  map.getView().setCenter([spot.x, -spot.y]);
  map.getView().setResolution(Math.min(map.getView().getResolution(), 1));
  cursor.set([spot.x, spot.y]);
  say(spot);
}

at("step").addEventListener("click", next);
key("n", "the next disagreement", next);
key("Enter", "who marked what is at the cross", () => ask(cursor.at));
map.on("click", (event) => ask(toPixel(event.coordinate)));

function ask(position) {
  const found = nearest(spots, position, 16 * map.getView().getResolution());
  if (found) say(found);
}

at("with").addEventListener("change", (event) => {
  if (event.target.matches("select, [type=checkbox]")) at("with").requestSubmit();
});

async function news() {
  try {
    const now = await get(told.state);
    if (JSON.stringify(now) !== JSON.stringify(told.people)) {
      at("news").hidden = false;
      at("news").replaceChildren("Somebody has submitted meanwhile. ", element("a", { class: "go", href: location.href }, "Show"));
      return announce("Somebody has submitted meanwhile.");
    }
  } catch {
    // The server does not answer: what is shown stays true of the time when it was asked.
  }
  setTimeout(news, 5000);
}
setTimeout(news, 5000);
map.updateSize();
map.getView().fit([0, -about.height, about.width, 0], { padding: [12, 12, 12, 12] });
map.getTargetElement().focus();
document.body.dataset.ready = "yes";
