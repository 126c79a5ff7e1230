"""What surrounds each pixel, and how far the pixel stands out of it: the score that is compared with a level."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dateline.imagery.cfar.clutter import untruncated
from dateline.imagery.cfar.ring import B1, F4, WORKERS, Ring, ring_mean, ring_moments

FEWEST = 200
"""Valid pixels that a ring needs."""
LEAST_SPREAD = 0.02
"""Standard deviation of the logarithm under which no image's noise lies (0.09 dB): flat fillings are not calm water."""


@dataclass(frozen=True, slots=True)
class Background:
    """Around every pixel: centre and spread of ln(value) (of gamma and K clutter the spread is 1), pixels in the ring.

    Centre and spread are NaN where fewer than FEWEST pixels of water lie in the ring.
    """

    centre: F4
    spread: F4
    count: npt.NDArray[np.integer]

    def score(self, logarithms: F4) -> F4:
        """How many spreads each pixel's logarithm lies above the centre of its ring."""
        with np.errstate(invalid="ignore"):
            made: F4 = (logarithms - self.centre) / self.spread
        return made


def log_normal(
    logarithms: F4, ring: Ring, *, valid: B1 | None = None, truncate: float | None = None, workers: int = WORKERS
) -> Background:
    """Two parameters of each ring: mean and standard deviation of ln(value).

    logarithms: (rows, columns), NaN where there is no value. valid: which of them are water. truncate: leave out what
    lies more than this many spreads above the mean (2 is usual), re-estimate, and correct for what the cut takes from
    the tail. Where the cut lies need not be known well, as every cut is corrected for: it is found on every second
    row and column, in two rounds.
    """
    if truncate is None:
        found = ring_moments(logarithms, ring, valid=valid, workers=workers)
        return _enough(found.mean, found.spread, found.count)
    known = np.isfinite(logarithms) if valid is None else valid & np.isfinite(logarithms)
    bound = _bound(logarithms[::2, ::2], _half(ring), known[::2, ::2], truncate, workers)
    bound = bound.repeat(2, axis=0).repeat(2, axis=1)[: logarithms.shape[0], : logarithms.shape[1]]
    with np.errstate(invalid="ignore"):
        known = known & ~(logarithms > bound)
    found = ring_moments(logarithms, ring, valid=known, workers=workers)
    mean, spread = untruncated(found.mean, found.spread, bound)
    return _enough(mean, spread, found.count)


def _half(ring: Ring) -> Ring:
    """A ring of about the same size on the ground for every second pixel."""
    guard = ring.guard // 4 * 2 + 1
    return Ring(max(ring.outer // 4 * 2 + 1, guard + 2), guard)


def _bound(logarithms: F4, ring: Ring, known: B1, truncate: float, workers: int) -> F4:
    """Where the upper tail is cut off, in two rounds: the second no longer sees the bright pixels of the first."""
    found = ring_moments(logarithms, ring, valid=known, workers=workers)
    mean, spread = found.mean, found.spread
    bound: F4 = mean + np.float32(truncate) * spread
    with np.errstate(invalid="ignore"):
        found = ring_moments(logarithms, ring, valid=known & ~(logarithms > bound), workers=workers)
    mean, spread = untruncated(found.mean, found.spread, bound)
    again: F4 = (mean + truncate * spread).astype(np.float32)
    return again


def average(values: F4, ring: Ring, *, valid: B1 | None = None, workers: int = WORKERS) -> Background:
    """One parameter of each ring: its arithmetic mean, for gamma and K clutter.

    values: (rows, columns) power [1], not logarithms. Scores of ln(value) are then ln(value / mean).
    """
    mean, count = ring_mean(values, ring, valid=valid, workers=workers)
    with np.errstate(divide="ignore", invalid="ignore"):
        return _enough(np.log(mean), np.ones_like(mean), count)


def _enough(centre: F4, spread: F4, count: npt.NDArray[np.integer]) -> Background:
    np.maximum(spread, np.float32(LEAST_SPREAD), out=spread)
    if count.min(initial=FEWEST) < FEWEST:
        few = count < FEWEST
        centre[few] = spread[few] = np.nan
    return Background(centre, spread, count)


def logarithms_of(values: F4) -> F4:
    """ln(value); NaN where a value is missing, zero or negative: no signal is not a weak signal. (rows, columns)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        made = np.log(values, dtype=np.float32)
    if not math.isfinite(float(made.min(initial=0.0))):
        made[~np.isfinite(made)] = np.nan
    return made


Read = Callable[[slice, slice], F4]
"""Reads rows and columns of an image that need not fit into memory."""


def scores_by_block(
    read: Read, shape: tuple[int, int], ring: Ring, *, truncate: float | None = None, rows: int = 512
) -> Iterator[tuple[slice, F4]]:
    """Scores of a whole scene, strip by strip: the rows, and (rows, columns) scores of them.

    read: gives power values [1], NaN where there is none. Memory: a few strips of `rows` and twice the ring's halo.
    Two-parameter scores are those of the whole image at once; truncated ones too, as strips begin at even rows.
    """
    rows += rows % 2
    halo = 3 * (ring.halo + 1) if truncate else ring.halo
    halo += halo % 2
    for top in range(0, shape[0], rows):
        end = min(top + rows, shape[0])
        first, last = max(0, top - halo), min(shape[0], end + halo)
        logarithms = logarithms_of(read(slice(first, last), slice(0, shape[1])))
        found = log_normal(logarithms, ring, truncate=truncate)
        inner = slice(top - first, end - first)
        yield slice(top, end), found.score(logarithms)[inner]
