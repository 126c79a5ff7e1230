// One image after the other: ships, empty or not seen. Every answer is on its way to the disk at the next keystroke.

import { announce, element, get, key, Outbox } from "/static/shell.js";
import { Answers, of, REASONS, refusal, word } from "/screens/port/answers.js";
import { Glass } from "/screens/port/glass.js";

const $ = (id) => document.getElementById(id);
const { place, port, sitting, kind, undated } = $("bench").dataset;
const query = (told) => new URLSearchParams(told).toString();
const glass = new Glass($("picture"));

let looks = [];
let at = 0;
let digits = "";
let reasonFor = null; // the looks that a reason is asked for
let sure = false;
let asked = 0;
let showing = 0;

const outbox = new Outbox(sitting, () => settled());
let answers = new Answers([], outbox.waiting);

// ---- what is shown

const named = (look, index) => (look.at ? look.at : `Image ${index + 1}`) + (look.place === port ? "" : ` · ${look.berth}`);
const answered = () => looks.filter((look) => answers.get(look)).length;

async function show(index) {
  if (!looks.length) return;
  at = Math.max(0, Math.min(looks.length - 1, index));
  digits = "";
  closeReasons();
  const look = looks[at];
  const mine = ++showing;
  tell();
  const label = named(look, at);
  $("what").textContent = label;
  const cloud = look.cloud === null ? "" : ` · ${Math.round(100 * look.cloud)} % cloud by the catalogue`;
  $("where").textContent = `${at + 1} of ${looks.length}${look.sensor ? ` · ${look.sensor}` : ""}${cloud}`;
  announce(`${at + 1} of ${looks.length}: ${label}. ${word(answers.get(look)) || "not answered"}`);
  $("looks").children[at]?.scrollIntoView({ block: "nearest" });
  $("outside").hidden = true;
  $("reveal").hidden = true;
  try {
    await glass.show(look.item);
    const lies = await outline(look);
    if (mine === showing) glass.frame(lies);
  } catch (error) {
    if (mine === showing) warn(`${error.message} ${error.saw || ""}`);
  }
  if (mine === showing) $("picture").dataset.shown = of(look);
}

async function outline(look, ask = "") {
  const lies = await get(`/port/outline.json?${query({ item: look.item, place: look.place, ask })}`);
  $("ground").textContent = lies.why || "";
  $("reveal").hidden = !look.sensitive || Boolean(ask);
  if (lies.inside === false) warn("The outline lies outside this image: n, then o.");
  return lies;
}

function warn(text) {
  $("outside").textContent = text;
  $("outside").hidden = false;
}

function tell() {
  const look = looks[at];
  const mark = answers.get(look);
  $("said").textContent = word(mark);
  $("said").dataset.state = mark ? mark.state : "";
  for (const [id, states] of [["ships", ["present"]], ["empty", ["absent"]], ["unseen", ["obscured", "not_discernible"]]]) {
    $(id).setAttribute("aria-pressed", String(Boolean(mark) && states.includes(mark.state)));
  }
  $("count").textContent = digits ? ` ${digits}` : "";
  $("progress").textContent = `${answered()} of ${looks.length} answered`;
  $("finish").disabled = answered() === 0;
  for (const [index, one] of looks.entries()) row(index, one);
}

function row(index, look) {
  const button = $("looks").children[index].firstChild;
  const mark = answers.get(look);
  button.dataset.state = mark ? mark.state : "";
  button.lastChild.textContent = word(mark);
  if (index === at) button.setAttribute("aria-current", "true");
  else button.removeAttribute("aria-current");
}

// ---- answers

function mark(look, state, told = {}) {
  const before = answers.get(look);
  const made = outbox.add({
    item: look.item, place: look.place, question: look.question, state, independent: true,
    ...(undated ? { date_hidden: true } : {}), ...(glass.zoom ? { zoom: glass.zoom } : {}),
    ...(before ? { supersedes: before.id } : {}), ...told,
  });
  answers.take(made);
  sure = false;
}

const said = (looked, state, told) => {
  for (const look of looked) mark(look, state, told);
  closeReasons();
  onward(looked);
};

function answer(state, looked = [looks[at]]) {
  const wrong = refusal(state, digits);
  const count = Number(digits);
  digits = "";
  if (wrong) {
    warn(wrong);
    announce(wrong);
    tell();
    return;
  }
  said(looked, state, state === "present" && count ? { count } : {});
}

function onward(looked) {
  const open = (index) => !answers.get(looks[index]);
  const order = [...looks.keys()].map((step) => (at + 1 + step) % looks.length);
  const next = order.find(open);
  if (next !== undefined) return show(next);
  tell();
  const words = `${word(answers.get(looked[0]))}. All ${looks.length} are answered: f finishes.`;
  announce(words);
  $("progress").textContent = `All ${looks.length} answered: f finishes`;
  return undefined;
}

const berthsOfImage = () => looks.filter((look) => look.item === looks[at].item);

function askReason(looked) {
  const wrong = refusal("obscured", digits);
  digits = "";
  if (wrong) {
    warn(wrong);
    announce(wrong);
    tell();
    return;
  }
  reasonFor = looked;
  $("reasons").hidden = false;
  $("unseen").setAttribute("aria-expanded", "true");
  announce(`Why not? ${REASONS.map(([name, reason]) => `${name} ${reason}`).join(", ")}, x in words; Escape leaves.`);
}

function closeReasons() {
  reasonFor = null;
  $("reasons").hidden = true;
  $("unseen").setAttribute("aria-expanded", "false");
}

function because(reason, state) {
  if (!reasonFor) return announce("n first: not seen; then why.");
  return said(reasonFor, state, { reason });
}

