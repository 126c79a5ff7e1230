"""The second image in the first one's pixels, part by part: warped by windows, never whole."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from affine import Affine

from dateline.app.pictures.picture import TILE, Picture, drawn, levels_of, scaled, tile_window
from dateline.app.pictures.stretch import Stretch
from dateline.app.screens.compare.lay import Laid, through

B1 = npt.NDArray[np.bool_]
Read = tuple[npt.NDArray[Any], B1]


def tile_over(laid: Laid, lay: Affine, stretch: Stretch, at: tuple[int, int, int]) -> npt.NDArray[np.uint8] | None:
    """(256, 256, 4) a tile (level, column, row) of the first image's space, with the second; None beyond the first."""
    level, column, row = at
    if tile_window(laid.first.size, level, column, row) is None:
        return None
    side = TILE << level
    return drawn(*read_over(laid, lay, (column * side, row * side), (TILE, TILE), level), stretch)


def whole_over(laid: Laid, level: int) -> Read:
    """All of the first image's space, at a level."""
    width, height = laid.first.size
    return read_over(laid, Affine.identity(), (0, 0), (scaled(height, level), scaled(width, level)), level)


def read_over(laid: Laid, lay: Affine, corner: tuple[int, int], shape: tuple[int, int], level: int) -> Read:
    """(bands, rows, columns) of the second, and where it has a value. corner: column and row of the first [px]."""
    move = lay @ Affine.translation(*corner) @ Affine.scale(1 << level)
    if laid.how == "ground":
        from dateline.app.pictures.raster import Raster, warped

        assert isinstance(laid.second, Raster)
        assert laid.first.ground is not None
        return warped(laid.second, laid.first.ground, move, shape)
    return _moved(laid.second, Affine.scale(laid.scale) @ move, shape)


def _moved(picture: Picture, move: Affine, shape: tuple[int, int]) -> Read:
    """A part of a picture through an affine map from places of the part to places of the picture [px], bilinear."""
    from scipy import ndimage

    rows, columns = shape
    step = math.sqrt(abs(move.determinant))
    level = min(max(0, math.floor(math.log2(step) + 1e-9)), levels_of(picture.size))
    x, y = through(move, np.array([[0.0, 0], [columns, 0], [0, rows], [columns, rows]])).T
    left, top = max(0, math.floor(x.min()) - 2), max(0, math.floor(y.min()) - 2)
    left, top = left >> level << level, top >> level << level
    right, bottom = min(picture.size[0], math.ceil(x.max()) + 2), min(picture.size[1], math.ceil(y.max()) + 2)
    if left >= right or top >= bottom:
        return np.zeros((len(picture.bands), *shape), picture.told["type"]), np.zeros(shape, bool)
    values, seen = picture.read((left, top, right - left, bottom - top), level)
    into = (
        Affine.translation(-0.5, -0.5)
        @ Affine.scale(1 / (1 << level))
        @ Affine.translation(-left, -top)
        @ move
        @ Affine.translation(0.5, 0.5)
    )
    matrix, start = np.array([[into.e, into.d], [into.b, into.a]]), np.array([into.f, into.c])
    whole = bool(np.allclose(matrix, np.eye(2), atol=1e-12) and np.allclose(start, np.rint(start), atol=1e-9))
    made = [
        ndimage.affine_transform(
            np.where(seen, band, 0).astype(np.float32), matrix, start, shape, order=0 if whole else 1, mode="nearest"
        )
        for band in values
    ]
    inside = ndimage.affine_transform(seen.astype(np.uint8), matrix, start, shape, order=0, cval=0) > 0
    numbers = np.stack(made)
    return (np.rint(numbers).astype(np.uint8) if values.dtype == np.uint8 else numbers), inside
