// The bracket as a picture: a lane a sensor, a shape a look, a band from the last "absent" to the first "present".

import { element } from "/static/shell.js";
import { WORDS, glyph, small, svg } from "./glyphs.js";

export function timeline(chart, words) {
  const made = svg("svg", { class: "br-chart", viewBox: `0 0 ${chart.width} ${chart.height}`, role: "img", "font-size": chart.letters, "aria-label": words });
  chart.bands.forEach((band, at) => made.append(...bandOf(band, chart.bottom, at > 0)));
  for (const lane of chart.lanes) {
    made.append(svg("text", { class: "br-lane", x: chart.left, y: lane.y }, lane.words));
    for (const mark of lane.marks) made.append(markOf(mark));
  }
  made.append(svg("line", { class: "br-axis", x1: chart.left, x2: chart.right, y1: chart.bottom, y2: chart.bottom }));
  for (const [x, name] of chart.ticks) {
    made.append(svg("line", { class: "br-axis", x1: x, x2: x, y1: chart.bottom, y2: chart.bottom + 6 }));
    made.append(svg("text", { class: "br-tick", x, y: chart.bottom + 22, "text-anchor": "middle" }, name));
  }
  const keys = element("p", { class: "br-keys" }, ...chart.legend.map(([kind, n]) => element("span", {}, small(kind), ` ${WORDS[kind]}: `, element("b", {}, String(n)))));
  return element("figure", { class: "br-figure" }, made, keys);
}

function bandOf(band, bottom, going) {
  const right = band.x + band.width;
  const edge = (x, open, sign) =>
    open
      ? svg("path", { class: "br-edge", d: `M${x - 8 * sign},4l${6 * sign},5l${-6 * sign},5` })
      : svg("line", { class: "br-edge", x1: x, x2: x, y1: 2, y2: bottom });
  return [
    svg("rect", { class: going ? "br-band going" : "br-band", x: band.x, y: 2, width: band.width, height: bottom - 2 }),
    edge(band.x, band.open_left, -1),
    edge(right, band.open_right, 1),
  ];
}

function markOf(mark) {
  const made = svg("g", {}, svg("title", {}, mark.title));
  if (mark.ends) {
    const [from, to] = mark.ends;
    made.append(svg("path", { class: "br-span", d: `M${from},${mark.y - 4}v8m0,-4H${to}m0,-4v8` }), svg("circle", { class: "br-bare", cx: mark.x, cy: mark.y, r: 7 }));
  }
  made.append(glyph(mark.kind, mark.x, mark.y, mark.counts));
  return made;
}