function inWords() {
  const text = $("words").value.trim().replace(/\s+/g, " ");
  if (!reasonFor || !text) return;
  $("words").value = "";
  $("words").blur();
  because(text, "not_discernible");
}

function undo() {
  const last = answers.last();
  if (!last) return announce("There is nothing to take back.");
  const { item, place: where, question } = last;
  answers.take(outbox.add({ item, place: where, question, state: "withdrawn", supersedes: last.id }));
  const index = looks.findIndex((look) => of(look) === of(last));
  announce(`Taken back: ${word(last)}`);
  return index < 0 ? tell() : show(index);
}

function digit(name) {
  if (digits.length < 4) digits = (digits + name).replace(/^0(?=\d)/, "");
  tell();
  announce(`${digits} ships: press s`);
}

// ---- the end of a sitting

async function finish() {
  const open = looks.length - answered();
  if (!answered()) return announce("Nothing is answered yet.");
  if (open && !sure) {
    sure = true;
    const words = `${open} ${open === 1 ? "is" : "are"} not answered and will stay not looked at. Press again to finish.`;
    $("progress").textContent = words;
    return announce(words);
  }
  for (const look of looks) {
    const mine = answers.get(look);
    if (mine) outbox.add({ item: look.item, place: look.place, question: look.question, state: mine.state, submitted: true });
  }
  $("finish").disabled = true;
  $("progress").textContent = "Saving …";
  leaving = true;
  return settled();
}

let leaving = false;

function settled() {
  for (const { mark: one } of outbox.refused) answers.drop(one);
  if (outbox.waiting.length) return;
  if (leaving && outbox.refused.length) {
    leaving = false;
    tell();
    announce("An answer could not be saved: see the top of the page. The look is not left.");
  } else if (leaving) location.assign(`/port/answer?${query({ place: port })}`);
  else if (kind === "first") later();
}

function later() {
  clearTimeout(asked);
  asked = setTimeout(live, 500);
}

async function live() {
  try {
    const told = await get(`/port/live.json?${query({ place })}`);
    $("live").replaceChildren(
      element("p", { class: "quiet" }, "Your looks so far:"),
      told.short ? element("p", { class: "short" }, told.short) : null,
      element("p", {}, told.sentence),
    );
    $("live").dataset.fresh = String(outbox.waiting.length === 0);
  } catch (error) {
    $("live").replaceChildren(element("p", {}, error.message));
  }
}

// ---- the page

function build() {
  $("looks").replaceChildren(
    ...looks.map((look, index) =>
      element("li", {}, element("button", { type: "button", onclick: () => show(index) }, element("span", { dir: "auto" }, named(look, index)), element("span", { class: "word" }))),
    ),
  );
  $("reasons").replaceChildren(
    ...REASONS.map(([name, reason, state]) =>
      element("button", { type: "button", onclick: () => because(reason, state) }, element("kbd", {}, name), ` ${reason}`),
    ),
    element("label", {}, element("kbd", {}, "x"), " in words ", element("input", { id: "words", maxlength: 200, autocomplete: "off" })),
  );
  $("words").addEventListener("keydown", (event) => {
    if (event.key === "Enter") inWords();
    if (event.key === "Escape") closeReasons();
  });
  $("all-keys").hidden = !looks.some((look, index) => index && look.item === looks[index - 1].item);
}

function keys() {
  key("s", "ships; digits before it say how many", () => answer("present"));
  key("e", "empty", () => answer("absent"));
  key("n", "not seen; then why", () => askReason([looks[at]]));
  for (const [name, reason, state] of REASONS) key(name, `after n: ${reason}`, () => because(reason, state));
  key("x", "after n: in words, then Enter", () => (reasonFor ? $("words").focus() : announce("n first: not seen; then why.")));
  key("E", "all berths of this image empty", () => answer("absent", berthsOfImage()));
  key("N", "all berths of this image not seen; then why", () => askReason(berthsOfImage()));
  for (const name of "0123456789") key(name, `digit of how many ships`, () => digit(name));
  key("Backspace", "clear the number", () => { digits = ""; tell(); });
  key("Escape", "leave the reasons", closeReasons);
  for (const name of ["ArrowRight", " "]) key(name, "next", () => show(at + 1));
  key("ArrowLeft", "back", () => show(at - 1));
  key("u", "undo the last answer", undo);
  key("f", "finish and submit", finish);
  glass.keys(key);
}

function buttons() {
  const on = (id, act) => $(id).addEventListener("click", act);
  on("ships", () => answer("present"));
  on("empty", () => answer("absent"));
  on("unseen", () => askReason([looks[at]]));
  on("before", () => show(at - 1));
  on("next", () => show(at + 1));
  on("undo", undo);
  on("finish", finish);
  on("whole", () => glass.whole());
  on("closer", () => glass.again());
  on("reveal", async () => glass.frame(await outline(looks[at], "yes")));
}

async function start() {
  const told = await get(`/port/look.json?${query({ place, sitting })}`);
  looks = told.looks;
  answers = new Answers(told.marks, outbox.waiting);
  build();
  if (!looks.length) {
    $("what").textContent = "Nothing is left to look at here";
    $("where").textContent = "You have looked at every image that is here; a blind second look begins on the port’s page.";
    $("finish").disabled = true;
    return;
  }
  keys();
  buttons();
  const first = looks.findIndex((look) => !answers.get(look));
  await show(first < 0 ? 0 : first);
  if (kind === "first" && answered()) later();
}

start().catch((error) => {
  $("what").textContent = error.message;
  $("where").textContent = `${error.saw || ""} ${error.do || ""}`;
});
