// Marks that are never lost: they wait in this browser until the server has said that they lie on the disk.

import { Trouble, page, post } from "/static/asking.js";
import { connection, element } from "/static/words.js";

const WAITING = `dateline:${page.desk}:`;
const REFUSED = `dateline-refused:${page.desk}:`;
const boxes = new Set();
const skew = Date.parse(page.now) - Date.now();
// This browser may run on another machine than the server: marks carry the server's time.
let counted = 0;
let full = false;

const now = () => new Date(Date.now() + (Math.abs(skew) > 2000 ? skew : 0)).toISOString();
const fresh = () => Array.from(crypto.getRandomValues(new Uint8Array(7)), (byte) => byte.toString(16).padStart(2, "0")).join("");
const keyed = (start, who, sitting, id = "") => `${start}${encodeURIComponent(who)}:${sitting}:${id}`;

function stored(start) {
  // What lies in this browser under keys with this beginning, in the order in which it was made.
  try {
    const names = Object.keys(localStorage).filter((name) => name.startsWith(start));
    return names.map((name) => ({ name, ...JSON.parse(localStorage.getItem(name)) })).sort((one, other) => one.order - other.order);
  } catch {
    return [];
  }
}

function store(name, told) {
  try {
    localStorage.setItem(name, JSON.stringify(told));
    if (full) connection("");
    full = false;
  } catch (error) {
    full = true;
    const trouble = new Trouble(0, {
      what: "This browser cannot keep the mark, so it was not made.",
      saw: error.name,
      do: "Allow this page to store data, or make room: close other work of this browser. Marks made before are safe.",
      code: "storage",
    });
    connection(`${trouble.what} ${trouble.do}`);
    throw trouble;
  }
}

function forget(name) {
  try {
    localStorage.removeItem(name);
  } catch {
    // Where nothing can be kept there is nothing to forget.
  }
}

export class Outbox {
  // Marks wait in this browser, each under a key of its own, until the server has said that they lie on the disk. A
  // reload, a crash of the tab or of the server loses none, and two tabs cannot overwrite each other's: what was not
  // acknowledged is sent again, by whichever page is open, and the same mark twice is one mark.
  // address: who takes them, where a screen must not name the images that it shows.
  constructor(sitting, onstate = () => {}, address = "/api/observations") {
    this.sitting = sitting;
    this.address = address;
    this.name = keyed(WAITING, page.who, sitting);
    this.onstate = onstate;
    this.saved = 0;
    this.wait = 0;
    this.singly = 0;
    this.flying = false;
    this.refused = stored(keyed(REFUSED, page.who, sitting)).map(({ mark, error }) => ({ mark, error }));
    this.waiting = stored(this.name).map(({ mark }) => mark);
    boxes.add(this);
    addEventListener("online", () => this.flush());
    if (this.waiting.length) this.flush();
  }

  add(mark) {
    // Gives the mark as it was kept. Throws a Trouble (code "storage") where the browser cannot keep it: draw it after.
    const whole = { id: `${this.sitting}-${fresh()}`, at: now(), ...mark };
    counted += 1;
    store(this.name + whole.id, { mark: whole, address: this.address, order: Date.now() + counted / 1e6 });
    this.waiting.push(whole);
    this.onstate(this);
    this.flush();
    return whole;
  }

  async flush() {
    if (this.flying || this.wait || !this.waiting.length) return;
    this.flying = true;
    const sent = this.waiting.slice(0, this.singly ? 1 : 500);
    try {
      await post(this.address, { sitting: this.sitting, who: page.who, marks: sent });
      this.saved += sent.length;
      this.done(sent);
      this.silent();
    } catch (error) {
      if (error.status === 400 && error.code !== "no-person") this.turned(sent, error);
      else this.later(error);
    }
    this.flying = false;
    this.flush();
  }

  done(sent) {
    const ids = new Set(sent.map((mark) => mark.id));
    for (const id of ids) forget(this.name + id);
    this.waiting = this.waiting.filter((mark) => !ids.has(mark.id));
    this.singly = Math.max(0, this.singly - sent.length);
    this.backoff = 0;
    this.onstate(this);
  }

