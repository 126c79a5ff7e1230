// Match: two pictures, one cross on each; pairs, lines and what the methods say of them.

import { announce, element, key, Outbox, page, post } from "/static/shell.js";
import { describe } from "/static/picture.js";
import { Side } from "/screens/match/side.js";
import { answer, length, lineOf, orders, scales, shown, trouble, words, worst } from "/screens/match/words.js";

const told = JSON.parse(document.getElementById("told").textContent);
const $ = (id) => document.getElementById(id);
const LINES = {
  horizon: { names: ["horizon"], ends: ["one end of the horizon", "its other end, far from the first"] },
  ground: { names: ["object", "shadow"], ends: ["the foot of the object", "its top", "the tip of its shadow"] },
  above: { names: ["shadow"], ends: ["the foot of the object", "the tip of its shadow"] },
  north: { names: ["north"], ends: ["the start of a line to the north", "its northern end"] },
};
const COLOURS = { horizon: "#56B4E9", object: "#009E73", shadow: "#E69F00", north: "#CC79A7" };
const number = (text) => (text.trim() ? Number(text.trim().replace(",", ".")) : null);

let state = null; // as the server told it last
let camera = null; // the method's last answer
let tool = told.above ? "above" : "pair";
let ends = []; // of the line that is being drawn
let pending = {}; // a pair that is being made: { photo, ground, text }
let chosen = null; // id of the pair that is being changed
let exact = false; // whether somebody asked for coordinates
let setup = { map: "plan", start: "", order: null, lines: "" };
let photo = null;
let ground = null;
let active = null;
let outboxes = {};

// ---- asking

const asked = () => ({ item: told.item, exact, lens: lens(), ...setup });

async function load({ fit = false } = {}) {
  state = await post("/match/state", asked());
  for (const [name, one] of Object.entries(state.sittings)) outboxes[name] ||= new Outbox(sitting(name, one.sitting), settled);
  if (!photo) await openPhoto();
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
  if (box.waiting.length || waiting || !state) return;
  waiting = true;
  queueMicrotask(async () => {
    waiting = false;
    if (Object.values(outboxes).some((one) => one.waiting.length)) return;
    await load().catch((error) => announce(error.message));
    document.body.dataset.saved = String(Object.values(outboxes).reduce((sum, one) => sum + one.saved, 0));
  });
}

async function openPhoto() {
  const about = await describe(told.item);
  photo = new Side("photo", about, { orientation: state.orientation, onmark: mark, onactive: activate });
  const turned = { 3: "shown upside down", 6: "shown turned right", 8: "shown turned left" }[state.orientation];
  $("photo-told").textContent = [`${about.width} × ${about.height} px`, turned && `${turned}, as its file says`].filter(Boolean).join(", ");
  activate(photo);
}

let openedGround = "";
async function openGround(fit) {
  if (state.ground_trouble) return $("start-told").replaceChildren(words(state.ground_trouble), ...orders(state.ground_trouble, (order) => setMap(order)));
  $("start-told").textContent = state.ground ? "" : "Type where the map should lie, or paste the position of a first landmark.";
  const name = JSON.stringify(state.ground && [state.ground.item, state.ground.width, state.ground.height]);
  if (!state.ground || name === openedGround) return;
  openedGround = name;
  const plain = state.ground.item === "plan";
  const about = plain ? { ...state.ground, levels: 0 } : await describe(state.ground.item);
  $("ground").replaceChildren();
  ground?.map.setTarget(null);
  ground = new Side("ground", about, { plain, onmark: mark, onactive: activate });
  const square = (state.ground.pixel * about.width) / 40;
  $("map-told").textContent = plain ? `plain map, north is up, squares of ${length(square)}` : `${state.ground.item}`;
  draw();
  if (fit || plain) ground.near();
  activate(active || photo);
}

// ---- marking

function activate(side) {
  active = side;
  $("photo-half").classList.toggle("active", side === photo);
  $("map-half")?.classList.toggle("active", side === ground);
  showStep();
}

function swap() {
  const other = active === photo && ground ? ground : photo;
  other.element.focus();
  activate(other);
  announce(other === photo ? "Photo" : "Map");
}

