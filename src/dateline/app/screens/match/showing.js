// What is seen: marks and arrows on both pictures, the next step in words, the form and the table of pairs.

import { announce, element } from "/static/shell.js";
import { $, bench, COLOURS, LINES } from "/screens/match/bench.js";
import { edit, withdraw } from "/screens/match/pairs.js";
import { shown } from "/screens/match/words.js";

export function activate(side) {
  bench.active = side;
  $("photo-half").classList.toggle("active", side === bench.photo);
  $("map-half")?.classList.toggle("active", side === bench.ground);
  showStep();
}

export function swap() {
  const other = bench.active === bench.photo && bench.ground ? bench.ground : bench.photo;
  other.element.focus();
  activate(other);
  announce(other === bench.photo ? "Photo" : "Map");
}

export function draw() {
  if (!bench.state || !bench.photo) return;
  bench.photo.clear();
  bench.ground?.clear();
  if (bench.state.ground?.item === "plan") bench.ground?.grid();
  for (const line of bench.state.ground?.lines || []) bench.ground?.road(line);
  const used = bench.camera?.drawing?.photo.used || [];
  for (const pair of bench.state.pairs) {
    const about = { label: pair.name ? `${pair.number} ${pair.name}` : String(pair.number), off: used[pair.number - 1] === false, chosen: pair.id === bench.chosen };
    bench.photo.pair([pair.x, pair.y], about);
    if (bench.ground && pair.map) bench.ground.pair(pair.map, about);
  }
  for (const one of bench.state.drawings) one.lines.forEach((line, at) => bench.photo.line(line, one.names[at], COLOURS[one.names[at]]));
  if (!bench.camera?.drawing) return;
  bench.camera.drawing.photo.arrows.forEach((one, at) => bench.photo.arrow(one, !used[at]));
  if (!bench.ground || !bench.camera.drawing.map) return;
  bench.camera.drawing.map.arrows.forEach((one, at) => bench.ground.arrow(one, !used[at]));
  for (const shape of bench.camera.drawing.shapes) bench.ground.shape(shape);
}

export function showStep() {
  if (!bench.state) return;
  const line = $("step");
  if (bench.tool !== "pair") {
    line.textContent = `On the photo, mark ${LINES[bench.tool].ends[bench.ends.length]}: move the cross, Enter. Escape starts again.`;
    return;
  }
  const side = bench.active === bench.ground ? "map" : "photo";
  if (bench.chosen) line.textContent = `On the ${side}: Enter moves this end of the pair to the cross, Delete withdraws the pair, Escape leaves it.`;
  else if (bench.pending.photo && bench.pending.ground) line.textContent = "Name it, then save the pair (Enter in the name).";
  else if (bench.pending.photo) line.textContent = bench.ground ? "Now the same thing on the map: move the cross, Enter. F6 changes sides; P pastes coordinates." : "Now paste where it lies (P).";
  else if (bench.pending.ground) line.textContent = "Now the same thing on the photo: move the cross, Enter.";
  else line.textContent = `${bench.state.pairs.length} pairs. Mark a thing on the photo (Enter), then on the map (F6, Enter). N chooses a pair to change it.`;
}

export function showForm() {
  $("pair-form").hidden = false;
  const d = bench.state.defaults;
  $("defaults").textContent = `Left out: a mark is taken as good to ${d.pixel_error} px, the map to ${d.map_error} m (one standard error), and the height as not known.`;
  $("pair-title").textContent = bench.chosen ? $("pair-title").textContent : "New pair";
  const have = [bench.pending.photo && "marked on the photo", bench.pending.ground && bench.pending.ground.rough].filter(Boolean);
  if (!bench.chosen && have.length) tell(have.join("; "));
}

export function showPairs() {
  const body = document.querySelector("#pairs tbody");
  if (!body || !bench.state) return;
  const rows = bench.camera?.rows || [];
  body.replaceChildren(
    ...bench.state.pairs.map((pair, at) => {
      const off = rows[at]?.residual_px;
      const classes = [pair.id === bench.chosen && "chosen", rows[at]?.used === false && "bad"].filter(Boolean).join(" ");
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

export function tell(text, ...more) {
  $("pair-told")?.replaceChildren(text, ...more);
}
