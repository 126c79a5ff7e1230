// A new claim: how dates, amounts and speakers are read is shown while somebody types. The server does the reading.

import { announce, element, key } from "/static/shell.js";
import "/screens/claims/offers.js";

const form = document.getElementById("claim-form");
const READ = ["speaker", "said", "period", "quantity"];
let waiting = 0;
let last = 0;

const chosen = (name) => form.querySelector(`input[name="choose.${name}"]:checked`)?.value;

function radio(name, option, checked) {
  const input = element("input", { type: "radio", name: `choose.${name}`, value: option.text });
  input.checked = checked;
  const exact = option.label === option.text ? null : element("code", {}, option.text);
  return element("label", { class: "choice" }, input, " ", element("bdi", {}, option.label), " ", exact);
}

function showReadings(name, offer) {
  // Drawn anew only when the readings are others: whoever is among them keeps their place.
  const box = document.getElementById(`readings-${name}`);
  const state = JSON.stringify(offer || null);
  if (box.dataset.state === state) return;
  box.dataset.state = state;
  const before = chosen(name);
  box.replaceChildren();
  if (!offer || !document.getElementById(`answer-${name}`).value.trim()) return;
  const one = offer.options.length === 1 && !offer.ask;
  const radios = offer.options.map((option) => radio(name, option, one || option.text === before));
  box.append(element("fieldset", {}, element("legend", {}, offer.ask || "Read as"), ...radios));
  announce(one ? `${name}: ${offer.options[0].label}` : `${name}: ${offer.options.length} readings, choose one`);
}

function showFaults(faults) {
  for (const list of form.querySelectorAll("ul.faults")) list.replaceChildren();
  for (const fault of faults) {
    document.getElementById(`faults-${fault.key}`)?.append(element("li", {}, `${fault.found}; valid: ${fault.valid}`));
  }
}

function showHedges(hedges) {
  const box = document.getElementById("hedges");
  const state = JSON.stringify(hedges);
  if (box.dataset.state === state) return;
  box.dataset.state = state;
  box.replaceChildren(
    ...(hedges.length ? [element("span", { class: "quiet" }, "Found:")] : []),
    ...hedges.map((one) =>
      element("button", { type: "button", class: "small hedge", "data-text": one.text, "data-sort": one.sort }, element("bdi", {}, one.text), ` (${one.sort})`),
    ),
  );
}

async function read() {
  const number = ++last;
  try {
    const answer = await fetch("/claims/read", {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams([...new FormData(form)].filter(([name]) => name !== "paste")),
    });
    const told = await answer.json();
    if (number !== last) return; // somebody typed on meanwhile
    if (!answer.ok) {
      document.getElementById("whole").textContent = `${told.error.what} ${told.error.do}`;
      return;
    }
    for (const name of READ) showReadings(name, told.offers[name]);
    showFaults(told.faults);
    showHedges(told.hedges);
    document.getElementById("whole").textContent = told.whole ? "It can be written." : "";
  } catch {
    document.getElementById("whole").textContent = "The program does not answer: readings are shown once you send the form.";
  }
}

function later() {
  clearTimeout(waiting);
  waiting = setTimeout(read, 250);
}

form.addEventListener("input", later);
form.addEventListener("change", later);
form.addEventListener("click", (event) => {
  const button = event.target.closest("button.hedge");
  if (!button) return;
  form.elements.hedge.value = button.dataset.text;
  form.elements.hedge_class.value = button.dataset.sort;
  announce(`hedge: ${button.dataset.text}, ${button.dataset.sort}`);
  later();
});

key("u", "all claims", () => document.getElementById("list").click());
key("i", "to the first question", () => document.getElementById("answer-speaker").focus());
document.getElementById("trouble")?.focus();
if (!document.getElementById("trouble")) document.getElementById("answer-speaker").focus();
if ([...new FormData(form)].some(([name, text]) => name !== "paste" && text)) later();
