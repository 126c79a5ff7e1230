// Files are sent one after the other, each with its own date and with what is said of all of them.

import { announce, element, get, key, page } from "/static/shell.js";

const form = document.getElementById("take");
const file = document.getElementById("file");
const queue = document.getElementById("queue");
const most = Number(form.dataset.most);
let files = [];
const kept = [];

file.multiple = true;
file.addEventListener("change", () => choose([...file.files]));

const drop = document.getElementById("drop");
for (const name of ["dragover", "drop", "dragleave"]) {
  form.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.toggle("over", name === "dragover");
    if (name === "drop") choose([...event.dataTransfer.files]);
  });
}

function choose(chosen) {
  // One file: its date is asked below. Several: each has a line of its own.
  files = chosen.map((one) => ({ file: one, taken: document.getElementById("taken"), status: null }));
  queue.hidden = files.length < 2;
  document.getElementById("dates").hidden = files.length > 1;
  queue.replaceChildren(...(files.length < 2 ? [] : files.map(line)));
  file.required = false;
  document.getElementById("drop-hint").textContent = files.map((one) => one.file.name).join(", ") || "Nothing is chosen.";
  announce(`${files.length} ${files.length === 1 ? "file" : "files"} chosen`);
}

function line(one, at) {
  const told = element("div", { class: "readings", "aria-live": "polite" });
  one.taken = element("input", { autocomplete: "off", placeholder: "2023-10-01, late August 2023, not known", "aria-label": `When ${one.file.name} was taken`, id: `taken-${at}` });
  one.status = element("div", { class: "told", role: "status" });
  resolve(one.taken, told);
  return element("li", {}, element("div", { class: "what" }, one.file.name, " ", element("span", { class: "quiet" }, size(one.file.size))), element("div", {}, one.taken, told), one.status);
}

const size = (bytes) => (bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

function resolve(input, target) {
  // How a phrase is read, as it is typed; every reading where there are several.
  let asked = 0;
  const look = async () => {
    const turn = ++asked;
    const phrase = input.value.trim();
    if (!phrase || ["not known", "unknown", "?", "-"].includes(phrase.toLowerCase())) return target.replaceChildren(phrase ? "not known" : "");
    try {
      const told = await get(`/archive/when?${new URLSearchParams({ phrase, given: form.elements.given.value })}`);
      if (turn === asked) target.replaceChildren(...readings(told.readings, input, look));
    } catch (error) {
      if (turn === asked) target.replaceChildren(element("span", { class: "quiet" }, `${error.message} ${error.do || ""}`));
    }
  };
  let waiting = 0;
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(look, 200);
  });
  form.elements.given.addEventListener("change", look);
}

function readings(found, input, look) {
  if (found.length === 1) return [element("span", {}, `read as: ${found[0].words} (${found[0].edtf})`)];
  const choose = (one) => () => {
    input.value = one.edtf.replaceAll("~", "");
    input.focus();
    look();
  };
  return [element("p", { class: "hint" }, "Which is meant?"), ...found.map((one) => element("button", { type: "button", onclick: choose(one) }, `${one.words} (${one.edtf})`))];
}

resolve(document.getElementById("taken"), document.getElementById("taken-readings"));

form.addEventListener("submit", async (event) => {
  if (!files.length) return;
  event.preventDefault();
  const send = document.getElementById("send");
  send.disabled = true;
  const waiting = files.filter((one) => !one.done);
  let refused = 0;
  for (const [at, one] of waiting.entries()) {
    say(`${one.file.name} …`);
    try {
      const told = await take(one, (share) => say(`${at + 1} of ${waiting.length}, ${one.file.name}: ${Math.round(100 * share)} %`, true));
      one.done = true;
      kept.push(told);
      mark(one, "good", `${told.new ? "taken in as" : "it was there already, and what you wrote here was not added:"} ${told.item} (${told.kind})${told.notes.length ? `; ${told.notes.join("; ")}` : ""}`);
    } catch (error) {
      refused += 1;
      mark(one, "bad", `${error.what} Seen: ${error.saw} To do: ${error.do}`);
    }
  }
  send.disabled = false;
  say(files.length > 1 ? `${waiting.length - refused} taken in, ${refused} refused` : document.getElementById("progress").textContent);
  next();
});

function mark(one, sort, text) {
  if (one.status) one.status.replaceChildren(element("span", { class: sort }, text));
  else say(text, false, sort);
  announce(text);
}

function say(text, quiet = false, sort = "") {
  const shown = document.getElementById("progress");
  shown.textContent = text;
  shown.className = sort === "bad" ? "warned" : "";
  if (!quiet) announce(text);
}

function take(one, tell) {
  // XMLHttpRequest, for fetch does not say how much has gone.
  const body = new FormData(form);
  body.delete("file");
  body.set("taken", one.taken.value);
  body.append("file", one.file, one.file.name);
  return new Promise((keep, refuse) => {
    if (one.file.size > most) {
      refuse({ what: "This is larger than the app takes.", saw: size(one.file.size), do: "Use `dateline archive FILE` in a terminal." });
      return;
    }
    const asked = new XMLHttpRequest();
    asked.open("POST", "/archive");
    asked.setRequestHeader("Accept", "application/json");
    asked.upload.addEventListener("progress", (event) => tell(event.loaded / event.total));
    asked.addEventListener("load", () => {
      const told = parsed(asked.responseText);
      if (asked.status === 200 && told) keep(told);
      else refuse(told?.error || { what: asked.responseText.slice(0, 200), saw: String(asked.status), do: "" });
    });
    asked.addEventListener("error", () => refuse({ what: "The program did not take it.", saw: "the connection broke off", do: "See that it runs; send it again: nothing half is kept." }));
    asked.send(body);
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function next() {
  // What one does with pictures: two make a comparison, a place and pictures a bracket.
  const pictures = kept.filter((one) => one.picture).slice(-2);
  const place = form.elements.place.value;
  const last = pictures.at(-1);
  const link = (href, text, main) => element("a", { class: `button${main ? " main" : ""}`, href }, text);
  const asked = (told) => new URLSearchParams(told).toString();
  const links = [];
  if (last) {
    links.push(link(`/count/?${asked({ item: last.item })}`, "Count on it", pictures.length === 1));
    links.push(link(`/compare/?${asked(pictures.length > 1 ? { first: pictures[0].item, second: last.item } : { second: last.item })}`, "Compare"));
    links.push(link(`/bracket/${place ? `?${asked({ place })}` : ""}`, "Bracket", pictures.length > 1));
  }
  links.push(link("/home/", "The case"));
  document.getElementById("next").replaceChildren(...links);
  document.getElementById("after").hidden = !kept.length;
  if (kept.length) links[0].focus();
}

if (!page.who) announce("Write your name at the top first: custody says who took a file in.");
key("f", "choose files", () => file.click());
