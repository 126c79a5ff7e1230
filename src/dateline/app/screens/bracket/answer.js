// The method's answer on the page: its picture, the bracket, its own sentence, and all that it says beside it.

import { answer } from "/static/answer.js";
import { element } from "/static/shell.js";
import { timeline } from "./timeline.js";

export function show(target, told) {
  if (!told.looks) return target.replaceChildren(element("p", { class: "quiet" }, "No answer yet."));
  const width = told.width === null || told.width === undefined ? null : element("p", {}, `Width: ${told.width.toFixed(told.width < 10 ? 1 : 0)} days.`);
  target.replaceChildren(
    ...[
      told.chart && timeline(told.chart, told.bracket || told.sentence),
      told.bracket && element("p", { class: "br-bracket" }, told.bracket),
      answer(told, width),
    ].filter(Boolean),
  );
}

export function weight(row) {
  // Whether an image counts for the method, and why not.
  const pixels = row.pixels === null ? "" : `, ${row.pixels.toPrecision(2)} px across it`;
  const tested = row.measured ? `, detection ${row.detection.toPrecision(2)} tested` : "";
  const can = { capable: "could show it", marginal: "shows it now and then", incapable: "could hardly show it", unknown: "not known whether it could show it" }[row.grade];
  return `${row.counts ? "Counts" : "Does not count"}: ${can}${pixels}${tested}${row.why && !row.counts ? `; ${row.why}` : ""}.`;
}
