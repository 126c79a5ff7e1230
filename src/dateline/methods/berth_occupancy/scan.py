"""The score of one slot on each date: the window along the quay that stands out most over its own reference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dateline.methods.berth_occupancy.levels import low
from dateline.methods.berth_occupancy.quay import B1, F8

LENGTHS = (40.0, 60.0, 90.0, 130.0, 200.0)
"""Of the windows, along the quay [m]; the whole slot is always one."""
DEPTHS = (15.0, 25.0)
"""Of the windows, from the quay over the water [m]; the whole reach of the berth is always one."""
FEWEST = 2.5
"""Fewest dates taken as empty whose mean may replace the percentile as a window's reference."""
FEWEST_SPREAD = 4
"""Fewest dates taken as empty whose spread may join the expected noise of a cell."""
EDGE = 0.12
"""What registration and the pixels' different fall on an edge leave, as a displacement [cells]."""
PRIOR = 8.0
"""How many dates the expected noise counts for, beside the spread that is measured."""

BLOCK = (2, 6)
"""Cells across and along of the windows of open water that tell how alike neighbours are."""
FEWEST_BLOCKS = 30
UNTOLD = 2.2
"""Noise of a cell where no open water tells it [dB]: 4.4 looks of speckle, sqrt(trigamma(4.4)) * 10 / ln 10."""

I8 = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """Rectangles of cells in a slot: first cell along, the one after the last, number of cells across; (n,) each."""

    first: I8
    last: I8
    deep: I8


def windows(cells: int, deep: int, step: float) -> Windows:
    """All windows of a slot of `cells` by `deep` cells of `step` [m], moved by one cell."""
    lengths = sorted({max(round(one / step), 1) for one in LENGTHS if round(one / step) < cells} | {cells})
    depths = sorted({max(round(one / step), 1) for one in DEPTHS if round(one / step) < deep} | {deep})
    made = [(at, at + n, d) for n in lengths for at in range(cells - n + 1) for d in depths]
    first, last, across = np.array(made, np.int64).T
    return Windows(first=first, last=last, deep=across)


def means(values: F8, weights: F8, found: Windows) -> tuple[F8, F8]:
    """Weighted mean [dB] of each window on each date, and the weight in it [dB-2]; both (T, windows).

    values: (T, C, V, U) of the slot [dB], NaN where nothing was seen; weights: (C, V, U), inverse variances [dB-2].
    """
    there = np.isfinite(values)
    weight = _rectangles(np.where(there, weights, 0.0).sum(axis=1), found)
    total = _rectangles(np.where(there, values * weights, 0.0).sum(axis=1), found)
    return np.where(weight > 1e-9, total / np.maximum(weight, 1e-9), np.nan), weight


def _rectangles(cells: F8, found: Windows) -> F8:
    """Sums over windows by running sums: (T, V, U) -> (T, windows)."""
    running = np.zeros((len(cells), cells.shape[1] + 1, cells.shape[2] + 1))
    running[:, 1:, 1:] = cells.cumsum(axis=1).cumsum(axis=2)
    sums: F8 = running[:, found.deep, found.last] - running[:, found.deep, found.first]
    return sums


def over_percentile(level: F8, variance: F8, percentile: float) -> F8:
    """(T,) the highest window over its own low percentile of the dates, in standard deviations [1]."""
    return highest((level - low(level, percentile)) / np.sqrt(variance))


def over_empty(level: F8, variance: F8, empty: F8) -> F8:
    """(T,) the highest window over its mean on the other dates taken as empty, in standard deviations [1].

    level, variance: (T, windows) [dB], [dB2]. empty: (T,) chance that a date is empty [1]. A date is never part of its
    own reference, so empty dates' scores are as those of any further empty date would be.
    """
    there = np.isfinite(level)
    share = np.where(there, empty[:, None], 0.0)
    filled = np.where(there, level, 0.0)
    others = np.maximum(share.sum(axis=0) - share, 1e-9)
    centre = ((share * filled).sum(axis=0) - share * filled) / others
    scores = (level - centre) / np.sqrt(variance * (1 + 1 / others))
    return highest(np.where(others >= FEWEST - 1, scores, np.nan))


