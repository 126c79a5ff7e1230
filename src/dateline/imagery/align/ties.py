"""Tie points: where windows of one plane lie in another, each found by phase correlation and then by correlation."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dateline.imagery.align.ecc import MARGIN, ecc
from dateline.imagery.align.phase import phase_correlation, tapered
from dateline.imagery.align.structure import REACH, log_gradient

F4 = npt.NDArray[np.float32]
F8 = npt.NDArray[np.float64]

SIDES = (256, 192, 128, 96, 64, 48)
"""Sides of windows [px]; the largest that fits three times with overlap is taken."""
MOST = 400
"""Windows of a pair at most: spread evenly where there are more."""
THREADS = 2
"""Windows that are worked on at once: most of the time goes into numpy and scipy, which let others run."""
KNOWN = 0.5
"""Least share of a window that both images show."""
_EDGE = REACH + 2
_NEAR = 3
"""A peak this near to the start needs no new window of the moving plane [px]."""


@dataclass(frozen=True, slots=True)
class Ties:
    """Windows and what was found in them, one length n.

    at: (n, 2) centres in the first plane, rows and columns [px]. shift: (n, 2) how far the second plane shows the same
    ground from there [px]. rho: (n,) correlation there. height: (n,) of the phase peak [spreads]. second: (n, 2) the
    shift by phase correlation alone [px]. side: of a window [px]. tried: windows with
    enough in common.
    """

    at: F8
    shift: F8
    rho: F8
    height: F8
    second: F8
    side: int
    tried: int

    def __len__(self) -> int:
        return len(self.at)


def side_for(shape: tuple[int, int]) -> int | None:
    """The side of windows for a plane of this shape [px]; None where it is too small for any."""
    return next((side for side in SIDES if min(shape) >= 1.8 * side), None)


def corners(shape: tuple[int, int], side: int, most: int = MOST) -> list[tuple[int, int]]:
    """First rows and columns of windows that overlap by half, spread over the plane; at most `most` of them."""
    counts = [int(np.ceil((length - side) / (side / 2))) + 1 for length in shape]
    thin = min(1.0, np.sqrt(most / (counts[0] * counts[1])))
    rows, columns = (
        np.linspace(0, length - side, max(2, int(count * thin))).round().astype(int)
        for length, count in zip(shape, counts, strict=True)
    )
    return [(int(row), int(column)) for row in rows for column in columns]


def ties(first: F4, second: F4, start: tuple[int, int] = (0, 0), *, most: int = MOST) -> Ties:
    """Tie points of two planes on one grid; those whose correlation does not settle are left out.

    first, second: (rows, columns), NaN where not seen. start: where the second is thought to lie off the first [px].
    """
    rows, columns = (min(first.shape[axis], second.shape[axis]) for axis in (0, 1))
    side = side_for((rows, columns)) or 0
    places = corners((rows, columns), side, most) if side else []
    with ThreadPoolExecutor(THREADS) as pool:
        made = list(pool.map(lambda corner: _tie(first, second, corner, start, side), places))
    tried = sum(known for known, _ in made)
    table = np.array([tie for _, tie in made if tie is not None], float).reshape(-1, 8)
    return Ties(table[:, 0:2], table[:, 2:4], table[:, 4], table[:, 5], table[:, 6:8], side, tried)


def _tie(
    first: F4, second: F4, corner: tuple[int, int], start: tuple[int, int], side: int
) -> tuple[bool, tuple[float, ...] | None]:
    """Whether a window has enough in common, and what was found."""
    fixed, known = _window(first, corner, side, 0)
    if known.mean() < KNOWN:
        return False, None
    wide, seen = _window(second, (corner[0] + start[0], corner[1] + start[1]), side, MARGIN)
    inner = slice(MARGIN, MARGIN + side)
    if (known & seen[inner, inner]).mean() < KNOWN:
        return False, None
    peak = phase_correlation(tapered(fixed, known), tapered(wide[inner, inner], seen[inner, inner]))
    off = [round(peak.rows), round(peak.columns)]
    if max(abs(off[0]), abs(off[1])) <= _NEAR:
        near = (float(off[0]), float(off[1]))
        off = [0, 0]
    else:
        near = (0.0, 0.0)
        wide, seen = _window(second, (corner[0] + start[0] + off[0], corner[1] + start[1] + off[1]), side, MARGIN)
        if (known & seen[inner, inner]).mean() < KNOWN:
            return True, None
    fit = ecc(fixed, wide, known & seen[inner, inner], near)
    if fit is None:
        return True, None
    middle = (corner[0] + (side - 1) / 2, corner[1] + (side - 1) / 2)
    shift = (start[0] + off[0] + fit.rows, start[1] + off[1] + fit.columns)
    return True, (*middle, *shift, fit.rho, peak.height, start[0] + peak.rows, start[1] + peak.columns)


def _window(plane: F4, corner: tuple[int, int], side: int, margin: int) -> tuple[F4, npt.NDArray[np.bool_]]:
    """A window's structure and where it means something, beyond the plane nowhere."""
    edge = margin + _EDGE
    size = side + 2 * edge
    top, left = corner[0] - edge, corner[1] - edge
    rows = slice(max(top, 0), max(min(top + size, plane.shape[0]), 0))
    columns = slice(max(left, 0), max(min(left + size, plane.shape[1]), 0))
    part = plane[rows, columns]
    if part.shape != (size, size):
        whole = np.full((size, size), np.nan, np.float32)
        if part.size:
            down, right = rows.start - top, columns.start - left
            whole[down : down + part.shape[0], right : right + part.shape[1]] = part
        part = whole
    made, valid = log_gradient(np.asarray(part, np.float32))
    inner = slice(_EDGE, size - _EDGE)
    return made[inner, inner], valid[inner, inner]
