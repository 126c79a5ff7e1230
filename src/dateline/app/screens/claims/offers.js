// Claims offered while somebody types an id or words: the last word of a list of ids counts.

import { get } from "/static/shell.js";

const list = document.getElementById("found");
let waiting = 0;
let asked = "";

async function offer(input) {
  const words = input.value.trim();
  if (words.length < 2 || words === asked) return;
  asked = words;
  try {
    const { offers } = await get(`/claims/offer?q=${encodeURIComponent(words.slice(0, 200))}`);
    if (asked !== words) return;
    list.replaceChildren(
      ...offers.map((one) => {
        const option = document.createElement("option");
        option.value = one.id;
        option.textContent = `${one.id} ${one.said} ${one.speaker}: ${one.statement}`;
        return option;
      }),
    );
  } catch {
    asked = ""; // the server says what is wrong when the form is sent
  }
}

for (const input of document.querySelectorAll("[data-offer]")) {
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => offer(input), 200);
  });
}
