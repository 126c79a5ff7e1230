"""One plane of an image for registration: what no image shows is left out, and two images stand on one grid."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, cast

import numpy as np
import numpy.typing as npt
from affine import Affine
from odc.geo.geobox import GeoBox
from scipy import ndimage

from dateline.core.errors import Refusal
from dateline.core.state import State, seen
from dateline.imagery.align.spline import moved
from dateline.imagery.chip import Chip
from dateline.imagery.coverage import Window
from dateline.imagery.resample import between, bounds_of, needed, offset, positions, true_pixel, window_of
from dateline.imagery.windowed import STRIP, WHOLE, Plane, hidden, is_windowed, sample, strips, windowed

F4 = npt.NDArray[np.float32]
F8 = npt.NDArray[np.float64]
B1 = npt.NDArray[np.bool_]

VISIBLE = ("B02", "B03", "B04", "blue", "green", "red", "R", "G", "B")
POLARISATIONS = ("VV", "VH", "HH", "HV")
FINER = 1.5
"""A grid this much finer is averaged before it is read between its pixels."""
_LEAST_COLLAR = 64
"""Black patches at the edge under this size are shadows or water [px]."""
_REALLY_ZERO = 0.5
"""Least part of a collar that is exactly 0: the dark of a wood or of the sea is not."""
_PICTURE_BLACK = 4.0
"""Up to here compression leaves black in pictures of bytes."""
_REACH = 16
"""Pixels around a part that its spline rests on: beyond them a coefficient weighs less than 1e-8."""
_BLOCK, _SAME = 128, 0.01
"""Side of the blocks that are moved as one where a grid is hardly turned, and what their ends may be off [px]."""


def without_collar(chip: Chip) -> Chip:
    """The chip with black that touches its border as OUTSIDE: a collar has no flag and is never data."""
    collar = collar_of(chip)
    if not collar.any():
        return chip
    states = chip.states.copy()
    values = hidden(chip.values, collar)
    states[collar] = np.maximum(states[collar], np.uint8(State.OUTSIDE))
    return replace(chip, values=values, states=states)


def collar_of(chip: Chip) -> B1:
    """(rows, columns) where all bands are black in one patch with the border, grown by 2 px for its blurred edge."""
    reach = _PICTURE_BLACK if _is_picture(chip) else 0.0
    shape = chip.states.shape
    edges = [np.s_[:1, :], np.s_[-1:, :], np.s_[:, :1], np.s_[:, -1:]]
    if not any(_black(chip, edge, reach)[0].any() for edge in edges):
        return np.zeros(shape, bool)
    black, valued, zero = (np.empty(shape, bool) for _ in range(3))
    for rows in strips(shape):
        black[rows], valued[rows], zero[rows] = _black(chip, (rows, slice(None)), reach)
    patches, count = ndimage.label(black)
    edge = np.concatenate([patches[0], patches[-1], patches[:, 0], patches[:, -1]])
    sizes, zeros = (np.bincount(patches[one & black], minlength=count + 1) for one in (valued, zero))
    large = np.zeros(count + 1, bool)
    large[np.unique(edge)] = True
    large &= (zeros >= _LEAST_COLLAR) & (zeros >= _REALLY_ZERO * sizes)
    large[0] = False
    if not large.any():
        return np.zeros(shape, bool)
    return np.asarray(ndimage.binary_dilation(large[patches], iterations=2))


def _is_picture(chip: Chip) -> bool:
    """Whether the values are those of bytes, by the brightest there is."""
    thin = sample(chip.values)
    top = max((float(np.nanmax(band)) for band in thin if np.isfinite(band).any()), default=0.0)
    return chip.quantity == "relative" and 16 < top <= 255


def _black(chip: Chip, part: tuple[slice, slice], reach: float) -> tuple[B1, B1, B1]:
    """Where all bands of a part are black or unknown, where one of those has a value, and where all are exactly 0."""
    values = chip.values[:, part[0], part[1]]
    known = np.isfinite(values)
    with np.errstate(invalid="ignore"):
        black = np.asarray((~known | (np.abs(values) <= reach)).all(axis=0))
    return black, black & known.any(axis=0), np.asarray((values == 0).all(axis=0))


def plane_of(chip: Chip) -> F4:
    """(rows, columns) one plane with the ground's edges, NaN where nothing was seen.

    Visible bands where there are any, else all; polarisations as logarithms.
    """
    bands = [band for band in chip.bands if band in VISIBLE] or list(chip.bands)
    if is_windowed(chip.values):
        return _plane_by_parts(chip, bands)
    radar = all(band in POLARISATIONS for band in bands)
    total = np.zeros(chip.states.shape, np.float32)
    for name in bands:
        values = chip.band(name)
        if radar:
            values = np.log(np.where(values > 0, values, np.nan)).astype(np.float32)
        if len(bands) == 1:
            total = np.asarray(values, np.float32)
            break
        spread = _spread(values)
        total = total + (values / np.float32(spread) if spread > 0 else np.float32(0))
    looked = seen(chip.states)
    return total if looked.all() else np.where(looked, total, np.float32(np.nan))


def _spread(values: F4) -> float:
    known = values[np.isfinite(values)]
    return float(np.std(known[:: max(1, len(known) // 100_000)])) if known.size else 0.0


def _plane_by_parts(chip: Chip, bands: Sequence[str]) -> F4:
    """The same of a large image, when it is looked at; no radar is read part by part."""
    planes = [cast(Plane, chip.band(name)) for name in bands]
    spreads = [_spread(sample(windowed([plane]))) for plane in planes] if len(planes) > 1 else [1.0]
    used = [(plane, np.float32(spread)) for plane, spread in zip(planes, spreads, strict=True) if spread > 0]

    def read(rows: slice, columns: slice) -> F4:
        total = np.zeros((rows.stop - rows.start, columns.stop - columns.start), np.float32)
        for plane, spread in used:
            total += plane[rows, columns] / spread
        total[~seen(chip.states[rows, columns])] = np.nan
        return total

    return cast(F4, Plane((chip.states.shape[0], chip.states.shape[1]), read))


def common_grid(first: GeoBox, second: GeoBox) -> GeoBox:
    """The first's grid over what both cover, in pixels as large as those of the coarser one.

    Raises Refusal `no-georeference`, `no-overlap`.
    """
    for grid in (first, second):
        if grid.crs is None:
            raise Refusal(
                "An image does not say where on Earth it lies; it cannot be laid over another in metres.",
                saw=f"a grid of {grid.shape[0]} by {grid.shape[1]} pixels without a reference system",
                do="Give the georeferenced file, or georeference it by landmarks first.",
                code="no-georeference",
            )
    sizes = [float(np.sqrt(np.prod(true_pixel(grid)))) for grid in (first, second)]
    target = first.zoom_out(sizes[1] / sizes[0]) if sizes[1] > 1.1 * sizes[0] else first
    window = offset(second, target) or window_of(bounds_of(second), target)
    rows = slice(max(window.rows.start, 0), min(window.rows.stop, target.shape[0]))
    columns = slice(max(window.columns.start, 0), min(window.columns.stop, target.shape[1]))
    if rows.start >= rows.stop or columns.start >= columns.stop:
        raise Refusal(
            "The images do not show the same ground.",
            saw=f"{_box(first)} and {_box(second)} [degrees]",
            do="Give images of one place; check their reference systems.",
            code="no-overlap",
        )
    return part_of_grid(target, Window(rows, columns))


def part_of_grid(grid: GeoBox, window: Window) -> GeoBox:
    """A window of a grid as its own grid."""
    move = Affine.translation(window.columns.start, window.rows.start)
    return GeoBox(window.shape, grid.affine @ move, grid.crs)


def brought(plane: F4, source: GeoBox, target: GeoBox, *, smooth: bool = False) -> F4:
    """A plane on another grid: by whole pixels where they agree, else between neighbours; averaged first if finer.

    smooth: on a cubic spline, where all around is seen; else bilinear.
    """
    window = offset(target, source)
    if window is not None:
        return _moved(plane, window, target) if is_windowed(plane) else _cut(plane, window)
    if not is_windowed(plane):
        plane, source = _averaged(plane, source, target)
    elif _factor(source, target) > 1:
        plane, source = _averaged_by_parts(plane, source, target)
    way = _Way(plane, source, target, smooth, _usual(plane) if smooth else 0.0)
    if is_windowed(plane) or math.prod(target.shape) > WHOLE:
        return cast(F4, Plane((target.shape[0], target.shape[1]), way.read))
    made = np.empty(target.shape, np.float32)
    for rows in strips(target.shape):
        made[rows] = way.read(rows, slice(0, target.shape[1]))
    return made


def _moved(plane: F4, window: Window, target: GeoBox) -> F4:
    """A plane that is read part by part, some whole pixels on."""

    def read(rows: slice, columns: slice) -> F4:
        top, left = window.rows.start, window.columns.start
        return _cut(plane, Window(_further(rows, top), _further(columns, left)))

    return cast(F4, Plane((target.shape[0], target.shape[1]), read))


def _further(part: slice, by: int) -> slice:
    return slice(part.start + by, part.stop + by)


def _usual(plane: F4) -> float:
    """A middle value, which stands for what was not seen where a spline needs numbers."""
    thin = sample(windowed([cast(Plane, plane)])) if is_windowed(plane) else plane
    known = thin[np.isfinite(thin)]
    return float(np.median(known)) if known.size else 0.0


def positions_in(source: GeoBox, target: GeoBox) -> tuple[F8, F8]:
    """(rows, columns) each: where a target's pixels lie in a source, as `positions` has it; at once in one system."""
    if source.crs != target.crs:
        return positions(target, source)
    a, b, c, d, e, f = tuple(~source.affine @ target.affine)[:6]
    rows, columns = (np.arange(side) + 0.5 for side in target.shape)
    return (e * rows + f - 0.5)[:, None] + d * columns, (b * rows + c - 0.5)[:, None] + a * columns


