// Counting: every click is saved by itself; a tile is ended by its author; the whole is submitted once.

import { Cursor, describe, open, toPixel, zoomOf } from "/static/picture.js";
import { announce, connection, get, key, Outbox } from "/static/shell.js";
import { Frame, Points, SHAPES } from "/screens/count/layers.js";
import { alone } from "/screens/count/alone.js";
import { fold, isPoint, nearest, within } from "/screens/count/marks.js";

const told = JSON.parse(document.getElementById("told").textContent);
const at = (id) => document.getElementById(id);
const REACH = 24; // screen pixels around the cross or the pointer in which a mark is "the nearest"

const about = await describe(told.item);
const tiles = told.tiles.length ? told.tiles : [{ name: null, area: [0, 0, about.width, about.height] }];
const map = open("picture", about);
const frame = told.tiles.length ? new Frame(map, about) : null;
const drawn = new Points(map);
const taken = new Points(map, SHAPES.taken);
const points = new Map(); // id -> {id, x, y, tile}
const ends = new Map(); // tile -> the line that ended it
const history = [];
let tile = tiles[0];
let moving = null;
let readonly = false;

const box = new Outbox(told.sitting, show);
const cursor = new Cursor(map, about, { onmark: safely(mark), onremove: safely(remove) });

// ---- what is there

async function load() {
  const query = new URLSearchParams({ item: told.item, sitting: told.sitting });
  const waits = [...box.waiting];
  const { marks } = await get(`/api/observations?${query}`);
  const lines = new Map([...marks, ...waits, ...box.waiting].map((line) => [line.id, line]));
  for (const line of fold([...lines.values()]).values()) {
    if (isPoint(line)) {
      const [x, y] = line.points[0];
      points.set(line.id, { id: line.id, x, y, tile: line.tile ?? null });
      history.push({ what: "mark", id: line.id });
    } else {
      ends.set(line.tile ?? null, line);
      history.push({ what: "end", tile: line.tile ?? null });
    }
  }
  drawn.fill([...points.values()].map((point) => [point.id, [point.x, point.y]]));
}

// ---- saying it

const said = (more) => ({ item: told.item, question: told.question, ...more });
const here = (more) =>
  said({
    zoom: zoomOf(map), tile: tile.name, area: tile.area, independent: told.blind, checked: told.checked, ...more,
  });
const round = (value) => Math.round(value * 100) / 100;

function put([x, y], { supersedes = null } = {}) {
  const line = box.add(here({ state: "present", points: [[round(x), round(y)]], supersedes }));
  if (supersedes) drop(supersedes);
  points.set(line.id, { id: line.id, x: round(x), y: round(y), tile: tile.name });
  drawn.add(line.id, [x, y]);
  return line.id;
}

function drop(id) {
  points.delete(id);
  drawn.remove(id);
}

function withdraw(id) {
  box.add(said({ state: "withdrawn", supersedes: id }));
}

function reopen() {
  // A tile that was ended and is worked on again is not ended any more.
  const end = ends.get(tile.name);
  if (!end) return;
  withdraw(end.id);
  ends.delete(tile.name);
}

function safely(act) {
  // What the browser cannot keep is said, and nothing is drawn that was not kept.
  return (...given) => {
    try {
      return act(...given);
    } catch (error) {
      connection(`Not marked: ${error.message} ${error.saw || ""} ${error.do || ""}`);
    }
  };
}

function mark(position) {
  if (readonly) return;
  if (!within(position, tile.area, about)) {
    announce(told.tiles.length ? "Outside the tile: this belongs to another." : "Outside the picture.");
    return;
  }
  reopen();
  if (moving) {
    const from = moving;
    settle();
    const id = put(position, { supersedes: from.id });
    history.push({ what: "move", id, from });
    announce("Moved.");
  } else {
    history.push({ what: "mark", id: put(position) });
    announce(`Mark ${count()}.`);
  }
  show();
}

function remove(position) {
  if (readonly) return;
  const found = near(position);
  if (!found) return announce("No mark near.");
  reopen();
  withdraw(found.id);
  drop(found.id);
  history.push({ what: "removed", point: found });
  announce(`Removed. ${count()} on this tile.`);
  show();
}

