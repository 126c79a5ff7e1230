// The registration certificate: asked for at once, waited for with its progress, shown with what limits it.

import { element, get, post } from "/static/shell.js";

const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

export async function certificate(box, { first, second, query, gsd }, ondone) {
  const bar = element("progress", { max: "1", value: "0", "aria-label": "Registration" });
  box.replaceChildren(element("p", {}, "The two are being registered."), bar);
  let told;
  try {
    told = await post("/compare/certificate", { first, second });
    for (let pause = 150; told.state === "running"; pause = Math.min(1000, 1.5 * pause)) {
      bar.value = told.progress;
      await wait(pause);
      told = await get(`/compare/certificate.json?${query}`);
    }
  } catch (error) {
    told = { state: "refused", error: { what: error.message, saw: error.saw || "", do: error.do || "" } };
  }
  box.replaceChildren(...(told.state === "done" ? accepted(told, gsd) : refused(told.error)));
  box.dataset.state = told.state;
  ondone(told);
}

const metres = (pixels, gsd) => (gsd ? `, ${(pixels * gsd).toFixed(2)} m` : "");

function accepted(told, gsd) {
  const { figures } = told;
  const [down, right] = told.shift_px;
  const rows = [
    ["Result", told.good ? "accepted" : "accepted, with a residual over half a pixel"],
    ["Shift", `${down.toFixed(2)} rows, ${right.toFixed(2)} columns [px]${metres(Math.hypot(down, right), gsd)}`],
    ["Residual", `${told.residual_px.toFixed(2)} px${told.residual_m === null ? "" : `, ${told.residual_m.toFixed(2)} m`}`],
    ["Tie points", `${figures.tie_points} of ${figures.windows_tried} windows agree`],
    ["Correlation", figures.correlation.toFixed(2)],
    ["Second method", differs(figures.second_method_difference_px)],
    ["There and back", differs(figures.forward_backward_px)],
    ["Put-in shift", differs(figures.injected_shift_error_px)],
  ];
  const list = element("dl", {}, ...rows.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
  const thinned = told.thinned ? `Found on both images thinned to one of ${2 ** told.level} pixels.` : null;
  const limits = [...(told.good ? [] : ["A difference at an edge may be the displacement, not a change."]), ...told.reasons];
  return [element("p", { id: "certificate-words" }, told.words), list, ...limits.map((text) => element("p", { class: "cmp-note" }, text)), thinned && element("p", {}, thinned)].filter(Boolean);
}

const differs = (value) => (value === null ? "could not be tried" : `off by ${value.toFixed(2)} px`);

function refused(error) {
  return [element("p", { class: "answer refused" }, element("b", {}, "Refused. "), error.what), element("p", {}, error.saw), element("p", {}, error.do)];
}
