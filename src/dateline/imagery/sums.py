"""Sums of a window's pixels over the strips of a coverage, in pieces small enough to stay in the processor's cache."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from dateline.core import State
from dateline.imagery.coverage import F8, I8, Strips, Window
from dateline.imagery.scene import Pixels

Plane = npt.NDArray[Any]
Bools = npt.NDArray[np.bool_]

_PIECE_PIXELS = 1 << 19
UNLIT = len(State)
"""A ninth category beside the states: observed, but not above the floor that was asked for."""
CATEGORIES = UNLIT + 1


@dataclass(frozen=True, slots=True)
class Piece:
    """Some whole rows of a window: which rows, which strips, and where these begin and end in the piece's pixels."""

    rows: slice
    strips: slice
    bounds: I8


@dataclass(frozen=True, slots=True)
class Part:
    """The strips inside one window, in the order of its pixels, cut into pieces."""

    window: Window
    strips: Strips
    pieces: tuple[Piece, ...]

    def sums(self, plane: Plane, where: Bools) -> F8:
        """(n,) the sum of a plane over each strip, of pixels where the mask is true; not yet times the share.

        plane: (rows, columns) of the window, float32 [unit] or whole numbers; where: the same shape.
        """
        total = np.empty(len(self.strips.row))
        for piece in self.pieces:
            masked, ready = _padded(plane[piece.rows].shape, np.float64)
            masked[...] = only(plane[piece.rows], where[piece.rows])
            total[piece.strips] = _between(ready, piece.bounds)
        return total

    def counts(self, categories: npt.NDArray[np.uint8]) -> dict[int, npt.NDArray[np.int64]]:
        """(n,) how many pixels of each strip are in a category, for each that occurs.

        categories: (rows, columns) of the window.
        """
        count: dict[int, npt.NDArray[np.int64]] = {}
        for piece in self.pieces:
            for category, found in _counts(categories[piece.rows], piece.bounds):
                count.setdefault(category, np.zeros(len(self.strips.row), np.int64))[piece.strips] = found
        return count


def part(strips: Strips, window: Window) -> Part:
    """The strips' parts inside a window, ready for its pixels."""
    inside = strips.within(window)
    rows, columns = window.shape
    start = (inside.row - window.rows.start) * columns + inside.start - window.columns.start
    order = np.argsort(start, kind="stable")
    inside, start = inside.where(order), start[order]
    stop = start + inside.stop - inside.start
    return Part(window, inside, tuple(_pieces(start, stop, rows, columns)))


def _pieces(start: I8, stop: I8, rows: int, columns: int) -> Iterator[Piece]:
    step = max(1, _PIECE_PIXELS // columns)
    for top in range(0, rows, step):
        bottom = min(top + step, rows)
        first, last = np.searchsorted(start, [top * columns, bottom * columns])
        if first == last:
            continue
        bounds = np.empty(2 * (last - first), np.int64)
        bounds[::2], bounds[1::2] = start[first:last], stop[first:last]
        yield Piece(slice(top, bottom), slice(int(first), int(last)), bounds - top * columns)


def _padded(shape: tuple[int, ...], dtype: npt.DTypeLike) -> tuple[Plane, Plane]:
    """An empty plane, and the same memory as a row with a zero after its end, so that a strip may end there."""
    ready = np.empty(shape[0] * shape[1] + 1, dtype)
    ready[-1] = 0
    return ready[:-1].reshape(shape), ready


def _between(ready: Plane, bounds: I8) -> Plane:
    """The sums from each even bound up to the odd one after it."""
    sums: Plane = np.add.reduceat(ready, bounds)[::2]
    return sums


def only(plane: Plane, where: Bools) -> Plane:
    """The plane where the mask is true, else 0.

    Bits are multiplied, not floats: NaN times zero is NaN. This is several times faster than choosing by a mask.
    """
    if plane.dtype == np.float32:
        return np.multiply(plane.view(np.int32), where).view(np.float32)
    return np.multiply(plane, where)


def _counts(categories: npt.NDArray[np.uint8], bounds: I8) -> Iterator[tuple[int, npt.NDArray[np.int64]]]:
    """Counts several categories in one pass: each has its own digits of one 63-bit number."""
    bits = int((bounds[1::2] - bounds[::2]).max()).bit_length()
    present = [category for category in range(CATEGORIES) if (categories == category).any()]
    together = 63 // bits
    for begin in range(0, len(present), together):
        chosen = present[begin : begin + together]
        digits = np.zeros(CATEGORIES, np.int64)
        digits[chosen] = 1 << (bits * np.arange(len(chosen)))
        words, ready = _padded(categories.shape, np.int64)
        np.take(digits, categories, out=words, mode="clip")
        sums = _between(ready, bounds)
        for place, category in enumerate(chosen):
            yield category, (sums >> (bits * place)) & ((1 << bits) - 1)


def categories(pixels: Pixels, floor: float) -> npt.NDArray[np.uint8]:
    """The state of each pixel, with observed pixels that are not above the floor [unit] set apart as UNLIT."""
    unlit = ~(pixels.values > floor) & (pixels.states == State.OBSERVED)
    found: npt.NDArray[np.uint8] = pixels.states | np.multiply(unlit, np.uint8(UNLIT))
    return found  # UNLIT is a bit of its own, and OBSERVED is 0


def by_state(counts: F8) -> F8:
    """(…, 8) of the State codes from (…, 9) of the categories: what is observed but unlit is observed."""
    weight = counts[..., :UNLIT].copy()
    weight[..., State.OBSERVED] += counts[..., UNLIT]
    return weight
