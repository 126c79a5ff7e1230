// Affine maps of pixels as the server tells them: [a, b, c, d, e, f] leads (x, y) to (a x + b y + c, d x + e y + f).

export const NONE = [1, 0, 0, 0, 1, 0];

export const through = ([a, b, c, d, e, f], [x, y]) => [a * x + b * y + c, d * x + e * y + f];

export const isShift = ([a, b, , d, e]) => a === 1 && b === 0 && d === 0 && e === 1;

export function split(lay) {
  // What the server must turn or scale, and the shift that is left to the screen, which moves tiles without new ones.
  return isShift(lay) ? { turned: NONE, shift: [lay[2], lay[5]] } : { turned: lay, shift: [0, 0] };
}

export const moved = ([a, b, c, d, e, f], [right, down]) => [a, b, c + a * right + b * down, d, e, f + d * right + e * down];
// The lay that shows at p what `lay` shows at p + (right, down).

export function apart(one, other, middle) {
  // How far two lays are from each other at a point of the first image [px].
  const [x, y] = through(one, middle);
  const [right, down] = through(other, middle);
  return Math.hypot(right - x, down - y);
}

export function anchors(lay, [width, height]) {
  // Points that tell a lay again, as pairs [x, y, x there, y there]: one for a shift, four for what turns or scales.
  const at = isShift(lay) ? [[width / 2, height / 2]] : [[0, 0], [width, 0], [0, height], [width, height]];
  return at.map((point) => [...point, ...through(lay, point)]);
}
