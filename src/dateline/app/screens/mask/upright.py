"""A still as people see it, turned upright: boxes lie on that, and not on the pixels as they were stored."""

from __future__ import annotations

import io
from collections import OrderedDict
from threading import Lock

import numpy as np
import numpy.typing as npt
from PIL import Image

from dateline.app.pictures import TILE
from dateline.core.errors import InputError
from dateline.ledger.case import Case
from dateline.measure.files import item_path
from dateline.media.photo import PICTURES, read_photo

Pixels = npt.NDArray[np.uint8]
_KEPT: OrderedDict[str, Pixels] = OrderedDict()
_LOCK = Lock()


def is_still(media_type: str | None) -> bool:
    """Whether pixels of this media type can be masked as a still."""
    return media_type in PICTURES


def pixels_of(case: Case, name: str) -> Pixels:
    """(rows, columns, 3) of an item, upright. Raises InputError as read_photo(), `missing-bytes`."""
    item = case.items[name]
    if not is_still(item.media_type) or item.content is None:
        raise InputError(
            "This is no still.",
            saw=f"{item.name}: {item.media_type}",
            do="Choose a picture, or a frame of a video.",
            code="not-a-picture",
        )
    with _LOCK:
        if item.content not in _KEPT:
            _KEPT[item.content] = read_photo(item_path(case, name).read_bytes(), name=item.name).pixels
            while len(_KEPT) > 2:
                _KEPT.popitem(last=False)
        _KEPT.move_to_end(item.content)
        return _KEPT[item.content]


def tile(pixels: Pixels, level: int, column: int, row: int) -> bytes | None:
    """One tile as WebP, 256 by 256 px, clear beyond the picture; level 0 is full resolution, each further one half of
    it. None where there is no picture at all."""
    side = TILE << min(level, 16)
    part = pixels[row * side : (row + 1) * side, column * side : (column + 1) * side]
    if not part.size:
        return None
    size = (max(1, part.shape[1] >> level), max(1, part.shape[0] >> level))
    whole = Image.new("RGBA", (TILE, TILE))
    whole.paste(Image.fromarray(part).resize(size, Image.Resampling.BOX))
    return webp(whole)


def webp(picture: Image.Image) -> bytes:
    """A picture for the screen."""
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=90)
    return out.getvalue()
