// The result of a question: the bracket of all looks in view, and what each image weighs.

import { trouble } from "/static/answer.js";
import { get } from "/static/shell.js";
import { show, weight } from "./answer.js";
import { fill } from "./glyphs.js";

fill();
const target = document.getElementById("live");
if (target) {
  try {
    const told = await get(`/bracket/result/answer?${document.getElementById("result").dataset.address}`);
    show(target, told);
    const rows = new Map((told.rows || []).map((row) => [row.image, row]));
    for (const cell of document.querySelectorAll("[data-row]")) {
      const row = rows.get(cell.dataset.row);
      cell.textContent = row ? weight(row) : "Left out: its day is not known, or its picture stands under another name.";
    }
  } catch (error) {
    target.replaceChildren(trouble(error));
  }
}
