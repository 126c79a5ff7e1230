// Boxes as text and as numbers: left, top, width, height in whole pixels of the upright picture. No page, no map.

export function parse(text) {
  // One box a line; lines that are none are told by their number.
  const boxes = [];
  const wrong = [];
  text.split("\n").forEach((line, at) => {
    if (!line.trim()) return;
    const found = /^\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*$/.exec(line);
    if (found) boxes.push(found.slice(1).map(Number));
    else wrong.push(at + 1);
  });
  return { boxes, wrong };
}

export const spell = (boxes) => boxes.map((box) => box.join(",")).join("\n");

export function between([x1, y1], [x2, y2], { width, height }) {
  // The box that two corners span, to whole pixels outward, cut at the picture's edges; null where nothing is in it.
  const clamp = (value, most) => Math.min(most, Math.max(0, value));
  const left = clamp(Math.floor(Math.min(x1, x2)), width);
  const top = clamp(Math.floor(Math.min(y1, y2)), height);
  const right = clamp(Math.ceil(Math.max(x1, x2)), width);
  const bottom = clamp(Math.ceil(Math.max(y1, y2)), height);
  return right > left && bottom > top ? [left, top, right - left, bottom - top] : null;
}

export function at(boxes, [x, y]) {
  // The last drawn box that a point lies in, by its place in the list; -1 for none.
  return boxes.findLastIndex(([left, top, width, height]) => x >= left && y >= top && x <= left + width && y <= top + height);
}
