"""Whether an image could have shown a thing: the thing cut from a finer image and planted at random places of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage, signal

F8 = npt.NDArray[np.float64]
B1 = npt.NDArray[np.bool_]

SIGMA = 2.3548
"""Full width at half maximum over standard deviation of a Gaussian."""
RING = 0.5
"""Width of the ground around the thing that it is compared with, over its own size [1]."""
REACH = 1.0
"""How far from the stated place the thing is looked for: registration is never better [px]."""
PHASES = 4
"""Parts of a pixel, along each side, at which the thing can lie on the coarser grid."""
LEAST_NULL = 200
"""Places without the thing that the threshold is set by, at least."""


@dataclass(frozen=True, slots=True)
class Trials:
    """What came back of the planted copies. threshold: of the detector's response
    [unit of the image]. contrast: largest difference
    of one copy over the image's spread [1]. pixels: how many of the image a copy covers, in effect [px]."""

    planted: int
    found: int
    null: int
    threshold: float
    contrast: float
    pixels: float

    @property
    def share(self) -> float:
        """Recovered share: the detection [1]."""
        return self.found / self.planted


def difference(values: F8, thing: B1) -> F8:
    """(rows, columns) what the thing adds to its ground [unit]: values less the ground's median, 0 beyond the thing.

    values: a finer image, NaN where nothing was seen. thing: its pixels. The ground is a ring around it.
    """
    rows, columns = np.nonzero(thing)
    size = max(np.ptp(rows), np.ptp(columns)) + 1
    ring = ndimage.binary_dilation(thing, iterations=max(2, round(RING * size))) & ~ndimage.binary_dilation(thing)
    ground = values[ring & np.isfinite(values)]
    level = float(np.median(ground)) if len(ground) else float(np.nanmedian(values[~thing]))
    made: F8 = np.where(thing & np.isfinite(values), values - level, 0.0)
    return made