async function mark(side) {
  if (tool !== "pair") return side === photo ? markEnd() : announce("Lines are drawn on the photo.");
  if (chosen) return moveEnd(side);
  if (side === photo) {
    pending.photo = { point: [...photo.at], zoom: photo.zoom };
    photo.sketch([photo.at]);
    if (!pending.ground && ground) swap();
  } else {
    const found = await placed([...ground.at]);
    if (!found) return;
    pending.ground = found;
    ground.sketch([ground.at]);
    if (!pending.photo) swap();
  }
  showForm();
  showStep();
  if (pending.photo && pending.ground) $("pair-name").focus();
}

async function placed(point) {
  try {
    return await post("/match/place", { ...asked(), point });
  } catch (error) {
    announce(words(error));
    $("pair-told").textContent = words(error);
    return null;
  }
}

async function moveEnd(side) {
  const pair = state.pairs.find((one) => one.id === chosen);
  const old = await mine(pair.id);
  const match = { ...old.matches[0] };
  if (side === photo) [match.x, match.y] = photo.at;
  else {
    const found = await placed([...ground.at]);
    if (!found) return;
    Object.assign(match, { lon: found.lon, lat: found.lat });
  }
  replace(old, { matches: [match], zoom: photo.zoom });
  announce(`Pair ${pair.number} moved`);
}

async function mine(id) {
  // One's own mark as it was written: positions are fetched only to be written again.
  const found = await fetch(`/api/observations?item=${encodeURIComponent(told.item)}`, { headers: { Accept: "application/json" } });
  return (await found.json()).marks.find((one) => one.id === id);
}

function replace(old, changed) {
  const name = old.line_names?.length ? "shadow" : "landmarks";
  const { schema, by, at, id, tool: _tool, image_sha256, sitting, independent, ...rest } = old;
  const whole = outboxes[name].add({ ...rest, ...changed, supersedes: id });
  if (chosen === id) chosen = whole.id;
}

async function savePair(event) {
  event.preventDefault();
  const errors = { height: number($("pair-height").value), pixel_error: number($("pair-pixel").value), map_error: number($("pair-map").value) };
  const wrong = Object.values(errors).some((value) => Number.isNaN(value)) || errors.pixel_error <= 0 && errors.pixel_error !== null || errors.map_error <= 0 && errors.map_error !== null;
  if (wrong) return tell("Heights and errors are numbers, errors above 0; left out they are not known.");
  const name = $("pair-name").value.trim();
  if (chosen) {
    const old = await mine(chosen);
    const match = { ...old.matches[0], ...errors, name: name || null };
    if ($("pair-text").value.trim()) {
      const found = pending.ground || (await pasted());
      if (!found) return;
      Object.assign(match, { lon: found.lon, lat: found.lat });
    }
    replace(old, { matches: [match] });
    return drop();
  }
  if (!pending.ground && $("pair-text").value.trim()) pending.ground = await pasted();
  if (!pending.photo) return tell("Mark it on the photo first.");
  if (!pending.ground) return tell("Mark it on the map, or paste where it lies.");
  const { lon, lat } = pending.ground;
  const [x, y] = pending.photo.point;
  outboxes.landmarks.add({
    item: told.item, question: state.sittings.landmarks.question, state: "present", independent: true, zoom: pending.photo.zoom,
    ...(setup.map === "plan" ? {} : { other: setup.map }),
    matches: [{ x, y, lon, lat, ...(name ? { name } : {}), ...errors }],
  });
  drop();
  photo.element.focus();
}

function tell(text, ...more) {
  $("pair-told")?.replaceChildren(text, ...more);
}

async function pasted(order = null) {
  $("pair-order").hidden = true;
  try {
    const found = await post("/match/place", { item: told.item, text: $("pair-text").value, order });
    tell(`${found.rough}. Read as ${found.notes.join("; ")}.`);
    pending.ground = found;
    return found;
  } catch (error) {
    tell(words(error));
    $("pair-order").hidden = error.code !== "ambiguous-order";
    $("pair-order").replaceChildren(...orders(error, (one) => pasted(one).then(() => $("pair-name").focus())));
    return null;
  }
}

