"""A berth on the grid of a stack: positions along and across the quay, and the slots into which it is cut."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from odc.geo.geobox import GeoBox
from pyproj import Transformer

from dateline.core.errors import InputError
from dateline.imagery.berth import Berth, Slot
from dateline.imagery.ground import crs_of

F8 = npt.NDArray[np.float64]
B1 = npt.NDArray[np.bool_]

STRIP = (-60.0, -20.0)
"""The strip of land behind the quay that must not change with the berth, across the quay [m]."""
WATER = (30.0, 230.0)
"""The open water that tells the level of the sea, beyond the reach of ships alongside [m]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quay:
    """One berth laid over a grid.

    rows, columns: (V, U) positions in the image [px] of cells `step` [m] wide; axis 0 runs across the quay (v, over the
    water positive), axis 1 along it (u). across: (V,) and along: (U,) middles of the cells [m]. slots: each with
    its cells.
    """

    berth: Berth
    step: float
    rows: F8
    columns: F8
    across: F8
    along: F8
    slots: tuple[tuple[Slot, slice], ...]

    @property
    def reach(self) -> B1:
        """(V,) rows of cells in which ships alongside lie."""
        return (self.across > 0) & (self.across < self.berth.depth)

    @property
    def strip(self) -> B1:
        """(V,) rows of cells of the control strip on land."""
        return (self.across > STRIP[0]) & (self.across < STRIP[1])

    @property
    def open_water(self) -> B1:
        """(V,) rows of cells of the water beyond ships alongside."""
        return self.across > self.berth.depth + WATER[0]

    def moved(self, row: int, column: int) -> Quay:
        """The same on a grid cut at this row and column [px]."""
        return replace(self, rows=self.rows - row, columns=self.columns - column)

    def near(self, shape: tuple[int, int], low: float, high: float) -> B1:
        """(rows, columns) of the image: pixels whose middle lies between two distances across the quay [m]."""
        inside = np.zeros(shape, bool)
        wanted = (self.across >= low) & (self.across <= high)
        row, column = np.rint(self.rows[wanted]).astype(int), np.rint(self.columns[wanted]).astype(int)
        there = (row >= 0) & (row < shape[0]) & (column >= 0) & (column < shape[1])
        inside[row[there], column[there]] = True
        return inside


def lay(berth: Berth, geobox: GeoBox, pixel: float, slot_length: float) -> Quay:
    """A berth on a grid whose pixels measure `pixel` [m] on the ground; cells are as wide as a pixel.

    slot_length: of the slots where the berth names none [m]. Raises InputError `berth` for a quay without length or
    depth, or a slot that is not on it.
    """
    line, length = _line(berth, geobox, pixel)
    slots = _slots(berth, length, slot_length)
    across = np.float64(pixel) * (
        np.arange(math.floor(STRIP[0] / pixel), math.ceil((berth.depth + WATER[1]) / pixel)) + 0.5
    )
    along = np.float64(pixel) * (np.arange(max(round(length / pixel), 1)) + 0.5)
    at, normal = _points(line, along / pixel)
    out = -1.0 if berth.water == "left" else 1.0
    columns = at[:, 0][None, :] + out * across[:, None] / pixel * normal[:, 0][None, :]
    rows = at[:, 1][None, :] + out * across[:, None] / pixel * normal[:, 1][None, :]
    cells = tuple(
        (slot, slice(round(slot.start / pixel), max(round(slot.end / pixel), round(slot.start / pixel) + 1)))
        for slot in slots
    )
    return Quay(
        berth=berth, step=pixel, rows=rows - 0.5, columns=columns - 0.5, across=across, along=along, slots=cells
    )


def _line(berth: Berth, geobox: GeoBox, pixel: float) -> tuple[F8, float]:
    """The quay's points as (column, row) [px], corners of pixels whole, and its length [m]."""
    if len(berth.quay) < 2 or berth.depth <= 0:
        raise _bad(berth, f"{len(berth.quay)} points, depth {berth.depth} m", "Draw the quay with two points or more.")
    to_grid = Transformer.from_crs("EPSG:4326", crs_of(geobox).to_wkt(), always_xy=True)
    x, y = to_grid.transform(*np.array(berth.quay, float).T)
    a, b, c, d, e, f = tuple(~geobox.affine)[:6]
    line = np.column_stack([a * x + b * y + c, d * x + e * y + f])
    length = float(np.hypot(*np.diff(line, axis=0).T).sum()) * pixel
    if not np.isfinite(length) or length < pixel:
        raise _bad(berth, f"a quay of {length:.0f} m", "Draw it longer than one pixel.")
    return line, length


def _points(line: F8, at: F8) -> tuple[F8, F8]:
    """Points on the line at distances from its start [px], and its unit normal to the right there; both (n, 2).

    Rows count downward, so the right of a direction (column, row) is (-row, column).
    """
    steps = np.diff(line, axis=0)
    lengths = np.hypot(steps[:, 0], steps[:, 1])
    ends = np.concatenate([[0.0], np.cumsum(lengths)])
    part = np.clip(np.searchsorted(ends, at, side="right") - 1, 0, len(lengths) - 1)
    direction = steps[part] / lengths[part][:, None]
    points = line[part] + direction * (at - ends[part])[:, None]
    return points, np.column_stack([-direction[:, 1], direction[:, 0]])


def _slots(berth: Berth, length: float, wanted: float) -> tuple[Slot, ...]:
    if berth.slots:
        for slot in berth.slots:
            if not 0 <= slot.start < slot.end <= length * 1.05:
                raise _bad(
                    berth, f"slot {slot.id} from {slot.start} to {slot.end} m on {length:.0f} m", "Mend the slot."
                )
        return tuple(sorted(berth.slots, key=lambda slot: slot.start))
    count = max(round(length / wanted), 1)
    ends = np.linspace(0, length, count + 1).tolist()
    return tuple(Slot(id=f"slot-{k + 1}", start=start, end=end) for k, (start, end) in enumerate(pairwise(ends)))


def _bad(berth: Berth, saw: str, do: str) -> InputError:
    return InputError(f"The berth {berth.id} cannot be laid over the images.", saw=saw, do=do, code="berth")
