// Match: two pictures, one cross on each; pairs, lines and what the methods say of them.

import { trouble } from "/static/answer.js";
import { announce, key, Outbox, page, post } from "/static/shell.js";
import { describe } from "/static/picture.js";
import { askCamera, askShadow, keep } from "/screens/match/answers.js";
import { $, asked, bench, told } from "/screens/match/bench.js";
import { choose, drop, mark, pasted, savePair, take, withdraw } from "/screens/match/pairs.js";
import { activate, draw, showForm, showPairs, showStep, swap } from "/screens/match/showing.js";
import { Side } from "/screens/match/side.js";
import { length, orders, words } from "/screens/match/words.js";

async function load({ fit = false } = {}) {
  bench.state = await post("/match/state", asked());
  for (const [name, one] of Object.entries(bench.state.sittings)) bench.outboxes[name] ||= new Outbox(sitting(name, one.sitting), settled);
  if (!bench.photo) await openPhoto();
  if (!told.above) openGround(fit);
  draw();
  showPairs();
  showStep();
  await Promise.all([askCamera(), askShadow()]);
}

function sitting(name, fresh) {
  // One sitting for all tabs of this browser: marks that wait in it are sent, and shown, by whichever is opened next.
  const place = `match-sitting:${page.desk}:${page.who}:${told.item}:${name}`;
  const known = localStorage.getItem(place);
  if (known) return known;
  localStorage.setItem(place, fresh);
  return fresh;
}

let waiting = false;
function settled(box) {
  // Marks lie on the disk: what the methods say of them is asked again.
  if (box.waiting.length || waiting || !bench.state) return;
  waiting = true;
  queueMicrotask(async () => {
    waiting = false;
    if (Object.values(bench.outboxes).some((one) => one.waiting.length)) return;
    await load().catch((error) => announce(error.message));
    document.body.dataset.saved = String(Object.values(bench.outboxes).reduce((sum, one) => sum + one.saved, 0));
  });
}

async function openPhoto() {
  const about = await describe(told.item);
  bench.photo = new Side("photo", about, { orientation: bench.state.orientation, onmark: mark, onactive: activate });
  const turned = { 3: "shown upside down", 6: "shown turned right", 8: "shown turned left" }[bench.state.orientation];
  $("photo-told").textContent = [`${about.width} × ${about.height} px`, turned && `${turned}, as its file says`].filter(Boolean).join(", ");
  activate(bench.photo);
}

let openedGround = "";
async function openGround(fit) {
  if (bench.state.ground_trouble) return $("start-told").replaceChildren(words(bench.state.ground_trouble), ...orders(bench.state.ground_trouble, (order) => setMap(order)));
  $("start-told").textContent = bench.state.ground ? "" : "Type where the map should lie, or paste the position of a first landmark.";
  const name = JSON.stringify(bench.state.ground && [bench.state.ground.item, bench.state.ground.width, bench.state.ground.height]);
  if (!bench.state.ground || name === openedGround) return;
  openedGround = name;
  const plain = bench.state.ground.item === "plan";
  const about = plain ? { ...bench.state.ground, levels: 0 } : await describe(bench.state.ground.item);
  $("ground").replaceChildren();
  bench.ground?.map.setTarget(null);
  bench.ground = new Side("ground", about, { plain, onmark: mark, onactive: activate });
  const square = (bench.state.ground.pixel * about.width) / 40;
  $("map-told").textContent = plain ? `plain map, north is up, squares of ${length(square)}` : `${bench.state.ground.item}`;
  draw();
  if (fit || plain) bench.ground.near();
  activate(bench.active || bench.photo);
}

function setMap(order = null) {
  bench.setup = { map: $("map").value, start: $("start").value.trim(), order, lines: $("lines")?.value || "" };
  sessionStorage.setItem(`match:${told.item}`, JSON.stringify({ map: bench.setup.map, lines: bench.setup.lines }));
  openedGround = "";
  return load({ fit: true });
}

// ---- keys and buttons