function drop() {
  pending = {};
  chosen = null;
  for (const side of [photo, ground]) side?.sketch([]);
  $("pair-form")?.reset();
  tell("");
  if ($("pair-form")) $("pair-form").hidden = true;
  if ($("pair-order")) $("pair-order").hidden = true;
  ends = [];
  draw();
  showPairs();
  showStep();
}

async function withdraw(id) {
  const old = await mine(id);
  if (!old) return;
  const name = old.line_names?.length ? "shadow" : "landmarks";
  outboxes[name].add({ item: told.item, question: old.question, state: "withdrawn", supersedes: id });
  if (chosen === id) drop();
  announce("Withdrawn");
}

function choose(step) {
  if (!state.pairs.length) return;
  const at = chosen ? state.pairs.findIndex((one) => one.id === chosen) + step : 0;
  edit(state.pairs[(at + state.pairs.length) % state.pairs.length].id);
}

function edit(id) {
  chosen = id;
  pending = {};
  const pair = state.pairs.find((one) => one.id === id);
  showForm();
  $("pair-name").value = pair.name;
  $("pair-height").value = pair.height ?? "";
  $("pair-pixel").value = pair.pixel_error ?? "";
  $("pair-map").value = pair.map_error ?? "";
  $("pair-title").textContent = `Pair ${pair.number}: change it`;
  photo.cursor.set([pair.x, pair.y]);
  if (ground && pair.map) ground.cursor.set(pair.map);
  announce(`Pair ${pair.number}, ${pair.name || "no name"}. Enter on a side moves that end, Delete withdraws it`);
  draw();
  showPairs();
  showStep();
}

// ---- lines

function markEnd() {
  ends.push([...photo.at]);
  const asks = LINES[tool].ends;
  photo.sketch(ends);
  if (ends.length < asks.length) return showStep();
  const error = number($("end").value);
  const lines = tool === "ground" ? [[ends[0], ends[1]], [ends[0], ends[2]]] : [ends];
  outboxes.shadow.add({
    item: told.item, question: state.sittings.shadow.question, state: "present", independent: true, zoom: photo.zoom,
    lines, line_names: LINES[tool].names, ...(error > 0 ? { pixel_error: error } : {}),
  });
  ends = [];
  photo.sketch([]);
  showStep();
}

function take(name) {
  tool = name;
  for (const button of document.querySelectorAll("[data-tool]")) button.setAttribute("aria-pressed", String(button.dataset.tool === name));
  if ($("pairs-section")) $("pairs-section").hidden = name !== "pair";
  $("shadow-section").hidden = name === "pair";
  drop();
  if (name !== "pair") {
    photo.element.focus();
    activate(photo);
    askShadow();
  }
}

// ---- showing

function draw() {
  if (!state || !photo) return;
  photo.clear();
  ground?.clear();
  if (state.ground?.item === "plan") ground?.grid();
  for (const line of state.ground?.lines || []) ground?.road(line);
  const used = camera?.drawing?.photo.used || [];
  for (const pair of state.pairs) {
    const about = { label: pair.name ? `${pair.number} ${pair.name}` : String(pair.number), off: used[pair.number - 1] === false, chosen: pair.id === chosen };
    photo.pair([pair.x, pair.y], about);
    if (ground && pair.map) ground.pair(pair.map, about);
  }
  for (const one of state.drawings) one.lines.forEach((line, at) => photo.line(line, one.names[at], COLOURS[one.names[at]]));
  if (!camera?.drawing) return;
  camera.drawing.photo.arrows.forEach((one, at) => photo.arrow(one, !used[at]));
  if (!ground || !camera.drawing.map) return;
  camera.drawing.map.arrows.forEach((one, at) => ground.arrow(one, !used[at]));
  for (const shape of camera.drawing.shapes) ground.shape(shape);
}