def highest(scores: F8) -> F8:
    """(T,) the greatest over windows; NaN on dates without any."""
    found: F8 = np.where(np.isfinite(scores), scores, -np.inf).max(axis=1)
    return np.where(np.isfinite(found), found, np.nan)


def spread(values: F8, empty: B1, expected: F8) -> F8:
    """(C, V, U) noise of each cell [dB]: its spread over dates taken as empty, drawn toward what is expected.

    expected: (C, V, U) [dB]. 1.4826 times the median absolute deviation; cranes and quay edges vary more
    than water. The fewer the dates, the more the expectation counts.
    """
    count = int(empty.sum())
    if count < FEWEST_SPREAD:
        return expected
    away = np.abs(values[empty] - low(values[empty], 50.0))
    mad = 1.4826 * low(away, 50.0)
    mad = np.where(np.isfinite(mad), mad, expected)
    variance = (count * mad**2 + PRIOR * expected**2) / (count + PRIOR)
    return np.sqrt(np.maximum(variance, (0.7 * expected) ** 2))


def slopes(reference: F8) -> F8:
    """(2, C, V, U) how steep the reference is across and along the quay [dB a cell]."""
    padded = np.pad(np.nan_to_num(reference), ((0, 0), (1, 1), (1, 1)), mode="edge")
    down = (padded[:, 2:, 1:-1] - padded[:, :-2, 1:-1]) / 2
    along = (padded[:, 1:-1, 2:] - padded[:, 1:-1, :-2]) / 2
    return np.stack([down, along])


def edge_noise(slope: F8, weights: F8, found: Windows) -> F8:
    """(windows,) what displacement leaves in a window's mean [dB]: EDGE times how steep the window is as a whole.

    A quay edge moves at once, along its whole length, so this does not sink with the window's size as speckle does.
    """
    weight = _rectangles(weights.sum(axis=0)[None], found)[0]
    sums = _rectangles((slope * weights).sum(axis=1), found)
    return np.asarray(EDGE * np.hypot(*sums) / np.maximum(weight, 1e-9))


def expected_noise(values: F8, water: B1) -> tuple[F8, float]:
    """(C,) noise of one cell of open water [dB], and by how much windows there vary more than white noise would [1].

    values: (T, C, V, U) of the whole frame. Robust, so ships at anchor do not count.
    """
    beyond = values[:, :, water, :]
    away = beyond - low(beyond, 50.0)
    noise = np.array(
        [1.4826 * np.nanmedian(np.abs(one)) if np.isfinite(one).any() else np.nan for one in np.moveaxis(away, 1, 0)]
    )
    noise = np.where(np.isfinite(noise) & (noise > 0), noise, UNTOLD)
    deep, cells = beyond.shape[2:]
    block = Windows(  # one window of 2 by 6 cells beside the other
        first=np.arange(0, cells - BLOCK[1] + 1, BLOCK[1], dtype=np.int64),
        last=np.arange(BLOCK[1], cells + 1, BLOCK[1], dtype=np.int64),
        deep=np.full(cells // BLOCK[1], BLOCK[0], np.int64),
    )
    weights = np.broadcast_to(noise[:, None, None] ** -2.0, (len(noise), BLOCK[0], cells))
    found = [np.array([])]
    for top in range(0, deep - BLOCK[0] + 1, BLOCK[0]):
        level, weight = means(away[:, :, top : top + BLOCK[0]], weights, block)
        found.append((level * np.sqrt(weight)).ravel())
    scores = np.concatenate(found)
    scores = scores[np.isfinite(scores)]
    if scores.size < FEWEST_BLOCKS:
        return noise, 1.0
    return noise, max(1.0, 1.4826 * float(np.median(np.abs(scores))))
