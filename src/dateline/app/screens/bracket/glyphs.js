// The shapes of answers: each has its own outline, so that none is told by colour alone. Middle at x, y, 11 px wide.

const SVG = "http://www.w3.org/2000/svg";

export const WORDS = { present: "present", absent: "absent", not_discernible: "cannot tell", obscured: "obscured", disputed: "disputed" };

export function svg(name, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) if (value !== null && value !== undefined) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export function glyph(kind, x, y, counts = true) {
  const shape = {
    present: () => svg("circle", { class: "br-full", cx: x, cy: y, r: 5.5 }),
    absent: () => svg("circle", { class: "br-line", cx: x, cy: y, r: 5 }),
    not_discernible: () => svg("path", { class: "br-line", d: `M${x - 3.2},${y - 2.6}a3.2,3.2 0 1 1 4.6,2.9q-1.4,.7 -1.4,2.2m0,3v.6` }),
    obscured: () => svg("path", { class: "br-thin", d: `M${x - 5},${y - 5}h10v10h-10zm0,5l5,-5m-5,10l10,-10m-5,10l5,-5` }),
    disputed: () => svg("path", { class: "br-line", d: `M${x},${y - 6}l6,6l-6,6l-6,-6zm0,3v3.4m0,1.8v.8` }),
  }[kind];
  const made = svg("g", {}, shape());
  if (kind === "present" && !counts) made.append(svg("circle", { class: "br-doubt", cx: x, cy: y, r: 2.6 }));
  return made;
}

export function small(kind) {
  return svg("svg", { class: "br-glyph", viewBox: "0 0 16 16", "aria-hidden": "true" }, glyph(kind, 8, 8));
}

export function fill(root = document) {
  for (const place of root.querySelectorAll("svg[data-glyph]")) place.replaceChildren(glyph(place.dataset.glyph, 8, 8));
}
