// Marking: pairs on both pictures and lines on the photo, made, changed and withdrawn.

import { announce, post } from "/static/shell.js";
import { askShadow } from "/screens/match/answers.js";
import { $, asked, bench, LINES, number, told } from "/screens/match/bench.js";
import { activate, draw, showForm, showPairs, showStep, swap, tell } from "/screens/match/showing.js";
import { orders, words } from "/screens/match/words.js";

export async function mark(side) {
  if (bench.tool !== "pair") return side === bench.photo ? markEnd() : announce("Lines are drawn on the photo.");
  if (bench.chosen) return moveEnd(side);
  if (side === bench.photo) {
    bench.pending.photo = { point: [...bench.photo.at], zoom: bench.photo.zoom };
    bench.photo.sketch([bench.photo.at]);
    if (!bench.pending.ground && bench.ground) swap();
  } else {
    const found = await placed([...bench.ground.at]);
    if (!found) return;
    bench.pending.ground = found;
    bench.ground.sketch([bench.ground.at]);
    if (!bench.pending.photo) swap();
  }
  showForm();
  showStep();
  if (bench.pending.photo && bench.pending.ground) $("pair-name").focus();
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
  const pair = bench.state.pairs.find((one) => one.id === bench.chosen);
  const old = await mine(pair.id);
  const match = { ...old.matches[0] };
  if (side === bench.photo) [match.x, match.y] = bench.photo.at;
  else {
    const found = await placed([...bench.ground.at]);
    if (!found) return;
    Object.assign(match, { lon: found.lon, lat: found.lat });
  }
  replace(old, { matches: [match], zoom: bench.photo.zoom });
  announce(`Pair ${pair.number} moved`);
}

async function mine(id) {
  // One's own mark as it was written: positions are fetched only to be written again.
  const found = await fetch(`/api/observations?exact=yes&item=${encodeURIComponent(told.item)}`, { headers: { Accept: "application/json" } });
  return (await found.json()).marks.find((one) => one.id === id);
}

function replace(old, changed) {
  const name = old.line_names?.length ? "shadow" : "landmarks";
  const { schema, by, at, id, tool: _tool, image_sha256, sitting, independent, ...rest } = old;
  const whole = bench.outboxes[name].add({ ...rest, ...changed, supersedes: id });
  if (bench.chosen === id) bench.chosen = whole.id;
}

export async function savePair(event) {
  event.preventDefault();
  const errors = { height: number($("pair-height").value), pixel_error: number($("pair-pixel").value), map_error: number($("pair-map").value) };
  const wrong = Object.values(errors).some((value) => Number.isNaN(value)) || errors.pixel_error <= 0 && errors.pixel_error !== null || errors.map_error <= 0 && errors.map_error !== null;
  if (wrong) return tell("Heights and errors are numbers, errors above 0; left out they are not known.");
  const name = $("pair-name").value.trim();
  if (bench.chosen) {
    const old = await mine(bench.chosen);
    const match = { ...old.matches[0], ...errors, name: name || null };
    if ($("pair-text").value.trim()) {
      const found = bench.pending.ground || (await pasted());
      if (!found) return;
      Object.assign(match, { lon: found.lon, lat: found.lat });
    }
    replace(old, { matches: [match] });
    return drop();
  }
  if (!bench.pending.ground && $("pair-text").value.trim()) bench.pending.ground = await pasted();
  if (!bench.pending.photo) return tell("Mark it on the photo first.");
  if (!bench.pending.ground) return tell("Mark it on the map, or paste where it lies.");
  const { lon, lat } = bench.pending.ground;
  const [x, y] = bench.pending.photo.point;
  bench.outboxes.landmarks.add({
    item: told.item, question: bench.state.sittings.landmarks.question, state: "present", independent: true, zoom: bench.pending.photo.zoom,
    ...(bench.setup.map === "plan" ? {} : { other: bench.setup.map }),
    matches: [{ x, y, lon, lat, ...(name ? { name } : {}), ...errors }],
  });
  drop();
  bench.photo.element.focus();
}

export async function pasted(order = null) {
  $("pair-order").hidden = true;
  try {
    const found = await post("/match/place", { item: told.item, text: $("pair-text").value, order });
    tell(`${found.rough}. Read as ${found.notes.join("; ")}.`);
    bench.pending.ground = found;
    return found;
  } catch (error) {
    tell(words(error));
    $("pair-order").hidden = error.code !== "ambiguous-order";
    $("pair-order").replaceChildren(...orders(error, (one) => pasted(one).then(() => $("pair-name").focus())));
    return null;
  }
}

export function drop() {
  bench.pending = {};
  bench.chosen = null;
  for (const side of [bench.photo, bench.ground]) side?.sketch([]);
  $("pair-form")?.reset();
  tell("");
  if ($("pair-form")) $("pair-form").hidden = true;
  if ($("pair-order")) $("pair-order").hidden = true;
  bench.ends = [];
  draw();
  showPairs();
  showStep();
}

export async function withdraw(id) {
  const old = await mine(id);
  if (!old) return;
  const name = old.line_names?.length ? "shadow" : "landmarks";
  bench.outboxes[name].add({ item: told.item, question: old.question, state: "withdrawn", supersedes: id });
  if (bench.chosen === id) drop();
  announce("Withdrawn");
}

export function choose(step) {
  if (!bench.state.pairs.length) return;
  const at = bench.chosen ? bench.state.pairs.findIndex((one) => one.id === bench.chosen) + step : 0;
  edit(bench.state.pairs[(at + bench.state.pairs.length) % bench.state.pairs.length].id);
}

export function edit(id) {
  bench.chosen = id;
  bench.pending = {};
  const pair = bench.state.pairs.find((one) => one.id === id);
  showForm();
  $("pair-name").value = pair.name;
  $("pair-height").value = pair.height ?? "";
  $("pair-pixel").value = pair.pixel_error ?? "";
  $("pair-map").value = pair.map_error ?? "";
  $("pair-title").textContent = `Pair ${pair.number}: change it`;
  bench.photo.cursor.set([pair.x, pair.y]);
  if (bench.ground && pair.map) bench.ground.cursor.set(pair.map);
  announce(`Pair ${pair.number}, ${pair.name || "no name"}. Enter on a side moves that end, Delete withdraws it`);
  draw();
  showPairs();
  showStep();
}

function markEnd() {
  bench.ends.push([...bench.photo.at]);
  const asks = LINES[bench.tool].ends;
  bench.photo.sketch(bench.ends);
  if (bench.ends.length < asks.length) return showStep();
  const error = number($("end").value);
  const lines = bench.tool === "ground" ? [[bench.ends[0], bench.ends[1]], [bench.ends[0], bench.ends[2]]] : [bench.ends];
  bench.outboxes.shadow.add({
    item: told.item, question: bench.state.sittings.shadow.question, state: "present", independent: true, zoom: bench.photo.zoom,
    lines, line_names: LINES[bench.tool].names, ...(error > 0 ? { pixel_error: error } : {}),
  });
  bench.ends = [];
  bench.photo.sketch([]);
  showStep();
}

export function take(name) {
  bench.tool = name;
  for (const button of document.querySelectorAll("[data-tool]")) button.setAttribute("aria-pressed", String(button.dataset.tool === name));
  if ($("pairs-section")) $("pairs-section").hidden = name !== "pair";
  $("shadow-section").hidden = name === "pair";
  drop();
  if (name !== "pair") {
    bench.photo.element.focus();
    activate(bench.photo);
    askShadow();
  }
}