def copies(added: F8, fine: tuple[float, float], coarse: tuple[float, float], *, blur: float) -> list[F8]:
    """The thing as a coarser sensor shows it, one copy for each position between the coarser pixels.

    added: what it adds on the finer grid [unit]. fine, coarse: height and width of a pixel [m]. blur: full width at
    half maximum of the coarser sensor's response over its pixel [1], a Gaussian; then the mean over each pixel.
    """
    rows, columns = np.nonzero(added)
    added = added[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    step = tuple(
        size / (PHASES * max(1, round(size / PHASES / inner))) for size, inner in zip(coarse, fine, strict=True)
    )
    sub = [round(size / one) for size, one in zip(coarse, step, strict=True)]
    grid = _resampled(added, fine, step)
    margin = [2 * parts + round(blur * parts) for parts in sub]
    shape = [(length + 2 * edge) // parts + 2 for length, edge, parts in zip(grid.shape, margin, sub, strict=True)]
    made = []
    for down in range(0, sub[0], max(1, sub[0] // PHASES)):
        for across in range(0, sub[1], max(1, sub[1] // PHASES)):
            canvas = np.zeros((shape[0] * sub[0], shape[1] * sub[1]))
            top, left = margin[0] + down, margin[1] + across
            canvas[top : top + grid.shape[0], left : left + grid.shape[1]] = grid
            canvas = ndimage.gaussian_filter(canvas, [blur * parts / SIGMA for parts in sub], mode="constant")
            made.append(canvas.reshape(shape[0], sub[0], shape[1], sub[1]).mean(axis=(1, 3)))
    return [_trimmed(one) for one in made]


def _resampled(added: F8, fine: tuple[float, ...], step: tuple[float, ...]) -> F8:
    """On a grid of `step` [m] by cumulated sums, so that nothing of what the thing adds is lost."""
    for axis, (size, one) in enumerate(zip(fine, step, strict=True)):
        length = added.shape[axis] * size
        edges = np.arange(int(np.ceil(length / one)) + 1) * one
        sums = np.concatenate([np.zeros_like(added.take([0], axis)), np.cumsum(added, axis)], axis) * size
        at = np.minimum(edges, length) / size
        low = np.minimum(at.astype(int), added.shape[axis] - 1)
        part = at - low
        shape = [1, 1]
        shape[axis] = -1
        level = sums.take(low, axis) + part.reshape(shape) * (sums.take(low + 1, axis) - sums.take(low, axis))
        added = np.diff(level, axis=axis) / one
    return added


def _trimmed(copy: F8) -> F8:
    """Without its empty margin, and of odd size, so that it has a middle pixel."""
    strong = np.abs(copy) > 0.02 * np.abs(copy).max()
    rows, columns = np.nonzero(strong)
    middle = [round(float(one.min() + one.max()) / 2) for one in (rows, columns)]
    reach = [max(1, int(np.ceil(np.ptp(one) / 2))) for one in (rows, columns)]
    padded = np.pad(copy, [(one, one) for one in reach])
    return padded[middle[0] : middle[0] + 2 * reach[0] + 1, middle[1] : middle[1] + 2 * reach[1] + 1]


def plant(image: F8, made: list[F8], *, false_alarm: float, trials: int, rng: np.random.Generator) -> Trials | None:
    """Plants copies at random places of the image and looks for each there, as one looks at a known site.

    image: (rows, columns) the earlier, coarser image [unit of the copies], NaN where unseen. The detector is a matched
    filter on the image less its local mean (Turin 1960, 10.1109/TIT.1960.1057571); its threshold is what the largest
    response within a pixel of places without the thing exceeds at the rate `false_alarm` [1]. None where the image has
    too few places.
    """
    reach = int(np.ceil(REACH))
    half = [max(copy.shape[axis] for copy in made) // 2 + reach for axis in (0, 1)]
    template = _mean_copy(made)
    usable = np.isfinite(image)
    filled = np.where(usable, image, np.nanmedian(image) if usable.any() else 0.0)
    flat = filled - _ground(filled, half)
    response = _response(flat, template)
    inside = ndimage.binary_erosion(usable, np.ones((2 * half[0] + 1, 2 * half[1] + 1)), border_value=0)
    rows, columns = np.nonzero(inside)
    if len(rows) < LEAST_NULL:
        return None
    size = 2 * reach + 1
    highest = ndimage.maximum_filter(response, size=size)
    threshold = float(np.quantile(highest[inside], 1 - false_alarm))
    found = 0
    for _ in range(trials):
        pick, copy = int(rng.integers(len(rows))), made[int(rng.integers(len(made)))]
        at = rows[pick], columns[pick]
        found += _best(filled, copy, at, template, half) > threshold
    spread = 1.4826 * float(np.median(np.abs(flat[inside] - np.median(flat[inside]))))
    peak = max(float(np.abs(copy).max()) for copy in made)
    effective = float(np.abs(template).sum() / np.abs(template).max())
    return Trials(trials, found, len(rows), threshold, peak / spread if spread > 0 else 0.0, effective)


def _mean_copy(made: list[F8]) -> F8:
    """What the detector looks for: the mean over the positions between pixels, since nobody knows the position."""
    shape = [max(copy.shape[axis] for copy in made) for axis in (0, 1)]
    total = np.zeros(shape)
    for copy in made:
        top, left = ((whole - part) // 2 for whole, part in zip(shape, copy.shape, strict=True))
        total[top : top + copy.shape[0], left : left + copy.shape[1]] += copy
    return total / len(made)


def _ground(values: F8, half: list[int]) -> F8:
    made: F8 = ndimage.uniform_filter(values, size=[6 * one + 1 for one in half])
    return made


def _response(flat: F8, template: F8) -> F8:
    weight = template / np.sqrt((template**2).sum())
    made: F8 = signal.oaconvolve(flat, weight[::-1, ::-1], mode="same")
    return made


def _best(filled: F8, copy: F8, at: tuple[int, int], template: F8, half: list[int]) -> float:
    """The largest response within REACH of a place once a copy is planted there."""
    reach = int(np.ceil(REACH))
    far = [4 * one + 1 + reach for one in half]
    piece = tuple(slice(max(0, at[axis] - far[axis]), at[axis] + far[axis] + 1) for axis in (0, 1))
    inner = [at[axis] - piece[axis].start for axis in (0, 1)]
    scene = filled[piece].copy()
    top, left = (inner[axis] - copy.shape[axis] // 2 for axis in (0, 1))
    scene[top : top + copy.shape[0], left : left + copy.shape[1]] += copy
    response = _response(scene - _ground(scene, half), template)
    near = tuple(slice(inner[axis] - reach, inner[axis] + reach + 1) for axis in (0, 1))
    return float(response[near].max())


def spread_of(values: F8) -> float:
    """Robust spread of an image's pixel-to-pixel differences [unit], by which two images without units are matched."""
    steps = np.diff(values, axis=1).ravel()
    steps = steps[np.isfinite(steps)]
    return 1.4826 * float(np.median(np.abs(steps - np.median(steps)))) if len(steps) else 0.0


def coarsened(values: F8, fine: tuple[float, float], coarse: tuple[float, float], *, blur: float) -> F8:
    """A finer image as the coarser sensor would show it, for matching their spreads; unseen pixels take the median."""
    filled = np.where(np.isfinite(values), values, np.nanmedian(values))
    factor = [size / inner for size, inner in zip(coarse, fine, strict=True)]
    soft = ndimage.gaussian_filter(filled, [blur * one / SIGMA for one in factor])
    return _resampled(soft, fine, coarse)
