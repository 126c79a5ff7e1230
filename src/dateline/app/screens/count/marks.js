// What a sitting says so far, from its lines; and which mark is nearest. Nothing here draws or asks.

export function fold(lines) {
  // The lines that stand, by id: not replaced, not withdrawn; the end of a sitting is no mark.
  const replaced = new Set(lines.map((line) => line.supersedes).filter(Boolean));
  const stand = lines.filter((line) => !replaced.has(line.id) && line.state !== "withdrawn" && !line.submitted);
  return new Map(stand.map((line) => [line.id, line]));
}

export const isPoint = (line) => Boolean(line.points?.length);

export function within([x, y], [left, top, width, height], { width: columns, height: rows }) {
  // Half open, so that a point between two tiles belongs to one; the last column and row of the picture are closed.
  const right = left + width;
  const below = top + height;
  return x >= left && y >= top && (x < right || (right >= columns && x <= columns)) && (y < below || (below >= rows && y <= rows));
}

export function nearest(points, [x, y], reach) {
  // Of {id, x, y} the one that is nearest and no further than reach [px], or null.
  let best = null;
  let least = reach * reach;
  for (const point of points) {
    const apart = (point.x - x) ** 2 + (point.y - y) ** 2;
    if (apart <= least) [best, least] = [point, apart];
  }
  return best;
}