const near = (position) =>
  nearest([...points.values()].filter((point) => point.tile === tile.name), position, REACH / zoomOf(map));

function pick(position) {
  if (readonly) return;
  if (moving) return settle();
  moving = near(position);
  if (!moving) return announce("No mark near.");
  taken.add("taken", [moving.x, moving.y]);
  at("move").setAttribute("aria-pressed", "true");
  announce("Taken. The next mark puts it.");
}

function settle() {
  moving = null;
  taken.remove("taken");
  at("move").setAttribute("aria-pressed", "false");
}

function undo() {
  if (readonly) return;
  if (moving) return settle();
  const last = history.at(-1);
  if (!last) return announce("Nothing to undo.");
  BACK[last.what](last);
  history.pop();
  announce(`Undone. ${count()} on this tile.`);
  show();
}

const BACK = {
  mark: ({ id }) => {
    visit(points.get(id)?.tile);
    reopen();
    withdraw(id);
    drop(id);
  },
  removed: ({ point }) => {
    visit(point.tile);
    reopen();
    renamed(point.id, put([point.x, point.y]));
  },
  move: ({ id, from }) => {
    visit(from.tile);
    reopen();
    renamed(from.id, put([from.x, from.y], { supersedes: id }));
  },
  end: ({ tile: name }) => {
    visit(name);
    reopen();
  },
};

function renamed(old, id) {
  // A mark that came back has a new id: what was done before with the old one is undone with the new.
  for (const one of history) if (one.id === old) one.id = id;
}

// ---- tiles

function visit(name) {
  const found = tiles.find((one) => one.name === (name ?? null));
  if (!found || found === tile) return;
  tile = found;
  look();
}

function look() {
  if (moving) settle();
  frame?.show(tile.area);
  fit();
  const [x, y, width, height] = tile.area;
  cursor.at = [x + width / 2, y + height / 2];
  cursor.layer.setVisible(false);
  show();
}

function fit() {
  if (frame) frame.fit(tile.area);
  else map.getView().fit([0, -about.height, about.width, 0]);
}

const count = () => [...points.values()].filter((point) => point.tile === tile.name).length;
const left = () => tiles.filter((one) => !ends.has(one.name));

function end(more) {
  const before = ends.get(tile.name);
  const line = box.add(here({ ...more, supersedes: before?.id ?? null }));
  ends.set(tile.name, line);
  history.push({ what: "end", tile: tile.name });
}

function next() {
  if (readonly) return;
  const state = count() ? "present" : "absent";
  const before = ends.get(tile.name);
  if (!before || before.state !== state) {
    if (before && state === "absent" && before.state !== "present") return further();
    end({ state });
  }
  further();
}

function further() {
  const place = tiles.indexOf(tile);
  const turn = [...tiles.slice(place + 1), ...tiles.slice(0, place)];
  const following = turn.find((one) => !ends.has(one.name));
  if (!following) {
    announce(told.tiles.length ? "All tiles are done. Submit with s." : "The picture is done. Submit with s.");
    show();
    return;
  }
  tile = following;
  look();
  announce(`Tile ${tiles.indexOf(tile) + 1} of ${tiles.length}.`);
}

function before() {
  const place = tiles.indexOf(tile);
  tile = tiles[(place - 1 + tiles.length) % tiles.length];
  look();
  announce(`Tile ${tiles.indexOf(tile) + 1} of ${tiles.length}.`);
}

function cannot() {
  if (readonly) return;
  if (count()) return announce("There are marks on this tile: remove them first, or end the tile with them.");
  const dialog = at("cannot-dialog");
  dialog.returnValue = "";
  dialog.showModal();
  dialog.querySelector("[name=reason]").focus();
}

at("cannot-dialog").querySelector("form").addEventListener("submit", (event) => {
  // At once, and not when the dialog has closed: the next key of a quick hand meets the tile as it is then.
  if (event.submitter?.value !== "say") return;
  const form = event.target;
  const reason = form.reason.value.trim();
  if (!reason) {
    event.preventDefault();
    return announce("Say why.");
  }
  end({ state: form.state.value, reason });
  form.reset();
  further();
});

at("cannot-dialog").addEventListener("close", () => map.getTargetElement().focus());

// ---- the end

