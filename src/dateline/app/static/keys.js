// Keys: each screen's own, listed under ?, and g with a letter for another screen.

import { element } from "/static/words.js";

const known = new Map();
let went = 0;

export function key(name, about, act) {
  // One key of this screen; `name` as KeyboardEvent.key says it, with Shift+ or Ctrl+ before it where it is meant.
  known.set(name, { about, act });
  const list = document.querySelector("#keys dl");
  list.append(element("dt", {}, element("kbd", {}, name === " " ? "Space" : name)), element("dd", {}, about));
}

function named(event) {
  const modifier = (event.ctrlKey || event.metaKey ? "Ctrl+" : "") + (event.altKey ? "Alt+" : "");
  const shift = event.shiftKey && event.key.length > 1 ? "Shift+" : "";
  return modifier + shift + event.key;
}

const typing = (target) =>
  target.closest?.("input:not([type=checkbox]):not([type=radio]):not([type=range]):not([type=button]), textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]") || event.defaultPrevented) return;
  const name = named(event);
  if (typing(event.target)) {
    if (name === "Escape") event.target.blur();
    if (!name.startsWith("Ctrl+") || name.length === 6) return;
  }
  const now = Date.now();
  if (now - went < 1500) {
    went = 0;
    const link = [...document.querySelectorAll("[data-go]")].find((one) => one.dataset.go === event.key);
    if (link) {
      event.preventDefault();
      link.click();
      return;
    }
  }
  if (name === "g") went = now;
  if (name === "?") return document.getElementById("keys").showModal();
  const found = known.get(name);
  if (found && !(event.target.closest?.("button, a, summary") && (name === "Enter" || name === " "))) {
    event.preventDefault();
    found.act(event);
  }
});

document.getElementById("keys-button").addEventListener("click", () => document.getElementById("keys").showModal());
document.querySelector("#keys dl").append(
  element("dt", {}, element("kbd", {}, "?")), element("dd", {}, "these keys"),
  element("dt", {}, element("kbd", {}, "g"), " then a letter"), element("dd", {}, "another screen"),
);
