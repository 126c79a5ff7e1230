// What the methods say of the marks so far, and keeping a question as a measure.

import { answer, trouble } from "/static/answer.js";
import { element, post } from "/static/shell.js";
import { $, asked, bench, number, told } from "/screens/match/bench.js";
import { withdraw } from "/screens/match/pairs.js";
import { draw, showPairs } from "/screens/match/showing.js";
import { lineOf, scales, worst } from "/screens/match/words.js";

let turn = 0;
export async function askCamera() {
  if (told.above) return;
  const mineIs = ++turn;
  $("lens").textContent = bench.state.lens;
  const box = $("camera");
  if (bench.state.pairs.length < 4) {
    bench.camera = null;
    box.replaceChildren(element("p", {}, `${bench.state.pairs.length} of at least 4 pairs. Choose things far apart in the photo, near and far.`));
    box.dataset.pairs = String(bench.state.pairs.length);
    draw();
    return;
  }
  box.setAttribute("aria-busy", "true");
  let made;
  const first = !bench.camera?.drawing;
  try {
    const found = await post("/match/camera", asked());
    if (mineIs !== turn) return;
    bench.camera = found;
    made = answer(found, ...[worst(found), ...scales(found)].filter(Boolean).map((text) => element("p", {}, text)));
  } catch (error) {
    if (mineIs !== turn) return;
    bench.camera = null;
    made = trouble(error);
  }
  box.removeAttribute("aria-busy");
  box.replaceChildren(made);
  box.dataset.pairs = String(bench.state.pairs.length);
  draw();
  showPairs();
  if (first && bench.camera?.drawing?.shapes) bench.ground.near();
}

let shadowTurn = 0;
export async function askShadow() {
  const mineIs = ++shadowTurn;
  const list = $("drawings");
  const form = Object.fromEntries([...$("shadow-form").elements].map((one) => [one.id, one.value.trim()]));
  $("tool-told").textContent = `Left out, ends are taken as good to ${bench.state.defaults.end} px (one standard error).`;
  if (!bench.state.drawings.length) {
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
  box.dataset.lines = String(bench.state.drawings.length);
}

export async function keep(event) {
  event.preventDefault();
  const what = event.target.dataset.keep;
  const box = document.querySelector(`[data-kept="${what}"]`);
  const form = Object.fromEntries([...$("shadow-form").elements].map((one) => [one.id, one.value.trim()]));
  box.textContent = "Measuring …";
  try {
    const kept = await post("/match/keep", { ...asked(), ...form, slope: number(form.slope), what, id: new FormData(event.target).get("id") });
    box.replaceChildren(element("p", {}, `Kept as ${kept.path}.`), kept.finding ? answer(kept.finding) : trouble(kept.error));
  } catch (error) {
    box.replaceChildren(trouble(error));
  }
}
