// Two dates of a site on one view: swipe, blink, side by side; and how the second is laid on the first.

import { announce, element, get, key, Outbox, post } from "/static/shell.js";
import { zoomOf } from "/static/picture.js";
import { anchors, apart, moved, NONE } from "/screens/compare/lay.js";
import { Views } from "/screens/compare/views.js";
import { certificate } from "/screens/compare/certificate.js";
import { Matching } from "/screens/compare/matching.js";

const by = (id) => document.getElementById(id);
const { first, second } = by("compare").dataset;
const query = `first=${encodeURIComponent(first)}&second=${encodeURIComponent(second)}`;
let pair = await get(`/compare/pair.json?${query}`);
const size = [pair.first.width, pair.first.height];
const views = new Views(pair);
const matching = new Matching(views, { fit: (pairs) => post("/compare/fit", { first, second, pairs }), onfit: fitted });
let registered = null;
let lays = [];
let chosen = "filed";
let hand = null; // a lay by hand that is not saved yet
let nudging = false;

const status = (text) => {
  by("status").textContent = text;
};

// ---- how to look

function look(mode) {
  if (pair.how === "apart" && mode !== "side") return status(pair.laid);
  if (mode !== "side" && matching.on) match(false);
  views.look(mode);
  for (const button of document.querySelectorAll("[data-mode]")) button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
  by("divider-label").hidden = mode !== "swipe";
  announce({ swipe: "Swipe: arrow keys move the divider", blink: views.still ? "Blink: press b for the other image" : "Blink", side: "Side by side" }[mode]);
}

for (const button of document.querySelectorAll("[data-mode]")) button.addEventListener("click", () => look(button.dataset.mode));
by("divider").addEventListener("input", () => views.divide(Number(by("divider").value)));
views.ondivide = (share) => {
  by("divider").value = String(share);
  by("divider").setAttribute("aria-valuetext", `${Math.round(share)} % from the left`);
};
by("same")?.addEventListener("change", () => {
  views.draw(by("same").checked ? pair.stretch.asked : null);
  by("stretch-words").textContent = by("same").checked ? pair.stretch_words : `Each has its own stretch. First: ${pair.first.stretch.words} Second: ${pair.second.stretch.words}`;
});

// ---- how the second is laid

function listed() {
  const made = [{ id: "filed", name: "As the files say", words: "Nothing is moved.", lay: NONE }];
  if (registered?.state === "done") made.push({ id: "certificate", name: "By the certificate", words: registered.words, lay: registered.lay });
  for (const one of pair.shifts) {
    const points = one.points === 1 ? "1 point" : `${one.points} points`;
    const rest = one.residual_px === null ? points : `${points}, residual ${one.residual_px} px`;
    made.push({ id: one.id, name: `By hand: ${one.by}, ${one.at.slice(0, 16).replace("T", " ")} UTC`, words: `${one.words} (${rest})`, lay: one.lay });
  }
  if (hand) made.push({ id: "hand", name: "By hand, not saved", words: hand.words, lay: hand.lay });
  return made;
}

function show() {
  lays = listed();
  if (!lays.some((one) => one.id === chosen)) chosen = "filed";
  by("lays").replaceChildren(
    ...lays.map((one, at) =>
      element(
        "label", {},
        element("input", { type: "radio", name: "lay", value: one.id, checked: one.id === chosen, onchange: () => choose(one.id) }),
        element("span", {}, element("b", {}, one.name), at < 9 ? element("small", {}, ` ${at + 1}`) : null, element("br"), one.words),
      ),
    ),
  );
  by("beside").textContent = besides();
  by("save").disabled = !hand || !pair.sitting;
}

function besides() {
  // The certificate's shift and each by hand, beside each other: neither corrects the other.
  const ours = lays.find((one) => one.id === "certificate");
  const hands = lays.filter((one) => !["filed", "certificate"].includes(one.id));
  if (!ours || !hands.length) return "";
  return hands.map((one) => `${one.name} and the certificate differ by ${apart(ours.lay, one.lay, registered.middle).toFixed(2)} px.`).join(" ");
}

function choose(id) {
  const found = lays.find((one) => one.id === id);
  if (!found) return;
  chosen = id;
  views.lay(found.lay);
  for (const one of by("lays").querySelectorAll("input")) one.checked = one.value === id;
  status(`${found.name}. ${found.words}`);
  announce(`${found.name}. ${found.words}`);
}

const words = ([, , right, , , down]) =>
  `The second image shows the ground ${Math.abs(down).toFixed(2)} px ${down < 0 ? "higher" : "lower"} and ${Math.abs(right).toFixed(2)} px further ${right < 0 ? "left" : "right"} than the first.`;

