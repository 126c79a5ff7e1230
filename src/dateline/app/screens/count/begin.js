// The start of a count: what the chosen picture is, and how many tiles it makes.

import { describe } from "/static/picture.js";
import { taken } from "/static/words.js";

const at = (id) => document.getElementById(id);
const SIDES = [128, 256, 512, 1024, 2048, 4096];
const tilesOf = ({ width, height }, side) => Math.max(1, Math.round(width / side)) * Math.max(1, Math.round(height / side));
const ways = JSON.parse(at("ways").textContent);
let about = null;

async function choose() {
  const item = at("item").value;
  try {
    about = await describe(item);
  } catch (error) {
    about = null;
    at("preview").hidden = true;
    at("about").textContent = `${error.message} ${error.do || ""}`;
    at("tiles").textContent = "";
    return;
  }
  at("preview").hidden = false;
  at("preview").src = `/pictures/${encodeURIComponent(item)}/thumbnail.webp?side=512`;
  at("preview").classList.toggle("veiled", about.graphic);
  at("preview").alt = about.name;
  const when = about.start ? `, ${taken(about)}` : "";
  const gsd = about.gsd ? `, ${about.gsd} m a pixel` : "";
  at("about").textContent = `${about.width} × ${about.height} px${gsd}${when}${about.simulated ? ", simulated" : ""}`;
  count();
}

function count() {
  if (!about) return;
  const usual = SIDES.find((one) => tilesOf(about, one) <= 60) ?? SIDES.at(-1);
  const side = Number(at("side").value) || usual;
  at("side").options[0].textContent = `suits the picture (${usual} px)`;
  at("tiles").textContent = `The picture has ${tilesOf(about, side)} tiles of ${side} px.`;
}

function follow() {
  // As others count the same thing: the first of them decides the tiles.
  const question = at("question").value.trim().split(/\s+/).join(" ");
  const way = ways.find((one) => one.item === at("item").value && one.question === question);
  at("way").hidden = !way;
  if (!way) return;
  document.querySelector(`[name=mode][value=${way.mode}]`).checked = true;
  if ([...at("side").options].some((one) => one.value === way.side)) at("side").value = way.side;
  at("sample").value = way.sample;
  count();
}

if (at("item")) {
  at("question").addEventListener("change", follow);
  at("item").addEventListener("change", follow);
  follow();
  at("item").addEventListener("change", choose);
  at("side").addEventListener("change", count);
  choose();
}
