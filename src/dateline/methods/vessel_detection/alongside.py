"""Vessels that lie against a quay: bulges of the shore as long and as broad as ships, with water at both ends.

Along the line of a quay, a moored ship is a run of what is not water, bounded by water at bow and stern; across it, one
side meets water and the other meets land. Land itself makes longer runs, and a pier reaches out farther than any beam.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from dateline.imagery.cfar.ring import B1
from dateline.methods.vessel_detection.settings import LONGEST, WIDEST

TURN = 7.5
"""Step of the directions in which quays are looked for [degrees]."""
SHORTEST = 40.0
"""Bulges shorter than this are not told from the raggedness of a shore [m]."""
NARROWEST = 12.0
"""The least beam of such ships [m]."""
FULL = 0.75
"""Share of its rectangle that a ship fills; the segment of a curved shore fills two thirds."""
SLENDER = 2.0, 12.0
"""Least and greatest length over beam, a pixel's blur included."""
OPEN, BACKED = 0.25, 0.6
"""Most of the outer side that may not be water, and least of the inner side that is land."""
BEYOND = 30.0
"""How far the quay goes on beyond bow and stern at least [m]: about the reach of a mooring line."""
SHARED = 0.3
"""Of two that share more of their pixels than this, one stays."""


@dataclass(frozen=True, slots=True)
class Bulge:
    """A candidate: its pixels, length and beam [m], axis [degrees clockwise from up], and how well it fits, 0 to 1."""

    rows: npt.NDArray[np.intp]
    columns: npt.NDArray[np.intp]
    length: float
    beam: float
    axis: float
    fit: float


def bulges(solid: B1, pixel: tuple[float, float]) -> list[Bulge]:
    """All bulges of what is not water, the best fitting first, none of them twice.

    solid: (rows, columns) land, quays and ships. pixel: height and width [m], about equal.
    """
    found = [bulge for angle in np.arange(0, 180, TURN) for bulge in _along(solid, pixel, float(angle))]
    found.sort(key=lambda bulge: -bulge.fit)
    used, kept = np.zeros(solid.shape, bool), []
    for bulge in found:
        if used[bulge.rows, bulge.columns].mean() < SHARED:
            used[bulge.rows, bulge.columns] = True
            kept.append(bulge)
    return kept


def _along(solid: B1, pixel: tuple[float, float], angle: float) -> Iterator[Bulge]:
    """Bulges along one direction, found along the rows of a turned image."""
    size = (pixel[0] * pixel[1]) ** 0.5
    turn = np.radians(angle)
    matrix = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    side = int(np.ceil(np.hypot(*solid.shape))) + 4
    offset = np.array(solid.shape) / 2 - matrix @ np.array([side / 2, side / 2])
    turned = ndimage.affine_transform(solid.astype(np.float32), matrix, offset, (side, side), order=1) > 0.5
    runs = _runs(turned, SHORTEST / size, LONGEST / size)
    labels, _ = ndimage.label(runs)
    for number, (tall_part, long_part) in enumerate(ndimage.find_objects(labels), 1):
        part = tall_part, long_part
        tall, long = (one.stop - one.start for one in part)
        if not (NARROWEST <= tall * size <= WIDEST and SLENDER[0] <= long / tall <= SLENDER[1]):
            continue
        inside = labels[part] == number
        sides = sorted((turned[part[0].start - 1, part[1]].mean(), turned[part[0].stop, part[1]].mean()))
        full = float(inside.mean())
        if full < FULL or sides[0] > OPEN or sides[1] < BACKED or not _on_a_line(turned, part, size):
            continue
        rows, columns = np.nonzero(inside)
        back = matrix @ np.vstack([rows + part[0].start, columns + part[1].start]) + offset[:, None]
        at = np.unique(np.round(back).astype(np.intp), axis=1)
        at = at[:, (at >= 0).all(axis=0) & (at[0] < solid.shape[0]) & (at[1] < solid.shape[1])]
        if at.shape[1]:
            fit = full * float(sides[1] - sides[0])
            # Along the turned rows the image's columns grow with cos, its rows with sin: clockwise from up that is
            # a quarter turn and the angle.
            yield Bulge(at[0], at[1], long * size, tall * size, (90 + angle) % 180, fit)


def _on_a_line(turned: B1, part: tuple[slice, slice], size: float) -> bool:
    """Whether land goes on behind bow and stern: a quay is longer than its ship, the head of a pier is not."""
    above, below = part[0].start - 1, part[0].stop
    inner = above if turned[above, part[1]].mean() > turned[below, part[1]].mean() else below
    ends = max(2, round(BEYOND / size))
    before = turned[inner, max(0, part[1].start - ends) : part[1].start]
    after = turned[inner, part[1].stop : part[1].stop + ends]
    return bool(before.size and after.size and min(before.mean(), after.mean()) >= BACKED)


def _runs(solid: B1, shortest: float, longest: float) -> B1:
    """Pixels of the runs along rows that have such a length [px] and water at both ends."""
    height, width = solid.shape
    steps = np.diff(np.pad(solid, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    (rows, starts), (_, ends) = np.nonzero(steps == 1), np.nonzero(steps == -1)
    fits = (ends - starts >= shortest) & (ends - starts <= longest) & (starts > 0) & (ends < width)
    marks = np.zeros((height, width + 1), np.int32)
    np.add.at(marks, (rows[fits], starts[fits]), 1)
    np.add.at(marks, (rows[fits], ends[fits]), -1)
    inside: B1 = np.cumsum(marks, axis=1)[:, :width] > 0
    return inside