function showStep() {
  if (!state) return;
  const line = $("step");
  if (tool !== "pair") {
    line.textContent = `On the photo, mark ${LINES[tool].ends[ends.length]}: move the cross, Enter. Escape starts again.`;
    return;
  }
  const side = active === ground ? "map" : "photo";
  if (chosen) line.textContent = `On the ${side}: Enter moves this end of the pair to the cross, Delete withdraws the pair, Escape leaves it.`;
  else if (pending.photo && pending.ground) line.textContent = "Name it, then save the pair (Enter in the name).";
  else if (pending.photo) line.textContent = ground ? "Now the same thing on the map: move the cross, Enter. F6 changes sides; P pastes coordinates." : "Now paste where it lies (P).";
  else if (pending.ground) line.textContent = "Now the same thing on the photo: move the cross, Enter.";
  else line.textContent = `${state.pairs.length} pairs. Mark a thing on the photo (Enter), then on the map (F6, Enter). N chooses a pair to change it.`;
}

function showForm() {
  $("pair-form").hidden = false;
  const d = state.defaults;
  $("defaults").textContent = `Left out: a mark is taken as good to ${d.pixel_error} px, the map to ${d.map_error} m (one standard error), and the height as not known.`;
  $("pair-title").textContent = chosen ? $("pair-title").textContent : "New pair";
  const have = [pending.photo && "marked on the photo", pending.ground && pending.ground.rough].filter(Boolean);
  if (!chosen && have.length) tell(have.join("; "));
}

function showPairs() {
  const body = document.querySelector("#pairs tbody");
  if (!body || !state) return;
  const rows = camera?.rows || [];
  body.replaceChildren(
    ...state.pairs.map((pair, at) => {
      const off = rows[at]?.residual_px;
      const classes = [pair.id === chosen && "chosen", rows[at]?.used === false && "bad"].filter(Boolean).join(" ");
      return element(
        "tr", { class: classes },
        element("td", {}, String(pair.number)),
        element("td", {}, pair.name || "no name", element("small", {}, pair.where)),
        element("td", {}, off === undefined || off === null ? "" : shown(off), rows[at]?.used === false ? element("small", {}, "left out") : null),
        element("td", {}, element("span", { class: "bar" },
          element("button", { type: "button", "aria-label": `Change pair ${pair.number}`, onclick: () => edit(pair.id) }, "Edit"),
          element("button", { type: "button", "aria-label": `Withdraw pair ${pair.number}`, title: "Withdraw", onclick: () => withdraw(pair.id) }, "×"))),
      );
    }),
  );
}

function lens() {
  const kind = $("lens-kind")?.value;
  const value = number($("lens-value")?.value || "");
  return { ...(kind && value ? { [kind]: value } : {}), ...($("cropped")?.value ? { cropped: $("cropped").value } : {}) };
}

let turn = 0;
async function askCamera() {
  if (told.above) return;
  const mineIs = ++turn;
  $("lens").textContent = state.lens;
  const box = $("camera");
  if (state.pairs.length < 4) {
    camera = null;
    box.replaceChildren(element("p", {}, `${state.pairs.length} of at least 4 pairs. Choose things far apart in the photo, near and far.`));
    box.dataset.pairs = String(state.pairs.length);
    draw();
    return;
  }
  box.setAttribute("aria-busy", "true");
  let made;
  const first = !camera?.drawing;
  try {
    const found = await post("/match/camera", asked());
    if (mineIs !== turn) return;
    camera = found;
    made = answer(found, { scales: scales(found), worst: worst(found) });
  } catch (error) {
    if (mineIs !== turn) return;
    camera = null;
    made = trouble(error);
  }
  box.removeAttribute("aria-busy");
  box.replaceChildren(made);
  box.dataset.pairs = String(state.pairs.length);
  draw();
  showPairs();
  if (first && camera?.drawing?.shapes) ground.near();
}

let shadowTurn = 0;
async function askShadow() {
  const mineIs = ++shadowTurn;
  const list = $("drawings");
  const form = Object.fromEntries([...$("shadow-form").elements].map((one) => [one.id, one.value.trim()]));
  $("tool-told").textContent = `Left out, ends are taken as good to ${state.defaults.end} px (one standard error).`;
  if (!state.drawings.length) {
    $("shadow").removeAttribute("aria-busy");
    list.replaceChildren();
    $("shadow").replaceChildren();
    return;
  }
  const box = $("shadow");
  box.setAttribute("aria-busy", "true");
  try {
    const found = await post("/match/shadow", { ...asked(), ...form, slope: number(form.slope) });
    if (mineIs !== shadowTurn) return;
    list.replaceChildren(...found.lines.map((one) => lineOf(one, withdraw)));
    box.replaceChildren(...(found.finding ? [answer(found.finding)] : []), ...(found.figure ? [element("img", { class: "figure", src: found.figure, alt: "The sun through the day or over the Earth, and the band that the shadow allows" })] : []));
  } catch (error) {
    if (mineIs !== shadowTurn) return;
    box.replaceChildren(trouble(error));
  }
  box.removeAttribute("aria-busy");
  box.dataset.lines = String(state.drawings.length);
}

