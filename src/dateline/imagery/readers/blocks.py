"""Bands of large files block by block: the blocks that were read last stay in memory, in the file's own numbers."""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any
from weakref import WeakSet

import numpy as np
import numpy.typing as npt
from rasterio.enums import MaskFlags
from rasterio.windows import Window as Reach

from dateline.imagery.coverage import Window
from dateline.imagery.readers.raster_image import examined

F4 = npt.NDArray[np.float32]

KEPT = 640_000_000
"""Bytes of blocks that are kept, of all large files together: three dates of 100 megapixels of 16 bits."""
SIDE = 512
"""Least side of a block; those of the file are put together [px]."""
_SHORT = ("uint8", "int8", "uint16", "int16")
"""Kinds of numbers that are kept as the file has them; all others become float32."""
_LOCK = Lock()


@dataclass(slots=True, eq=False, weakref_slot=True)
class Blocks:
    """One band of a file. side: rows and columns of a block [px]. none: the number that the file declares as no value.

    short: whether the file's own numbers are kept.
    """

    source: str
    path: Path
    index: int
    shape: tuple[int, int]
    side: tuple[int, int]
    none: float | None
    short: bool
    size: int = 0
    """Bytes of the blocks that are kept."""
    _kept: OrderedDict[tuple[int, int], npt.NDArray[Any]] = field(default_factory=OrderedDict)

    @classmethod
    def of(cls, source: str, path: Path, index: int) -> Blocks:
        """A band, without reading it. source: address for GDAL."""
        with examined(source, path) as file:
            flags = file.mask_flag_enums[index - 1]
            declared = flags == [MaskFlags.nodata]
            short = file.dtypes[index - 1] in _SHORT and (declared or flags == [MaskFlags.all_valid])
            side = [_least(own, whole) for own, whole in zip(file.block_shapes[index - 1], file.shape, strict=True)]
            none = float(file.nodatavals[index - 1]) if declared and short else None
            made = cls(source, path, index, file.shape, (side[0], side[1]), none, short)
        _LIVE.add(made)
        return made

    def read(self, window: Window) -> F4:
        """(rows, columns) a window as float32, NaN beyond the band and where it has no value.

        Raises InputError `truncated`.
        """
        made = np.full(window.shape, np.nan, np.float32)
        sides = zip(window, self.shape, strict=True)
        rows, columns = (slice(max(part.start, 0), min(part.stop, whole)) for part, whole in sides)
        if rows.start >= rows.stop or columns.start >= columns.stop:
            return made
        high, wide = self.side
        for down in range(rows.start // high, -(-rows.stop // high)):
            for across in range(columns.start // wide, -(-columns.stop // wide)):
                block = self._block(down, across)
                top, left = max(rows.start, down * high), max(columns.start, across * wide)
                part = block[
                    top - down * high : rows.stop - down * high, left - across * wide : columns.stop - across * wide
                ]
                into = made[top - window.rows.start :, left - window.columns.start :][: part.shape[0], : part.shape[1]]
                into[...] = part
                if self.none is not None:
                    into[part == self.none] = np.nan
        return made

    def _block(self, down: int, across: int) -> npt.NDArray[Any]:
        key = (down, across)
        with _LOCK:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        block = self._from_file(down, across)
        with _LOCK:
            if key not in self._kept:
                self._kept[key] = block
                self.size += block.nbytes
            while sum(one.size for one in _LIVE) > KEPT:
                max(_LIVE, key=lambda one: one.size)._forget()
        return block

    def _forget(self) -> None:
        """Lets go of the block that was asked for longest ago."""
        _, block = self._kept.popitem(last=False)
        self.size -= block.nbytes

    def _from_file(self, down: int, across: int) -> npt.NDArray[Any]:
        top, left = down * self.side[0], across * self.side[1]
        reach = Reach(left, top, min(self.side[1], self.shape[1] - left), min(self.side[0], self.shape[0] - top))
        with examined(self.source, self.path) as file:
            if self.short:
                numbers: npt.NDArray[Any] = file.read(self.index, window=reach)
                return numbers
            return masked(file, self.index, reach)


_LIVE: WeakSet[Blocks] = WeakSet()
"""All bands that may keep blocks: what they keep is counted together."""


def masked(file: Any, index: int, reach: Reach) -> F4:
    """(rows, columns) a window within a band of an open file as float32, NaN where its mask says so."""
    values: F4 = file.read(index, window=reach, out_dtype="float32")
    if file.mask_flag_enums[index - 1] != [MaskFlags.all_valid]:
        values[file.read_masks(index, window=reach) == 0] = np.nan
    values[~np.isfinite(values)] = np.nan
    return values


def _least(own: int, whole: int) -> int:
    """Side of a block that holds whole blocks of the file [px]."""
    return min(own * math.ceil(SIDE / own), max(whole, 1))