  turned(sent, error) {
    // One mark that cannot be written must not keep the others back: they go one by one, and that one is put aside.
    if (sent.length > 1) {
      this.singly = sent.length;
      return;
    }
    const [mark] = sent;
    const told = { what: error.message, saw: error.saw, do: error.do };
    try {
      store(keyed(REFUSED, page.who, this.sitting, mark.id), { mark, sitting: this.sitting, address: this.address, error: told, order: Date.now() });
    } catch {
      return this.later(error); // it stays where it is
    }
    this.refused.push({ mark, error });
    this.done(sent);
    showRefused();
  }

  silent() {
    if (this.said) connection("");
    this.said = false;
  }

  later(error) {
    this.said = true;
    this.wait = Math.min(5000, (this.backoff || 125) * 2);
    this.backoff = this.wait;
    const count = `${this.waiting.length} ${this.waiting.length === 1 ? "mark waits" : "marks wait"} in this browser`;
    connection(
      error.status === 401
        ? `The program was started again. Open the address that it printed; ${count} and will be sent then.`
        : error.status
          ? `${error.message} ${error.do || ""} ${count}.`
          : `The program does not answer. ${count} and will be sent when it runs again.`,
    );
    setTimeout(() => {
      this.wait = 0;
      this.flush();
    }, this.wait);
  }
}

addEventListener("beforeunload", (event) => {
  if ([...boxes].some((box) => box.waiting.length)) event.preventDefault();
});

function showRefused() {
  // What could not be saved stays in this browser, and in sight, until somebody decides.
  const kept = stored(`${REFUSED}${encodeURIComponent(page.who)}:`);
  const place = document.getElementById("refused");
  place.hidden = !kept.length;
  if (!kept.length) return;
  const button = (text, act) => element("button", { type: "button", onclick: act }, text);
  place.replaceChildren(
    element("b", {}, `${kept.length} ${kept.length === 1 ? "mark" : "marks"} could not be saved. `),
    element("span", {}, `${kept.at(-1).error.what} ${kept.at(-1).error.saw || ""} ${kept.at(-1).error.do || ""} `),
    button("Try again", () => retry(kept)), " ",
    button("Keep as a file", () => download(kept)), " ",
    button("Drop", () => confirm("They are gone then. Drop them?") && drop(kept)),
  );
}

function retry(kept) {
  for (const { name, mark, sitting, address, order } of kept) {
    store(keyed(WAITING, page.who, sitting, mark.id), { mark, address, order });
    forget(name);
  }
  location.reload();
}

function download(kept) {
  const lines = kept.map(({ mark, error }) => JSON.stringify({ mark, error })).join("\n");
  const link = element("a", { href: URL.createObjectURL(new Blob([lines])), download: "refused-marks.jsonl" });
  link.click();
  URL.revokeObjectURL(link.href);
}

function drop(kept) {
  for (const { name } of kept) forget(name);
  for (const box of boxes) box.refused = [];
  showRefused();
}

addEventListener("load", () => {
  // Marks of sittings that this page does not show wait as well: of a tab that was closed, or that crashed.
  showRefused();
  const shown = new Set([...boxes].map((box) => box.name));
  const others = new Map();
  for (const { name, address } of stored(WAITING)) {
    const [who, sitting] = name.slice(WAITING.length).split(":");
    if (decodeURIComponent(who) !== page.who) others.set(decodeURIComponent(who), (others.get(decodeURIComponent(who)) || 0) + 1);
    else if (!shown.has(keyed(WAITING, page.who, sitting))) {
      shown.add(keyed(WAITING, page.who, sitting));
      new Outbox(sitting, () => {}, address);
    }
  }
  for (const [who, count] of others) {
    connection(`${count} ${count === 1 ? "mark" : "marks"} by ${who || "nobody named"} wait in this browser: they are sent when ${who || "that name"} is set at the top.`);
  }
});