for (const [name, x, y] of [["ArrowLeft", -1, 0], ["ArrowRight", 1, 0], ["ArrowUp", 0, -1], ["ArrowDown", 0, 1]]) {
  key(name, `move the cross ${name.slice(5).toLowerCase()}, 10 screen pixels`, () => bench.active?.move(10 * x, 10 * y));
  key(`Shift+${name}`, `move the cross ${name.slice(5).toLowerCase()}, one image pixel`, () => bench.active?.step(x, y));
}
key("Enter", "mark at the cross", () => mark(bench.active));
key("F6", "the other side", swap);
key("+", "zoom in", () => bench.active.cursor.zoom(0.5));
key("-", "zoom out", () => bench.active.cursor.zoom(2));
key("0", "the whole picture", () => bench.active.whole());
key("9", "all pairs of this side", () => bench.active.near());
key("Escape", "leave the pair or line that is begun", drop);
key("Delete", "withdraw the chosen pair", () => bench.chosen && withdraw(bench.chosen));
if (!told.above) {
  key("n", "choose the next pair", () => choose(1));
  key("b", "choose the pair before", () => choose(-1));
  key("p", "paste where it lies", () => { showForm(); $("pair-text").focus(); });
  for (const [digit, name] of [["1", "pair"], ["2", "horizon"], ["3", "ground"], ["5", "north"]]) key(digit, { pair: "pairs", horizon: "a line along the horizon", ground: "a shadow on the ground: foot, top, tip", north: "a line to the north" }[name], () => take(name));
}
key("4", "a shadow from above: foot, tip", () => take("above"));

for (const button of document.querySelectorAll("[data-tool]")) button.addEventListener("click", () => take(button.dataset.tool));
$("reveal").addEventListener("click", async () => {
  bench.exact = !bench.exact;
  $("reveal").setAttribute("aria-pressed", String(bench.exact));
  $("reveal").textContent = bench.exact ? "Hide coordinates" : "Show coordinates";
  await load();
});
for (const form of document.querySelectorAll("[data-keep]")) form.addEventListener("submit", keep);
$("shadow-form").addEventListener("change", askShadow);
$("shadow-form").addEventListener("submit", (event) => event.preventDefault());
if (!told.above) {
  const saved = JSON.parse(sessionStorage.getItem(`match:${told.item}`) || "{}");
  if (saved.map && [...$("map").options].some((one) => one.value === saved.map)) $("map").value = bench.setup.map = saved.map;
  if (saved.lines && $("lines") && [...$("lines").options].some((one) => one.value === saved.lines)) $("lines").value = bench.setup.lines = saved.lines;
  $("plan-setup").hidden = bench.setup.map !== "plan";
  $("map").addEventListener("change", () => {
    $("plan-setup").hidden = $("map").value !== "plan";
    setMap();
  });
  $("set-map").addEventListener("click", () => setMap());
  $("start").addEventListener("keydown", (event) => event.key === "Enter" && (event.preventDefault(), setMap()));
  $("pair-form").addEventListener("submit", savePair);
  $("pair-drop").addEventListener("click", drop);
  $("pair-text").addEventListener("change", () => $("pair-text").value.trim() && pasted());
  const stored = JSON.parse(localStorage.getItem(`match-lens:${document.body.dataset.case}:${told.item}`) || "{}");
  $("lens-kind").value = stored.kind || "";
  $("lens-value").value = stored.value || "";
  $("lens-value").hidden = !stored.kind;
  $("cropped").value = stored.cropped || "";
  $("lens-form").addEventListener("change", () => {
    $("lens-value").hidden = !$("lens-kind").value;
    localStorage.setItem(`match-lens:${document.body.dataset.case}:${told.item}`, JSON.stringify({ kind: $("lens-kind").value, value: $("lens-value").value, cropped: $("cropped").value }));
    askCamera();
  });
  $("lens-form").addEventListener("submit", (event) => event.preventDefault());
}

load({ fit: true })
  .then(() => {
    document.body.dataset.ready = "yes";
    bench.photo.element.focus();
  })
  .catch((error) => $("step").replaceChildren(trouble(error)));