@dataclass(frozen=True, slots=True)
class _Way:
    """How a plane comes onto another grid. Any part of it is the same, whatever parts are asked for around it."""

    plane: F4
    source: GeoBox
    target: GeoBox
    smooth: bool
    usual: float

    def read(self, rows: slice, columns: slice) -> F4:
        """A part of the target, between the source's pixels: on a cubic spline where all around is seen."""
        part = part_of_grid(self.target, Window(rows, columns))
        straight = self._straight(part)
        down, across = positions(part, self.source) if straight is None else straight
        ends = [np.array([one.min() - 1e-6, one.max() + 1e-6]) for one in (down, across)]
        reach = needed(ends[0], ends[1], _REACH)
        around = _cut(self.plane, reach)
        known = np.isfinite(around)
        values = around if known.all() else np.where(known, around, np.float32(self.usual))
        if self.smooth:
            values = ndimage.spline_filter(values, order=3, output=np.float32, mode="mirror")
        if straight is None:
            where = np.stack([down - reach.rows.start, across - reach.columns.start])
            made = ndimage.map_coordinates(values, where, order=self._order, mode="mirror", prefilter=False)
        elif self.smooth and self._is_shift():
            made = self._shifted(values, (rows, columns), reach)
        else:
            first = (float(down[0] - reach.rows.start), float(across[0] - reach.columns.start))
            made = self._turned(values, first, part)
        if not known.all():
            self._mend(made, around, positions_in(self.source, part), reach)
        return np.asarray(made, np.float32)

    @property
    def _order(self) -> Literal[1, 3]:
        return 3 if self.smooth else 1

    def _turned(self, values: F4, first: tuple[float, float], part: GeoBox) -> F4:
        made: F4 = ndimage.affine_transform(
            values,
            self._turn(),
            first,
            output_shape=(part.shape[0], part.shape[1]),
            output=np.dtype(np.float32),
            order=self._order,
            prefilter=False,
        )
        return made

    def _mend(self, made: F4, around: F4, at: tuple[F8, F8], reach: Window) -> None:
        """Near to what was not seen: between the seen neighbours only, and nothing where there are none."""
        down, across = at[0] - reach.rows.start, at[1] - reach.columns.start
        row, column = np.rint(down).astype(np.int32), np.rint(across).astype(np.int32)
        known = np.isfinite(around)
        sure, some = (one(known, 5, mode="nearest") for one in (ndimage.minimum_filter, ndimage.maximum_filter))
        made[~sure[row, column]] = np.nan
        rim = (some & ~sure)[row, column]
        if rim.any():
            made[rim] = between(around, down[rim], across[rim])

    def _is_shift(self) -> bool:
        """Whether all pixels of a block lie as far off as its middle, to a hundredth of a pixel."""
        return bool(np.abs(self._turn() - np.eye(2)).sum(axis=1).max() * _BLOCK / 2 <= _SAME)

    def _shifted(self, spline: F4, part: tuple[slice, slice], reach: Window) -> F4:
        """The part from a spline's coefficients, in blocks of the target that are moved as one.

        Blocks begin at whole steps of the target, so that a part's values do not depend on where it begins.
        """
        made = np.empty((part[0].stop - part[0].start, part[1].stop - part[1].start), np.float32)
        for rows in _blocks(part[0]):
            for columns in _blocks(part[1]):
                middle = [(one.start // _BLOCK + 0.5) * _BLOCK for one in (rows, columns)]
                down, across = self._place(middle[0], middle[1])
                first = (
                    down + rows.start - middle[0] - reach.rows.start,
                    across + columns.start - middle[1] - reach.columns.start,
                )
                into = made[rows.start - part[0].start :, columns.start - part[1].start :]
                size = (rows.stop - rows.start, columns.stop - columns.start)
                into[: size[0], : size[1]] = moved(spline, first, size)
        return made

    def _place(self, row: float, column: float) -> tuple[float, float]:
        """Where the middle of a pixel of the target lies in the source [px]."""
        a, b, c, d, e, f = tuple(~self.source.affine @ self.target.affine)[:6]
        x, y = column + 0.5, row + 0.5
        return d * x + e * y + f - 0.5, a * x + b * y + c - 0.5

    def _turn(self) -> F8:
        """Rows and columns of the source for a row and a column of the target."""
        a, b, _, d, e, _ = tuple(~self.source.affine @ self.target.affine)[:6]
        return np.array([[e, d], [b, a]])

    def _straight(self, part: GeoBox) -> tuple[F8, F8] | None:
        """Where the four corners of a part lie, the first pixel's first; None between reference systems."""
        if part.crs != self.source.crs:
            return None
        height, width = part.shape
        rows, columns = (np.array(one, float) + 0.5 for one in ((0, 0, height - 1, height - 1), (0, width - 1) * 2))
        a, b, c, d, e, f = tuple(~self.source.affine @ part.affine)[:6]
        return d * columns + e * rows + f - 0.5, a * columns + b * rows + c - 0.5


def _blocks(part: slice) -> Iterator[slice]:
    """The blocks of a side, cut to a part of it."""
    for number in range(part.start // _BLOCK, -(-part.stop // _BLOCK)):
        yield slice(max(part.start, number * _BLOCK), min(part.stop, (number + 1) * _BLOCK))


def _cut(plane: F4, window: Window) -> F4:
    made = np.full(window.shape, np.nan, np.float32)
    rows, columns = (
        slice(max(part.start, 0), max(min(part.stop, side), 0)) for part, side in zip(window, plane.shape, strict=True)
    )
    if rows.start < rows.stop and columns.start < columns.stop:
        made[
            rows.start - window.rows.start : rows.stop - window.rows.start,
            columns.start - window.columns.start : columns.stop - window.columns.start,
        ] = plane[rows, columns]
    return made


def _factor(source: GeoBox, target: GeoBox) -> int:
    """Pixels of the source a side that are averaged into one before it is read between."""
    sizes = [float(np.sqrt(np.prod(true_pixel(grid)))) for grid in (source, target)]
    return int(sizes[1] / sizes[0] + 0.25) if sizes[1] > FINER * sizes[0] else 1


def _averaged(plane: F4, source: GeoBox, target: GeoBox) -> tuple[F4, GeoBox]:
    factor = _factor(source, target)
    return (plane, source) if factor <= 1 else (block_mean(plane, factor), _coarser(source, factor))


def _averaged_by_parts(plane: F4, source: GeoBox, target: GeoBox) -> tuple[F4, GeoBox]:
    factor = _factor(source, target)
    coarse = _coarser(source, factor)

    def read(rows: slice, columns: slice) -> F4:
        wide = [slice(part.start * factor, part.stop * factor) for part in (rows, columns)]
        return block_mean(plane[wide[0], wide[1]], factor)

    return cast(F4, Plane((coarse.shape[0], coarse.shape[1]), read)), coarse


def _coarser(grid: GeoBox, factor: int) -> GeoBox:
    shape = (grid.shape[0] // factor, grid.shape[1] // factor)
    return GeoBox(shape, grid.affine @ Affine.scale(factor), grid.crs)


def block_mean(plane: F4, factor: int) -> F4:
    """Means of blocks of factor x factor pixels, over what was seen of them; NaN where that is under half."""
    if factor <= 1:
        return plane
    if is_windowed(plane):
        high = max(1, STRIP // factor) * factor
        parts = [block_mean(plane[top : top + high, :], factor) for top in range(0, plane.shape[0], high)]
        return np.concatenate(parts)
    rows, columns = plane.shape[0] // factor, plane.shape[1] // factor
    blocks = plane[: rows * factor, : columns * factor].reshape(rows, factor, columns, factor)
    known = np.isfinite(blocks)
    count = known.sum(axis=(1, 3))
    total = np.where(known, blocks, np.float32(0)).sum(axis=(1, 3), dtype=np.float32)
    return np.where(count * 2 >= factor**2, total / np.maximum(count, 1), np.nan).astype(np.float32)


def _box(grid: GeoBox) -> str:
    west, south, east, north = bounds_of(grid)
    return f"{west:.4f} to {east:.4f} E, {south:.4f} to {north:.4f} N"
