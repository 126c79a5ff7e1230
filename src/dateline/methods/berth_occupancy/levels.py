"""What a stack shows at a berth, date by date, in decibels, with the sea's and the ground's own changes taken out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from dateline.methods.berth_occupancy.quay import B1, F8, Quay

F4 = npt.NDArray[np.float32]

FEWEST = 30
"""Fewest cells that can tell the level of the water or of the ground."""
LEAST_POWER = 1e-9
"""Under any value a sensor gives; keeps logarithms finite."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """A berth's series on one track.

    values: (T, C, V, U) level of each date, channel (polarisation or band) and cell [dB], registered, corrected for the
    sea and the ground, NaN where nothing was seen. reference: (C, V, U) what the berth shows without ships [dB].
    sea: (T,) how far the open water stood over its usual level [dB], in the channel in which that changed most; NaN:
    cannot be told.
    sea_level: (C,) usual level of the open water [dB].
    """

    values: F8
    reference: F8
    sea: F8
    sea_level: F8


def sampled(levels: F4, quay: Quay, shift: tuple[float, float]) -> F8:
    """(C, V, U) one image's levels [dB] at a berth's cells, moved by its displacement (rows, columns) [px].

    levels: (C, rows, columns), NaN where nothing was seen. Cubic interpolation in the logarithm: it keeps the mean of a
    window and does not smear cranes over their neighbours as linear interpolation does. NaN wherever the pixel under
    the cell has no value.
    """
    rows, columns = quay.rows + shift[0], quay.columns + shift[1]
    top, left = max(int(rows.min()) - 8, 0), max(int(columns.min()) - 8, 0)
    part = levels[:, top : int(rows.max()) + 9, left : int(columns.max()) + 9]
    found = np.full((len(levels), *rows.shape), np.nan)
    if 0 in part.shape:
        return found
    at = np.stack([rows - top, columns - left])
    inside = (at[0] >= -0.5) & (at[0] < part.shape[1] - 0.5) & (at[1] >= -0.5) & (at[1] < part.shape[2] - 0.5)
    for number, one in enumerate(part):
        there = np.isfinite(one)
        if not there.any():
            continue
        seen = ndimage.map_coordinates(there, at, order=0, mode="nearest", output=np.uint8) > 0
        filled = np.where(there, one, np.median(one[there]))
        found[number] = ndimage.map_coordinates(filled, at, order=3, mode="nearest")
        found[number][~(seen & inside)] = np.nan
    return found


def series(raw: F8, quay: Quay, ground: F8, percentile: float, empty: B1) -> Levels:
    """The corrected series of a berth.

    raw: (T, C, V, U) [dB]. ground: (T, C) how far the land all around stood over its usual level [dB]. percentile: of
    the dates, taken as the level without ships; empty: (T,) dates declared empty, whose median is taken instead. What
    the sea adds is power, so a date on which the open water stands higher raises a cell by its share of water only:
    quay and cranes do not move with the wind.
    """
    usual = reference(raw, percentile, empty)
    water = usual[:, quay.open_water, :]
    level = low(water.reshape(len(usual), -1).T, 50.0) if water.size else np.full(len(usual), np.nan)
    wet = (usual < level[:, None, None] + 3.0) & quay.open_water[None, :, None]
    sea = _change(raw - usual, wet)
    share = np.clip(10 ** ((level[:, None, None] - usual) / 10), 0, 1)
    share = np.where(np.isfinite(share), share, 0.0)
    risen = 10 ** (np.nan_to_num(sea)[:, :, None, None] / 10) - 1
    raised = 10 * np.log10(np.maximum(1 + share * risen, 1e-3))
    corrected = raw - raised - (1 - share) * np.nan_to_num(ground)[:, :, None, None]
    return Levels(
        values=corrected,
        reference=reference(corrected, percentile, empty),
        sea=_strongest(sea),
        sea_level=level,
    )


def reference(values: F8, percentile: float, empty: B1) -> F8:
    """(C, V, U) the level without ships [dB]: a low percentile over the dates, or the median of the declared empty."""
    return low(values[empty], 50.0) if empty.any() else low(values, percentile)


def low(values: F8, percentile: float) -> F8:
    """A percentile over the first axis of what is there, linear between neighbours; NaN where nothing is.

    As numpy.nanpercentile, which goes cell by cell where there is a NaN and is a hundred times slower.
    """
    ordered = np.sort(values, axis=0)  # NaN come last
    count = np.isfinite(values).sum(axis=0)
    at = np.maximum(count - 1, 0) * percentile / 100
    below = np.floor(at).astype(np.int64)
    above = np.minimum(below + 1, np.maximum(count - 1, 0))
    first, second = (np.take_along_axis(ordered, one[None], axis=0)[0] for one in (below, above))
    found: F8 = np.where(count > 0, first + (at - below) * (second - first), np.nan)
    return found


def _change(away: F8, where: B1) -> F8:
    """(T, C) median departure of some cells from the reference, less its own usual value [dB]; NaN with too few."""
    found = np.full(away.shape[:2], np.nan)
    for date in range(away.shape[0]):
        for channel in range(away.shape[1]):
            cells = away[date, channel][where[channel]]
            cells = cells[np.isfinite(cells)]
            if len(cells) >= FEWEST:
                found[date, channel] = np.median(cells)
    known = np.isfinite(found).any(axis=0)
    found[:, known] -= np.nanmedian(found[:, known], axis=0)
    return found


def _strongest(change: F8) -> F8:
    """(T,) the change of the channel that changed most; NaN where none is known."""
    known = np.isfinite(change).any(axis=1)
    found = np.full(len(change), np.nan)
    for date in np.flatnonzero(known):
        row = change[date][np.isfinite(change[date])]
        found[date] = row[np.abs(row).argmax()]
    return found
