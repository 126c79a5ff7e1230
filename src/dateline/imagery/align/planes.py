"""One plane of an image for registration: what no image shows is left out, and two images stand on one grid."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
from affine import Affine
from odc.geo.geobox import GeoBox
from scipy import ndimage

from dateline.core.errors import Refusal
from dateline.core.state import State, seen
from dateline.imagery.chip import Chip
from dateline.imagery.coverage import Window
from dateline.imagery.resample import between, bounds_of, offset, positions, true_pixel, window_of

F4 = npt.NDArray[np.float32]
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
_BLOCK = 512
"""Rows that are resampled at once."""


def without_collar(chip: Chip) -> Chip:
    """The chip with black that touches its border as OUTSIDE: a collar has no flag and is never data."""
    collar = collar_of(chip)
    if not collar.any():
        return chip
    values, states = chip.values.copy(), chip.states.copy()
    values[:, collar] = np.nan
    states[collar] = np.maximum(states[collar], np.uint8(State.OUTSIDE))
    return replace(chip, values=values, states=states)


def collar_of(chip: Chip) -> B1:
    """(rows, columns) where all bands are black in one patch with the border, grown by 2 px for its blurred edge."""
    black, zero = (np.ones(chip.states.shape, bool) for _ in range(2))
    top = max((float(np.nanmax(band)) for band in chip.values if np.isfinite(band).any()), default=0.0)
    picture = chip.quantity == "relative" and 16 < top <= 255
    for band in chip.values:
        unknown = ~np.isfinite(band)
        black &= unknown | (np.abs(band) <= (_PICTURE_BLACK if picture else 0.0))
        zero &= band == 0
    valued = black & np.isfinite(chip.values).any(axis=0)
    if not (black[0].any() or black[-1].any() or black[:, 0].any() or black[:, -1].any()):
        return np.zeros_like(black)
    patches, count = ndimage.label(black)
    edge = np.concatenate([patches[0], patches[-1], patches[:, 0], patches[:, -1]])
    sizes, zeros = (np.bincount(patches.ravel(), one.ravel(), minlength=count + 1) for one in (valued, zero))
    large = np.zeros(count + 1, bool)
    large[np.unique(edge)] = True
    large &= (zeros >= _LEAST_COLLAR) & (zeros >= _REALLY_ZERO * sizes)
    large[0] = False
    collar = large[patches]
    return ndimage.binary_dilation(collar, iterations=2) if collar.any() else collar


def plane_of(chip: Chip) -> F4:
    """(rows, columns) one plane with the ground's edges, NaN where nothing was seen.

    Visible bands where there are any, else all; polarisations as logarithms.
    """
    bands = [band for band in chip.bands if band in VISIBLE] or list(chip.bands)
    radar = all(band in POLARISATIONS for band in bands)
    total = np.zeros(chip.states.shape, np.float32)
    for name in bands:
        values = chip.band(name)
        if radar:
            values = np.log(np.where(values > 0, values, np.nan)).astype(np.float32)
        if len(bands) == 1:
            total = np.asarray(values, np.float32)
            break
        known = values[np.isfinite(values)]
        spread = float(np.std(known[:: max(1, len(known) // 100_000)])) if known.size else 0.0
        total = total + (values / np.float32(spread) if spread > 0 else np.float32(0))
    looked = seen(chip.states)
    return total if looked.all() else np.where(looked, total, np.float32(np.nan))


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
        return _cut(plane, window)
    plane, source = _averaged(plane, source, target)
    made = np.empty(target.shape, np.float32)
    spline = _spline(plane) if smooth else None
    for top in range(0, target.shape[0], _BLOCK):
        rows = slice(top, min(top + _BLOCK, target.shape[0]))
        part = part_of_grid(target, Window(rows, slice(0, target.shape[1])))
        down, across = positions(part, source)
        made[rows] = between(plane, down, across)
        if spline is not None:
            _sharpen(made[rows], spline, down, across)
    return made


def _spline(plane: F4) -> tuple[F4, F4]:
    known = np.isfinite(plane)
    filled = plane if known.all() else np.where(known, plane, np.float32(np.median(plane[known]) if known.any() else 0))
    whole = ndimage.minimum_filter(known, 5, mode="constant", cval=0).astype(np.float32)
    return ndimage.spline_filter(filled, order=3, output=np.float32, mode="mirror"), whole


def _sharpen(made: F4, spline: tuple[F4, F4], down: npt.NDArray[np.float64], across: npt.NDArray[np.float64]) -> None:
    at = np.stack([down, across])
    sharp = ndimage.map_coordinates(spline[0], at, order=3, mode="mirror", prefilter=False)
    sure = ndimage.map_coordinates(spline[1], at, order=0, mode="constant", cval=0.0) > 0.5
    made[sure] = sharp[sure]


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


def _averaged(plane: F4, source: GeoBox, target: GeoBox) -> tuple[F4, GeoBox]:
    sizes = [float(np.sqrt(np.prod(true_pixel(grid)))) for grid in (source, target)]
    factor = int(sizes[1] / sizes[0] + 0.25)
    return (block_mean(plane, factor), _coarser(source, factor)) if sizes[1] > FINER * sizes[0] else (plane, source)


def _coarser(grid: GeoBox, factor: int) -> GeoBox:
    shape = (grid.shape[0] // factor, grid.shape[1] // factor)
    return GeoBox(shape, grid.affine @ Affine.scale(factor), grid.crs)


def block_mean(plane: F4, factor: int) -> F4:
    """Means of blocks of factor x factor pixels, over what was seen of them; NaN where that is under half."""
    if factor <= 1:
        return plane
    rows, columns = plane.shape[0] // factor, plane.shape[1] // factor
    blocks = plane[: rows * factor, : columns * factor].reshape(rows, factor, columns, factor)
    known = np.isfinite(blocks)
    count = known.sum(axis=(1, 3))
    total = np.where(known, blocks, np.float32(0)).sum(axis=(1, 3), dtype=np.float32)
    return np.where(count * 2 >= factor**2, total / np.maximum(count, 1), np.nan).astype(np.float32)


def _box(grid: GeoBox) -> str:
    west, south, east, north = bounds_of(grid)
    return f"{west:.4f} to {east:.4f} E, {south:.4f} to {north:.4f} N"
