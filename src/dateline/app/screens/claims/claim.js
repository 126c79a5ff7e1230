// One claim, a change of it, its origins, an item: the keys that lead to what is done there.

import { key } from "/static/shell.js";
import "/screens/claims/offers.js";

const press = (id) => document.getElementById(id)?.click();

function enter(id) {
  const section = document.getElementById(id);
  if (!section) return;
  const folded = section.querySelector("details");
  if (folded) folded.open = true;
  section.scrollIntoView({ block: "nearest" });
  section.querySelector("input:not([type=hidden]), textarea, button")?.focus();
}

for (const [name, about, id] of [
  ["j", "the next claim", "next"],
  ["k", "the claim before", "previous"],
  ["u", "all claims", "list"],
  ["v", "show what is covered", "uncover"],
  ["o", "count origins", "count"],
]) {
  if (document.getElementById(id)) key(name, about, () => press(id));
}
for (const [name, about, id] of [
  ["r", "rate it", "rate"],
  ["s", "sign it as the second person", "sign"],
  ["e", "relate it to another claim", "relate"],
]) {
  if (document.getElementById(id)) key(name, about, () => enter(id));
}
document.getElementById("unveil")?.addEventListener("click", (event) => {
  document.getElementById("picture").classList.remove("veiled");
  event.target.remove();
});
document.getElementById("trouble")?.focus();
