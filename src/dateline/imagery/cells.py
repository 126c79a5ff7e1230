"""Places cut into square cells, the finest units that a bootstrap over space can draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dateline.imagery.coverage import I8, Coverage, Strips

_BITS = 21
"""A cell's row and column within its place take this many bits of its key: two million each."""
_LOW = (1 << _BITS) - 1


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of P places, sorted by place, row, column.

    grain: (P,) pixels a side. top, left: (P,) the grid's row and column where a place's first cell begins [px].
    place, row, column: (C,) whose cell it is, and its position in cells of that place.
    """

    grain: I8
    top: I8
    left: I8
    place: I8
    row: I8
    column: I8

    def cut(self, strips: Strips) -> Strips:
        """The strips cut at cell borders; their `place` is then the index of the cell."""
        which, column = self._columns(strips)
        place = strips.place[which]
        key = _key(place, self._row(strips)[which], column)
        border = self.left[place] + column * self.grain[place]
        return Strips(
            np.searchsorted(_key(self.place, self.row, self.column), key),
            strips.row[which],
            np.maximum(strips.start[which], border),
            np.minimum(strips.stop[which], border + self.grain[place]),
            strips.share[which],
            strips.area[which],
        )

    def keys(self, strips: Strips) -> I8:
        """The sorted keys of the cells that these strips touch."""
        which, column = self._columns(strips)
        keys = np.sort(_key(strips.place[which], self._row(strips)[which], column))
        distinct: I8 = keys[np.diff(keys, prepend=-1) != 0]  # np.unique hashes, which is slower here
        return distinct

    def _row(self, strips: Strips) -> I8:
        return (strips.row - self.top[strips.place]) // self.grain[strips.place]

    def _columns(self, strips: Strips) -> tuple[I8, I8]:
        """Each strip's index once for each cell that it touches, and that cell's column."""
        left, grain = self.left[strips.place], self.grain[strips.place]
        first, last = (strips.start - left) // grain, (strips.stop - 1 - left) // grain
        count = last - first + 1
        which = np.repeat(np.arange(len(count)), count)
        return which, first[which] + np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)


def cells(coverage: Coverage, most: int) -> Cells:
    """Cells as small as they can be while no place has more than `most` of them."""
    strips, places = coverage.strips, len(coverage.places)
    top, left = (np.full(places, np.iinfo(np.int64).max) for _ in range(2))
    np.minimum.at(top, strips.place, strips.row)
    np.minimum.at(left, strips.place, strips.start)
    touched = np.bincount(strips.place, weights=strips.stop - strips.start, minlength=places)
    grain = np.maximum(np.ceil(np.sqrt(touched / most)), 1).astype(np.int64)
    nothing = np.empty(0, np.int64)
    while True:
        keys = Cells(grain, top, left, nothing, nothing, nothing).keys(strips)
        place, row, column = keys >> 2 * _BITS, keys >> _BITS & _LOW, keys & _LOW
        too_many = np.bincount(place, minlength=places) > most
        if not too_many.any():
            return Cells(grain, top, left, place, row, column)
        grain = grain + too_many


def _key(place: I8, row: I8, column: I8) -> I8:
    return (place << 2 * _BITS) | (row << _BITS) | column
