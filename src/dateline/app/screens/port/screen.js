// The log and the answer: plain pages; keys for what is done there most.

import { key } from "/static/shell.js";

const press = (selector) => () => document.querySelector(selector)?.click();
const keys = [
  ["f", "begin a first look", "#first-look button"],
  ["2", "begin a blind second look", "#second-look button"],
  ["d", "look at images on which looks differ", "#settle button"],
  ["a", "the answer: calendar and sentence", "#to-answer"],
  ["l", "the image log", "#to-log"],
  ["k", "keep as a measure", "#keep button"],
];
for (const [name, about, selector] of keys) if (document.querySelector(selector)) key(name, about, press(selector));
