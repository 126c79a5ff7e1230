"""One picture that can be drawn: its size, where it lies if it says so, and any part of it at any level."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from dateline.app.pictures.kinds import kind_of
from dateline.app.pictures.stretch import Stretch, stretch_of

B1 = npt.NDArray[np.bool_]
Window = tuple[int, int, int, int]
"""First column, first row, width and height of a part [px of the full picture]."""

TILE = 256
"""Side of a tile [px]."""
OVERLOOK = 1024
"""Longest side of the thinned read that a stretch is found on [px]."""


class Picture(Protocol):
    """What both kinds of pictures give. Safe in many threads."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height [px], as stored."""
        ...

    @property
    def bands(self) -> tuple[str, ...]:
        """What `read` gives: (red, green, blue), (grey,) or a polarisation."""
        ...

    @property
    def told(self) -> dict[str, Any]:
        """What the file says: `bands` in words, `turned`, `unit`, `radar`, `type` of its numbers."""
        ...

    @property
    def ground(self) -> Any | None:
        """The grid on Earth (GeoBox), None where the file does not say where it lies."""
        ...

    def read(self, window: Window, level: int) -> tuple[npt.NDArray[Any], B1]:
        """(bands, rows, columns) of a part, 2**level px of it as one, and (rows, columns) where there is a value."""
        ...


def open_picture(path: Path, *, radar: bool = False) -> Picture:
    """The picture in a file; what is decoded or open is shared. radar: said by its record.

    Raises InputError `picture`, `picture-too-large`.
    """
    state = path.stat()
    return _opened(path, state.st_size, state.st_mtime_ns, radar)


@lru_cache(maxsize=256)
def _opened(path: Path, size: int, changed: int, radar: bool) -> Picture:  # noqa: ARG001 - size, time: the cache's key
    if kind_of(path) == "still":
        from dateline.app.pictures.still import open_still

        return open_still(path)
    from dateline.app.pictures.raster import open_raster

    return open_raster(path, radar=radar)


def levels_of(size: tuple[int, int]) -> int:
    """How often a picture is halved until it fits one tile."""
    return max(0, int(np.ceil(np.log2(max(size) / TILE))))


def tile_window(size: tuple[int, int], level: int, column: int, row: int) -> Window | None:
    """The part of a picture that a tile shows, None beyond its edge."""
    if level > levels_of(size):  # first: 2**level of a large enough number fills the memory
        return None
    side = TILE << level
    left, top = column * side, row * side
    if left >= size[0] or top >= size[1]:
        return None
    return left, top, min(side, size[0] - left), min(side, size[1] - top)


def scaled(length: int, level: int) -> int:
    """How many pixels of a level cover so many of the picture."""
    return -(-length >> level)


def own_stretch(picture: Picture) -> Stretch:
    """The stretch of a picture by itself."""
    return _own_stretch(picture)  # type: ignore[arg-type]


@lru_cache(maxsize=512)
def _own_stretch(picture: Any) -> Stretch:
    if picture.told["type"] == "uint8":
        return Stretch()
    level = max(0, int(np.ceil(np.log2(max(picture.size) / OVERLOOK))))
    values, seen = picture.read((0, 0, *picture.size), level)
    return stretch_of(values, seen, radar=bool(picture.told["radar"]), unit=str(picture.told["unit"]))


def drawn(values: npt.NDArray[Any], seen: B1, stretch: Stretch) -> npt.NDArray[np.uint8]:
    """(rows, columns, 4) red, green, blue and opacity: what was not seen is clear, and never dark."""
    if values.dtype == np.uint8:
        stretch = Stretch()
    known = seen
    if values.dtype != np.uint8:
        known = seen & np.isfinite(values).all(axis=0)
        known = known & (values > 0).all(axis=0) if stretch.kind == "decibel" else known
    colours = stretch.bytes_of(values)
    made = np.empty((*seen.shape, 4), np.uint8)
    made[..., :3] = np.moveaxis(colours, 0, -1)
    made[..., 3] = np.where(known, 255, 0)
    return made