async function keep(event) {
  event.preventDefault();
  const what = event.target.dataset.keep;
  const box = document.querySelector(`[data-kept="${what}"]`);
  const form = Object.fromEntries([...$("shadow-form").elements].map((one) => [one.id, one.value.trim()]));
  box.textContent = "Measuring …";
  try {
    const kept = await post("/match/keep", { ...asked(), ...form, slope: number(form.slope), what, name: new FormData(event.target).get("name") });
    box.replaceChildren(element("p", {}, `Kept as ${kept.path}.`), kept.finding ? answer(kept.finding) : trouble(kept.error));
  } catch (error) {
    box.replaceChildren(trouble(error));
  }
}

function setMap(order = null) {
  setup = { map: $("map").value, start: $("start").value.trim(), order, lines: $("lines")?.value || "" };
  sessionStorage.setItem(`match:${told.item}`, JSON.stringify({ map: setup.map, lines: setup.lines }));
  openedGround = "";
  return load({ fit: true });
}

// ---- keys and buttons

for (const [name, x, y] of [["ArrowLeft", -1, 0], ["ArrowRight", 1, 0], ["ArrowUp", 0, -1], ["ArrowDown", 0, 1]]) {
  key(name, `move the cross ${name.slice(5).toLowerCase()}, 10 screen pixels`, () => active?.move(10 * x, 10 * y));
  key(`Shift+${name}`, `move the cross ${name.slice(5).toLowerCase()}, one image pixel`, () => active?.step(x, y));
}
key("Enter", "mark at the cross", () => mark(active));
key("F6", "the other side", swap);
key("+", "zoom in", () => active.cursor.zoom(0.5));
key("-", "zoom out", () => active.cursor.zoom(2));
key("0", "the whole picture", () => active.whole());
key("9", "all pairs of this side", () => active.near());
key("Escape", "leave the pair or line that is begun", drop);
key("Delete", "withdraw the chosen pair", () => chosen && withdraw(chosen));
if (!told.above) {
  key("n", "choose the next pair", () => choose(1));
  key("b", "choose the pair before", () => choose(-1));
  key("p", "paste where it lies", () => { showForm(); $("pair-text").focus(); });
  for (const [digit, name] of [["1", "pair"], ["2", "horizon"], ["3", "ground"], ["5", "north"]]) key(digit, { pair: "pairs", horizon: "a line along the horizon", ground: "a shadow on the ground: foot, top, tip", north: "a line to the north" }[name], () => take(name));
}
key("4", "a shadow from above: foot, tip", () => take("above"));

for (const button of document.querySelectorAll("[data-tool]")) button.addEventListener("click", () => take(button.dataset.tool));
$("reveal").addEventListener("click", async () => {
  exact = !exact;
  $("reveal").setAttribute("aria-pressed", String(exact));
  $("reveal").textContent = exact ? "Hide coordinates" : "Show coordinates";
  await load();
});
for (const form of document.querySelectorAll("[data-keep]")) form.addEventListener("submit", keep);
$("shadow-form").addEventListener("change", askShadow);
$("shadow-form").addEventListener("submit", (event) => event.preventDefault());
if (!told.above) {
  const saved = JSON.parse(sessionStorage.getItem(`match:${told.item}`) || "{}");
  if (saved.map && [...$("map").options].some((one) => one.value === saved.map)) $("map").value = setup.map = saved.map;
  if (saved.lines && $("lines") && [...$("lines").options].some((one) => one.value === saved.lines)) $("lines").value = setup.lines = saved.lines;
  $("plan-setup").hidden = setup.map !== "plan";
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
    photo.element.focus();
  })
  .catch((error) => $("step").replaceChildren(trouble(error)));