function submit() {
  if (readonly) return;
  const open = left().length;
  const unseen = [...ends.values()].filter((line) => line.state === "not_discernible" || line.state === "obscured").length;
  const words = open
    ? `${open} of ${tiles.length} ${told.tiles.length ? "tiles are" : "pictures is"} not done. End each, or say that you cannot tell: then it can be submitted.`
    : `${points.size} marks; ${tiles.length} done${unseen ? `, on ${unseen} you could not tell` : ""}. After this others' marks are in view, and what you mark later on this picture and question is not independent.`;
  at("submit-words").textContent = words;
  const dialog = at("submit-dialog");
  dialog.querySelector("[value=submit]").hidden = open > 0;
  dialog.returnValue = "";
  dialog.showModal();
  if (open) announce(words);
}

at("submit-dialog").addEventListener("close", async (event) => {
  map.getTargetElement().focus();
  if (event.target.returnValue !== "submit" || left().length) return;
  readonly = true;
  for (const earlier of told.replaced) withdraw(earlier);
  box.add(said({ state: "present", submitted: true, independent: told.blind, checked: told.checked }));
  arrive();
});

function arrive() {
  if (box.refused.length) return connection("Not submitted: a mark could not be saved. Reload the page.");
  if (!box.waiting.length) return location.assign(told.result);
  setTimeout(arrive, 100);
}

// ---- what is shown

function show() {
  const done = tiles.length - left().length;
  const unsent = new Set(box.waiting.map((line) => line.id));
  const saved = [...points.keys()].filter((id) => !unsent.has(id)).length;
  at("here").textContent = count();
  at("all").textContent = points.size;
  at("saved").textContent = saved;
  at("waiting").textContent = box.waiting.length;
  at("progress").value = done / tiles.length;
  const ended = ends.get(tile.name);
  const state = ended ? `, ${ended.state.replace("_", " ")}` : "";
  at("position").textContent = told.tiles.length
    ? `Tile ${tiles.indexOf(tile) + 1} of ${tiles.length}${state}; ${done} done`
    : `The whole picture${state}`;
}

const cross = () => (cursor.layer.getVisible() ? cursor.at : (pointer ?? cursor.at));
let pointer = null;

map.on("click", (event) => {
  const position = toPixel(event.coordinate);
  pointer = position;
  cursor.layer.setVisible(false);
  cursor.at = position;
  safely(event.originalEvent.shiftKey ? remove : mark)(position);
});
map.getViewport().addEventListener("contextmenu", (event) => {
  event.preventDefault();
  safely(remove)(toPixel(map.getEventCoordinate(event)));
});

for (const [id, act] of [
  ["undo", undo], ["move", () => pick(cross())], ["remove", () => remove(cross())], ["cannot", cannot], ["fit", fit],
  ["back", before], ["next", next], ["submit", submit],
]) {
  at(id).addEventListener("click", () => {
    safely(act)();
    if (!document.querySelector("dialog[open]")) map.getTargetElement().focus();
  });
}

key("u", "undo", safely(undo));
key("Ctrl+z", "undo", safely(undo));
key("v", "move: take the nearest mark; the next mark puts it", () => pick(cross()));
key("Backspace", "remove the nearest mark", safely(() => remove(cross())));
key("n", "tile done, next", safely(next));
key("b", "the tile before", before);
key("t", "show the tile", fit);
key("x", "cannot tell on this tile", cannot);
key("s", "submit", submit);

if (!told.tiles.length) {
  at("next").textContent = "Picture done";
  at("back").hidden = true;
  at("fit").textContent = "Show all";
}

alone(`dateline-${told.sitting}`, (words, take) => {
  readonly = true;
  at("taken").hidden = false;
  at("taken").replaceChildren(words, " ");
  if (!take) return;
  const button = document.createElement("button");
  button.textContent = "Go on here";
  button.addEventListener("click", take);
  at("taken").append(button);
});

try {
  await load();
  tile = tiles.find((one) => !ends.has(one.name)) ?? tiles[0];
  map.once("change:size", fit);
  look();
  map.getTargetElement().focus();
  document.body.dataset.ready = "yes";
} catch (error) {
  connection(`${error.message} ${error.saw || ""} ${error.do || ""}`);
}

export { box, cursor, map, points, tiles };
export const current = () => tile;
