// What every screen shares: asking the server, marks that are never lost, keys, words for screen readers.

export const page = document.body.dataset;

export class Trouble extends Error {
  // An error of the server, in three parts.
  constructor(status, told) {
    super(told.what);
    Object.assign(this, told, { status });
  }
}

async function asked(url, options = {}) {
  const answer = await fetch(url, { ...options, headers: { Accept: "application/json", ...options.headers } });
  const told = (answer.headers.get("content-type") || "").includes("json") ? await answer.json() : null;
  if (!answer.ok) {
    throw new Trouble(answer.status, told?.error || { what: await words(answer), saw: String(answer.status), do: "", code: "http" });
  }
  return told;
}

const words = async (answer) => (answer.bodyUsed ? answer.statusText : (await answer.text()).slice(0, 300));

export const get = (url) => asked(url);
export const post = (url, body) =>
  asked(url, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });

// ---- words

export function announce(text) {
  document.getElementById("announce").textContent = text;
}

export function element(name, attributes = {}, ...children) {
  // Text is always text: nothing that somebody wrote becomes markup.
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "class") made.className = value;
    else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (typeof value === "boolean") made.toggleAttribute(key, value);
    else if (value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

export function connection(text) {
  const line = document.getElementById("connection");
  line.hidden = !text;
  line.textContent = text || "";
}

// ---- keys

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

// ---- marks that are never lost

export class Outbox {
  // Marks wait in this browser until the server has said that they lie on the disk. A reload, a crash of the tab or of
  // the server loses none: what was not acknowledged is sent again, and the same mark twice is one mark.
  constructor(sitting, onstate = () => {}) {
    this.sitting = sitting;
    this.name = `dateline:${page.case}:${page.who}:${sitting}`;
    this.onstate = onstate;
    this.saved = 0;
    this.refused = [];
    this.wait = 0;
    this.waiting = JSON.parse(localStorage.getItem(this.name) || "[]");
    this.flying = false;
    addEventListener("online", () => this.flush());
    if (this.waiting.length) this.flush();
  }

  add(mark) {
    const whole = { id: `${this.sitting}-${crypto.randomUUID().slice(0, 13)}`, at: new Date().toISOString(), ...mark };
    this.waiting.push(whole);
    this.keep();
    this.flush();
    return whole;
  }

  keep() {
    if (this.waiting.length) localStorage.setItem(this.name, JSON.stringify(this.waiting));
    else localStorage.removeItem(this.name);
    this.onstate(this);
  }

  async flush() {
    if (this.flying || !this.waiting.length) return;
    this.flying = true;
    const sent = this.waiting.slice(0, 500);
    try {
      await post("/api/observations", { sitting: this.sitting, marks: sent });
      this.settled(sent);
      this.wait = 0;
      connection("");
    } catch (error) {
      if (error.status === 400) this.turned(sent, error);
      else this.later(error);
    }
    this.flying = false;
    if (this.waiting.length && !this.wait) this.flush();
  }

  settled(sent) {
    const ids = new Set(sent.map((mark) => mark.id));
    this.waiting = this.waiting.filter((mark) => !ids.has(mark.id));
    this.saved += sent.length;
    this.keep();
  }

  turned(sent, error) {
    // One mark that cannot be written must not keep the others back: alone it is put aside, and said so.
    if (sent.length > 1) {
      this.waiting = [...this.waiting.slice(sent.length), ...[]];
      this.alone(sent);
      return;
    }
    this.refused.push({ mark: sent[0], error });
    this.waiting = this.waiting.filter((mark) => mark.id !== sent[0].id);
    this.keep();
    connection(`One mark could not be saved: ${error.message} ${error.saw || ""} ${error.do || ""}`);
  }

  async alone(sent) {
    for (const mark of sent) {
      try {
        await post("/api/observations", { sitting: this.sitting, marks: [mark] });
        this.saved += 1;
      } catch (error) {
        if (error.status === 400) this.refused.push({ mark, error });
        else this.waiting.unshift(mark);
      }
    }
    this.keep();
    if (this.waiting.length) this.later(new Error("again"));
  }

  later(error) {
    this.wait = Math.min(5000, (this.wait || 250) * 2);
    const gone = error.status === 401;
    connection(
      gone
        ? `The program was started again. Open the address that it printed; ${this.waiting.length} marks wait in this browser and are sent then.`
        : `The program does not answer. ${this.waiting.length} marks wait in this browser and are sent when it runs again.`,
    );
    setTimeout(() => {
      this.wait = 0;
      this.flush();
    }, this.wait);
  }
}
