"""Stills: JPEG, PNG and their like, decoded whole once, as stored; a bounded number of bytes is kept decoded."""

from __future__ import annotations

import warnings
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from dateline.app.pictures.kinds import damaged, too_large
from dateline.app.pictures.picture import B1, TILE, Window, levels_of, scaled

U1 = npt.NDArray[np.uint8]

LARGEST = 80_000_000
"""Pixels of the largest still that is decoded whole: four bytes each, with its overviews, while it is looked at."""
ORIENTATION = 0x0112
TURNS = {
    2: "mirrored", 3: "turned by 180 degrees", 4: "mirrored top to bottom", 5: "mirrored and turned",
    6: "turned right by 90 degrees", 7: "mirrored and turned", 8: "turned left by 90 degrees",
}  # fmt: skip
BROKEN = (
    UnidentifiedImageError,
    OSError,
    ValueError,
    SyntaxError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
"""What Pillow raises for a file that is damaged, or made to fill the memory."""


@dataclass(slots=True)
class Kept:
    """Arrays by key, the longest unused given up first; never more bytes than `most`, save for one that is larger."""

    most: int
    _kept: OrderedDict[Any, tuple[U1, ...]] = field(default_factory=OrderedDict)
    _making: dict[Any, Lock] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def get(self, key: Any, make: Callable[[], tuple[Any, ...]]) -> tuple[Any, ...]:
        """The arrays of a key; made once, however many ask at a time."""
        with self._lock:
            making = self._making.setdefault(key, Lock())
        with making:
            with self._lock:
                if key in self._kept:
                    self._kept.move_to_end(key)
                    return self._kept[key]
            made = make()
            with self._lock:
                self._kept[key] = made
                while len(self._kept) > 1 and self.bytes > self.most:
                    gone, _ = self._kept.popitem(last=False)
                    self._making.pop(gone, None)
            return made

    @property
    def bytes(self) -> int:
        """What is kept [bytes]."""
        return sum(one.nbytes for arrays in self._kept.values() for one in arrays)


KEPT = Kept(400 << 20)
"""Decoded pixels of all pictures together."""


@dataclass(frozen=True, eq=False)
class Still:
    """A decoded picture in its own pixel space."""

    path: Path
    size: tuple[int, int]
    told: dict[str, Any]
    bands: tuple[str, ...] = ("red", "green", "blue")
    ground: None = None

    def read(self, window: Window, level: int) -> tuple[U1, B1]:
        """See picture.Picture."""
        levels = KEPT.get(self.path, lambda: _levels(self.path))
        level_here = min(level, len(levels) - 1)
        left, top, width, height = window
        rows, columns = scaled(height, level_here), scaled(width, level_here)
        top, left = top >> level_here, left >> level_here
        part = levels[level_here][top : top + rows, left : left + columns]
        for _ in range(level - level_here):
            part = halved(part)
        return np.moveaxis(part[..., :3], -1, 0), part[..., 3] >= 128


def open_still(path: Path) -> Still:
    """A still, its header read. Raises InputError `picture`, `picture-too-large`."""
    try:
        with _quietly(), Image.open(path) as opened:
            size = opened.size
            small = size[0] * size[1] <= LARGEST  # of a PNG, to ask for its metadata is to decode it
            orientation = opened.getexif().get(ORIENTATION, 1) if small else 1
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise too_large(path.name, str(error).partition(",")[0]) from error
    except BROKEN as error:
        raise damaged(path.name, error) from error
    if not small:
        raise too_large(path.name, f"{size[0]:,} by {size[1]:,} pixels")
    return Still(path, size, facts("stored colours", turned=TURNS.get(orientation)))


@contextmanager
def _quietly() -> Iterator[None]:
    """Without Pillow's warnings: of its own limit, which is not ours, and of metadata that are not asked for."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def facts(bands: str, *, turned: str | None = None, **other: Any) -> dict[str, Any]:
    """What a file says of itself, in the shape that `Picture.told` promises."""
    words = turned and f"The file asks viewers to show it {turned}; here it is as stored, and so are all marks."
    return {"bands": bands, "turned": words, "unit": "", "radar": False, "type": "uint8", **other}


def thumbnail_of(path: Path, side: int) -> Image.Image:
    """A still at a glance, without decoding more of a JPEG than that takes. Raises InputError `picture`."""
    try:
        with Image.open(path) as opened:
            opened.draft("RGB", (side, side))
            made = Image.fromarray(_rgba(opened))
    except BROKEN as error:
        raise damaged(path.name, error) from error
    made.thumbnail((side, side), Image.Resampling.BOX, reducing_gap=3.0)
    return made


def _levels(path: Path) -> tuple[U1, ...]:
    try:
        with Image.open(path) as opened:
            made = [_rgba(opened)]
    except BROKEN as error:
        raise damaged(path.name, error) from error
    for _ in range(levels_of((made[0].shape[1], made[0].shape[0]))):
        made.append(halved(made[-1]))
    return tuple(made)


def _rgba(opened: Image.Image) -> U1:
    """(rows, columns, 4). Colours are those of convert("RGB"), as the methods read them, whatever the opacity is."""
    colours = np.asarray(opened.convert("RGB"))
    made = np.empty((*colours.shape[:2], 4), np.uint8)
    made[..., :3] = colours
    has_alpha = "A" in opened.getbands() or "transparency" in opened.info
    made[..., 3] = np.asarray(opened.convert("RGBA"))[..., 3] if has_alpha else 255
    return made


def halved(pixels: U1) -> U1:
    """Half as large, each four pixels as their mean; an odd last row or column counts twice."""
    rows, columns = pixels.shape[:2]
    wide = np.pad(pixels, ((0, rows % 2), (0, columns % 2), (0, 0)), mode="edge") if rows % 2 or columns % 2 else pixels
    total = wide[::2, ::2].astype(np.uint16)
    total += wide[1::2, ::2]
    total += wide[::2, 1::2]
    total += wide[1::2, 1::2]
    return np.asarray((total + 2) // 4, np.uint8)


__all__ = ["KEPT", "LARGEST", "TILE", "Kept", "Still", "facts", "halved", "open_still", "thumbnail_of"]
