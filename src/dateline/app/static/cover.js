// What is shown only to somebody who asks: values that the page does not have, and graphic media.

import { post } from "/static/asking.js";
import { announce, element } from "/static/words.js";

export function covered(record, field, what) {
  // A value that is not in the page: a button fetches it. As the macro of cover.html.j2.
  const button = element("button", { type: "button", class: "uncover" }, `${what}: covered. Show`);
  return element("span", { class: "covered", "data-record": record, "data-field": field, "data-what": what }, button);
}

async function uncover(box) {
  const { record, field, what } = box.dataset;
  const cover = element("button", { type: "button", class: "cover", onclick: () => again(box) }, "Cover");
  try {
    const { text } = await post("/api/uncover", { record, field });
    box.replaceChildren(element("span", { class: "uncovered" }, text), " ", cover);
    cover.setAttribute("aria-label", `Cover again: ${what}`);
    cover.focus();
    announce(`${what}: ${text}`);
  } catch (error) {
    announce(error.message);
    box.append(element("span", { class: "quiet" }, ` ${error.message}`));
  }
}

function again(box) {
  box.replaceChildren(...covered(box.dataset.record, box.dataset.field, box.dataset.what).childNodes);
  box.querySelector("button").focus();
  announce(`${box.dataset.what}: covered again`); // or the words would stay in the page, where they were read out
}

document.addEventListener("click", (event) => {
  const box = event.target.closest?.("button.uncover")?.closest(".covered");
  if (box) uncover(box);
});

export function veil(target) {
  // Graphic media are blurred, grey and muted until somebody asks to see them. A picture, film or sound gets a frame
  // for the button; anything else is its own frame.
  if (target.dataset.veil) return;
  target.dataset.veil = "drawn";
  target.classList.add("veiled");
  const media = target.matches("video, audio") ? target : null;
  const frame = target.matches("img, video, audio") ? element("span", { class: "veil" }) : target;
  if (frame !== target) {
    target.replaceWith(frame);
    frame.append(target);
  }
  const lift = media && silence(media);
  const ask = element("button", { type: "button", class: "unveil" }, media?.matches("audio") ? "Graphic sound. Hear it" : "Graphic. Show it");
  ask.addEventListener("click", (event) => {
    event.preventDefault();
    event.stopPropagation();
    target.classList.remove("veiled");
    target.dataset.veil = "lifted";
    lift?.();
    ask.remove();
  });
  frame.append(ask);
}

function silence(media) {
  // Neither moves nor sounds while it is veiled; a film stays muted after that until its own button is pressed.
  const { controls } = media;
  const still = () => media.pause();
  media.muted = true;
  media.autoplay = false;
  media.controls = false;
  media.pause();
  media.addEventListener("play", still);
  return () => {
    media.removeEventListener("play", still);
    media.controls = controls || true;
    media.muted = media.matches("video");
  };
}

const MEDIA = "img.veiled, video.veiled, audio.veiled";

function veilAll(within) {
  if (within.matches?.(MEDIA)) veil(within);
  for (const one of within.querySelectorAll?.(MEDIA) || []) veil(one);
}

veilAll(document);
new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach(veilAll))).observe(document.body, { childList: true, subtree: true });
