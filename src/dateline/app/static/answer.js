// The answer of a method, or why there is none, as elements: text is text. As the macros of asking.html.j2.

import { element } from "/static/words.js";

export function answer(told, ...more) {
  // told: as asking.as_json() has it. more: elements of the screen itself, beside the sentence.
  const estimates = Object.entries(told.estimates).flatMap(([name, text]) => [element("dt", {}, name.replaceAll("_", " ")), element("dd", {}, text)]);
  return element(
    "div",
    { class: `answer${told.refused ? " refused" : ""}`, "data-result": told.result },
    told.simulated ? element("p", {}, element("strong", {}, "SIMULATED")) : null,
    element("p", { class: "quiet" }, told.result),
    element("p", { class: "sentence", dir: "auto" }, told.sentence),
    ...more,
    estimates.length ? element("dl", {}, ...estimates) : null,
    list("Why", told.reasons),
    list("Would tell more", told.needed),
    list("Caveats", told.caveats.map(({ code, text }) => `${text} (${code})`)),
  );
}

function list(title, texts) {
  if (!texts.length) return null;
  const rows = texts.map((text) => element("li", {}, text));
  return element("details", { open: title === "Caveats" || texts.length < 3 }, element("summary", {}, `${title} (${texts.length})`), element("ul", { class: "caveats" }, ...rows));
}

export function trouble(error) {
  return element(
    "div",
    { class: "answer refused" },
    element("p", {}, element("b", {}, error.what || error.message)),
    error.saw ? element("p", {}, error.saw) : null,
    error.do ? element("p", {}, error.do) : null,
    ...(error.faults || []).map((one) => element("p", { class: "quiet" }, `${one.key}: found ${one.found}; ${one.valid}`)),
    error.code ? element("p", { class: "quiet" }, error.code) : null,
  );
}
