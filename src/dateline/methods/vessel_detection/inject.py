"""What the detector would have found: targets of known length are put into the area's own water and looked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from dateline.imagery.cfar.ring import B1, F4
from dateline.methods.vessel_detection.blobs import Blob

LENGTHS = (15.0, 25.0, 40.0, 60.0, 80.0, 100.0, 130.0, 170.0, 220.0, 300.0)
"""Lengths that are tried [m]."""
SLENDER = 6.5
"""Length over beam of merchant ships."""
FINE = 3
"""Parts of a pixel, along each side, in which a hull is drawn."""
MARGIN = 120.0
"""How far the piece of image reaches beyond a target [m]."""
PROBABILITY = 0.9


@dataclass(frozen=True, slots=True)
class Trial:
    """One target put in: its true length, whether it was found, and the length then measured [m]."""

    length: float
    found: bool
    measured: float | None
    beam: float | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """How a sensor shows hulls. blur: full width at half maximum of its response [m]. uneven: share of the return that
    comes from some points (bridge, cranes, holds) and not from the hull as a whole [1]."""

    blur: float
    uneven: float


def hull(
    size: tuple[float, float, float],
    shape: tuple[int, int],
    at: tuple[float, float],
    pixel: tuple[float, float],
    form: Form,
    *,
    rng: np.random.Generator,
) -> F4:
    """(rows, columns): how much of a hull's return falls into each pixel; sums to 1 where all of it lies within.

    size: length, beam [m] and bearing [degrees clockwise from up]. at: row and column of its middle. pixel: height,
    width [m].
    """
    length, beam, turn = size[0], size[1], np.radians(size[2])
    rows = (np.arange(shape[0] * FINE) + 0.5) / FINE - 0.5 - at[0]
    columns = (np.arange(shape[1] * FINE) + 0.5) / FINE - 0.5 - at[1]
    north, east = -rows[:, None] * pixel[0], columns[None, :] * pixel[1]
    along, across = north * np.cos(turn) + east * np.sin(turn), -north * np.sin(turn) + east * np.cos(turn)
    body = ((np.abs(along) <= length / 2) & (np.abs(across) <= max(beam, max(pixel) / FINE) / 2)).astype(float)
    spots = np.zeros_like(body)
    points = (rng.random((max(2, round(length / 25)), 2)) - 0.5) * (length, beam)
    weights = rng.exponential(size=len(points))
    for (x, y), weight in zip(points, weights / weights.sum(), strict=True):
        i = round((at[0] + 0.5 - (x * np.cos(turn) - y * np.sin(turn)) / pixel[0]) * FINE)
        j = round((at[1] + 0.5 + (x * np.sin(turn) + y * np.cos(turn)) / pixel[1]) * FINE)
        if 0 <= i < spots.shape[0] and 0 <= j < spots.shape[1]:
            spots[i, j] += weight
    fine = (1 - form.uneven) * body / max(body.sum(), 1.0) + form.uneven * spots
    fine = ndimage.gaussian_filter(fine, [form.blur / 2.355 / width * FINE for width in pixel], truncate=3)
    whole: F4 = fine.reshape(shape[0], FINE, shape[1], FINE).sum(axis=(1, 3)).astype(np.float32)
    return whole


Find = Callable[[tuple[slice, slice], F4, float, np.random.Generator], list[Blob]]
"""Given a piece of the image, each pixel's share of a target's return, its length [m] and chance: what is detected
in the piece once the target is in."""


def trials(
    place: B1,
    pixel: tuple[float, float],
    form: Form,
    count: int,
    *,
    find: Find,
    rng: np.random.Generator,
    lengths: Sequence[float] = LENGTHS,
) -> Iterator[Trial]:
    """`count` targets of each length at random places of the water, one at a time.

    place: (rows, columns) where targets may be put.
    """
    rows, columns = np.nonzero(place)
    if not len(rows):
        return
    for length in lengths:
        for _ in range(count):
            pick = int(rng.integers(len(rows)))
            at = rows[pick] + rng.uniform(-0.5, 0.5), columns[pick] + rng.uniform(-0.5, 0.5)
            piece = _piece(at, length, place.shape, pixel)
            inner = (at[0] - piece[0].start, at[1] - piece[1].start)
            size = tuple(part.stop - part.start for part in piece)
            ship = (length, length / SLENDER, rng.uniform(0, 180))
            share = hull(ship, (size[0], size[1]), inner, pixel, form, rng=rng)
            hit = _hit(find(piece, share, length, rng), inner, pixel, length)
            yield Trial(length, hit is not None, hit.length if hit else None, hit.beam if hit else None)


def _piece(
    at: tuple[float, float], length: float, shape: tuple[int, ...], pixel: tuple[float, float]
) -> tuple[slice, slice]:
    parts = []
    for middle, end, size in zip(at, shape, pixel, strict=False):
        reach = int(np.ceil((length / 2 + MARGIN) / size))
        parts.append(slice(max(0, round(middle) - reach), min(end, round(middle) + reach + 1)))
    return parts[0], parts[1]


def _hit(found: Sequence[Blob], at: tuple[float, float], pixel: tuple[float, float], length: float) -> Blob | None:
    """The detection within half a length and two pixels of the target; of several the longest."""
    near = [
        blob
        for blob in found
        if np.hypot((blob.row - at[0]) * pixel[0], (blob.column - at[1]) * pixel[1]) <= length / 2 + 2 * max(pixel)
    ]
    return max(near, key=lambda blob: blob.length, default=None)


@dataclass(frozen=True, slots=True)
class Power:
    """Probability of detection by length, as told by the trials.

    rows: length [m], found, tried. shortest: the length from which on nine in ten are found [m]; None where even the
    longest are not.
    """

    rows: tuple[tuple[float, int, int], ...]
    shortest: float | None

    def at(self, length: float) -> float | None:
        """Share found of the targets of this length [1]; None where none was tried."""
        return next((found / tried for size, found, tried in self.rows if size == length and tried), None)


def power(done: Sequence[Trial]) -> Power:
    """The shares found by length, and the least length from which on PROBABILITY is reached, drawn between lengths."""
    rows = []
    for length in sorted({one.length for one in done}):
        of_it = [one.found for one in done if one.length == length]
        rows.append((length, sum(of_it), len(of_it)))
    return Power(tuple(rows), shortest([(length, found / tried) for length, found, tried in rows]))


def shortest(shares: Sequence[tuple[float, float]]) -> float | None:
    """The length [m] from which on a share [1] of PROBABILITY is reached; None where the last is under it.

    shares: (length, share found) by length.
    """
    below = [index for index, (_, share) in enumerate(shares) if share < PROBABILITY]
    if not shares or (below and below[-1] == len(shares) - 1):
        return None
    if not below:
        return shares[0][0]
    (short, low), (long, high) = shares[below[-1]], shares[below[-1] + 1]
    return short + (PROBABILITY - low) / (high - low) * (long - short)


@dataclass(frozen=True, slots=True)
class Yardstick:
    """Measured against true lengths of the targets that were found: turns a measured length into an interval."""

    measured: npt.NDArray[np.float64]
    true: npt.NDArray[np.float64]
    floor: float

    def interval(self, measured: float, level: float) -> tuple[float, float, float]:
        """Best, low and high [m] for a measured length [m].

        From the true lengths of the trials that measured most alike, weighted so that every length counts the same
        over the logarithmic scale of lengths; no narrower than `floor` on either side.
        """
        nearest = np.argsort(np.abs(np.log(self.measured / measured)), kind="stable")[: max(30, len(self.true) // 12)]
        ratio = np.sort(self.true[nearest] / self.measured[nearest])
        tail = (1 - level) / 2
        low, best, high = (float(np.quantile(ratio, q)) * measured for q in (tail, 0.5, 1 - tail))
        return best, max(0.0, min(low, best - self.floor)), max(high, best + self.floor)


def yardstick(done: Sequence[Trial], floor: float) -> Yardstick | None:
    """From the trials that were found; None where there are fewer than 60. floor: least half-width [m]."""
    found = [(one.measured, one.length) for one in done if one.measured]
    if len(found) < 60:
        return None
    measured, true = np.array(found, float).T
    return Yardstick(measured, true, floor)
