// Why an image could not be judged: one key each, or other words.

import { element } from "/static/shell.js";

export const REASONS = [
  ["c", "cloud"],
  ["s", "snow"],
  ["h", "shadow"],
  ["r", "resolution"],
  ["n", "off-nadir"],
  ["x", "outside"],
];

export function askWhy(title, done) {
  // Opens the dialog; done(reason) when one is given. A key is one only outside the field for other words.
  const dialog = document.getElementById("why");
  const field = document.getElementById("other-reason");
  const say = (reason) => {
    dialog.close();
    done(reason);
  };
  document.getElementById("why-title").textContent = title;
  document.getElementById("reasons").replaceChildren(
    ...REASONS.map(([name, reason]) => element("button", { type: "button", onclick: () => say(reason) }, element("kbd", {}, name), ` ${reason}`)),
  );
  field.value = "";
  const words = () => (field.value.trim() ? say(field.value.trim()) : field.focus());
  document.getElementById("say-other").onclick = words;
  dialog.onkeydown = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target === field) {
      if (event.key === "Enter") {
        event.preventDefault();
        words();
      }
      return;
    }
    const found = REASONS.find(([name]) => name === event.key);
    if (found) {
      event.preventDefault();
      say(found[1]);
    }
  };
  dialog.showModal();
  dialog.querySelector("#reasons button").focus();
}
