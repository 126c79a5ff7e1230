// The list of claims: j and k go from row to row, x ticks one, Enter opens it.

import { announce, key } from "/static/shell.js";

const rows = [...document.querySelectorAll("a.row")];
const here = () => rows.findIndex((row) => row.closest("tr").contains(document.activeElement));

function go(step) {
  if (!rows.length) return;
  const at = here();
  const row = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + step))];
  row.focus();
  row.closest("tr").scrollIntoView({ block: "nearest" });
}

function tick() {
  const at = here();
  if (at < 0) return;
  const box = rows[at].closest("tr").querySelector("input[type=checkbox]");
  box.checked = !box.checked;
  announce(`${box.value} ${box.checked ? "chosen" : "not chosen"}`);
}

const press = (id) => document.getElementById(id)?.click();

key("j", "the next claim", () => go(1));
key("k", "the claim before", () => go(-1));
key("Enter", "open the claim", () => rows[here()]?.click());
key("x", "choose the claim, or not", tick);
key("o", "count the origins of those chosen", () => press("count"));
key("/", "search", () => document.getElementById("search").focus());
key("n", "a new claim", () => press("new"));
key("]", "the later page", () => press("later"));
key("[", "the earlier page", () => press("earlier"));