function nudge(right, down) {
  // The second is dragged over the first: what it shows at p is then what it showed further left or up.
  const now = lays.find((one) => one.id === chosen)?.lay || NONE;
  const round = (value) => Math.round(value * 1e6) / 1e6;
  const lay = moved(now, [-right, -down]).map(round);
  hand = { lay, words: words(lay), pairs: anchors(lay, size) };
  chosen = "hand";
  show();
  choose("hand");
}

function fitted(told, pairs) {
  hand = told && { lay: told.lay, words: `${told.words}${told.residual_px === null ? "" : ` Residual ${told.residual_px} px.`}`, pairs };
  show();
  if (hand) status(`${hand.words} Press m to lay it so, v to save it.`);
}

async function save() {
  if (!hand) return status("There is no shift by hand to save: move the second image first (n), or match points (m).");
  if (!pair.sitting) return status("Write your name, or a pseudonym, at the top of the page; then save.");
  const saving = hand;
  by("save").disabled = true;
  const told = await post("/compare/fit", { first, second, pairs: saving.pairs });
  const mine = pair.shifts.filter((one) => one.by === pair.who).at(-1);
  const about = { item: first, question: pair.question, state: "present", zoom: zoomOf(views.map) };
  const outbox = new Outbox(pair.sitting, (box) => box.waiting.length || done(box));
  outbox.add({ ...about, other: second, matches: told.matches, ...(mine ? { supersedes: mine.id } : {}) });
  outbox.add({ ...about, submitted: true });
}

let ended = null;
async function done(box) {
  if (ended === box.sitting || box.saved < 2) return;
  ended = box.sitting;
  pair = await get(`/compare/pair.json?${query}`);
  hand = null;
  chosen = pair.shifts.filter((one) => one.by === pair.who).at(-1)?.id || "filed";
  matching.forget();
  show();
  choose(chosen);
  status("The shift is saved, with your name and the time.");
  announce("The shift is saved.");
}

function shiftByHand(on = !nudging) {
  if (pair.how === "apart") return status(pair.laid);
  if (on && matching.on) match(false);
  nudging = on;
  views.dragging = on ? nudge : null;
  by("nudge").setAttribute("aria-pressed", String(on));
  if (on) status("Arrow keys move the second image by 1 px, with Shift by a tenth; or drag it. v saves, n ends.");
}

function match(on = !matching.on) {
  if (pair.how === "apart") return status(pair.laid);
  if (on) {
    shiftByHand(false);
    choose("filed");
    look("side");
    status("Put the cross on a thing in the first image and press Enter, then on the same thing in the second. Delete takes the last back.");
  }
  by("match").setAttribute("aria-pressed", String(on));
  matching.turn(on);
  if (!on && hand) choose("hand");
}

by("nudge").addEventListener("click", () => shiftByHand());
by("match").addEventListener("click", () => match());
by("save").addEventListener("click", save);

// ---- keys

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
for (const [name, [x, y]] of Object.entries(ARROWS)) {
  key(name, { ArrowLeft: "divider left", ArrowRight: "divider right" }[name] || `move the view ${name.slice(5).toLowerCase()}`, () => {
    if (matching.on) matching.move(x, y, false);
    else if (nudging) nudge(x, y);
    else if (views.mode === "swipe" && x) views.divide(views.share + 2 * x);
    else views.pan(x, y);
  });
  key(`Shift+${name}`, "move the view; a tenth of a pixel while shifting by hand", () => {
    if (matching.on) matching.move(x, y, true);
    else if (nudging) nudge(x / 10, y / 10);
    else views.pan(x, y);
  });
}
key("w", "swipe", () => look("swipe"));
key("b", "blink; again: stop, or the other image", () => (views.mode === "blink" ? views.turn() : look("blink")));
key("s", "side by side", () => look("side"));
key("+", "zoom in", () => views.zoom(0.5));
key("-", "zoom out", () => views.zoom(2));
key("0", "the whole image", () => views.whole());
key("n", "shift the second image by hand", () => shiftByHand());
key("m", "match points", () => match());
key("Enter", "mark a point, while matching", () => matching.on && matching.mark());
key("Delete", "take the last point back", () => matching.on && matching.back());
key("v", "save the shift by hand", save);
for (const number of "123456789") key(number, `lay ${number} of the list`, () => choose(lays[Number(number) - 1]?.id));

// ---- begin

by("one-caption").replaceChildren(element("span", {}, views.names[0]), element("span", { id: "second-name" }, views.names[1]));
by("two-caption").textContent = views.names[1];
show();
look(pair.how === "apart" ? "side" : "swipe");
views.whole();
const latest = pair.shifts.filter((one) => one.by === pair.who).at(-1) || pair.shifts.at(-1);
if (latest) choose(latest.id);
else status(pair.laid);
if (pair.how === "apart") by("certificate").textContent = "They have no ground in common.";
else
  certificate(by("certificate"), { first, second, query, gsd: pair.first.gsd }, (told) => {
    registered = told;
    show();
  });
document.body.dataset.ready = "yes";
