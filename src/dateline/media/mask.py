"""Masks faces, plates and name tags in a picture so that nothing of them is left: one even colour, never a blur."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dateline.core.errors import UsageError
from dateline.media.colour_profile import nameless
from dateline.media.photo import opened, read_photo
from dateline.media.strip import check_empty

Pixels = NDArray[np.uint8]

BLEED = 18
"""How far a compressed picture carries traces of a pixel: a block of 16, and the next sample of colour [px]."""
GREY = 128


@dataclass(frozen=True, slots=True)
class Box:
    """What to mask: left and upper edge, width and height, on the picture as it is seen [px]; in a video when [s]."""

    x: int
    y: int
    width: int
    height: int
    start: float = 0.0
    end: float | None = None

    def at(self, seconds: float, lasts: float = 0.0) -> bool:
        """Whether it is masked at a time of a video, or within a frame that lasts from then on [s]."""
        return self.start <= seconds + lasts and (self.end is None or seconds <= self.end)

    def as_text(self) -> str:
        """ "10,20,30,40" or "10,20,30,40@1.5-3"."""
        place = f"{self.x},{self.y},{self.width},{self.height}"
        if self.start == 0.0 and self.end is None:
            return place
        return f"{place}@{self.start:g}-{'' if self.end is None else f'{self.end:g}'}"


def mask_picture(data: bytes, boxes: Sequence[Box], *, name: str, lossless: bool = False) -> bytes:
    """A new JPEG (or PNG where `lossless`) of the picture, upright, with the boxes filled; no metadata, no thumbnail.

    Boxes are grown by BLEED, for what was inside left traces around it when the picture was compressed: a PNG may have
    been a JPEG before. Of a colour profile the numbers are kept. Raises what read_photo() raises; UsageError `box` for
    a box outside the picture.
    """
    with opened(data, name=name) as image:
        profile = nameless(image.info.get("icc_profile")) if image.mode == "RGB" else None
    pixels = fill(read_photo(data, name=name).pixels, boxes, grow=BLEED)
    stream = io.BytesIO()
    picture = Image.fromarray(pixels)
    colours = {"icc_profile": profile} if profile else {}
    if lossless:
        picture.save(stream, "PNG", **colours)
    else:
        picture.save(stream, "JPEG", quality=92, subsampling=0, **colours)
    made = stream.getvalue()
    check_empty(made, name=name)
    return made


def fill(pixels: Pixels, boxes: Sequence[Box], *, grow: int) -> Pixels:
    """A copy of (rows, columns, 3) pixels with each box in the mean colour of the ring around it.

    The ring is one pixel wide and leaves out what lies in any box, so the colour knows nothing of what is masked. Boxes
    are grown by `grow` [px] and cut at the edges. Raises UsageError `box` for one that lies outside or is empty.
    """
    rows, columns = pixels.shape[:2]
    areas = [_area(box, rows, columns, grow) for box in boxes]
    hidden = np.zeros((rows, columns), bool)
    for top, bottom, left, right in areas:
        hidden[top:bottom, left:right] = True
    masked = pixels.copy()
    for top, bottom, left, right in areas:
        ring = np.s_[max(top - 1, 0) : bottom + 1, max(left - 1, 0) : right + 1]
        around = pixels[ring][~hidden[ring]]
        colour = around.mean(axis=0).round() if around.size else np.full(3, GREY)
        masked[top:bottom, left:right] = colour.astype(np.uint8)
    return masked


def _area(box: Box, rows: int, columns: int, grow: int) -> tuple[int, int, int, int]:
    """First and last row and column of a box, grown and cut at the edges of the picture."""
    inside = 0 <= box.x < columns and 0 <= box.y < rows and box.x + box.width <= columns and box.y + box.height <= rows
    if not inside or box.width < 1 or box.height < 1:
        raise UsageError(
            "A box does not lie in the picture.",
            saw=f"{box.as_text()} on {columns} x {rows} pixels",
            do="Give left,top,width,height in whole pixels of the picture as you see it, turned upright.",
            code="box",
        )
    top, bottom = max(box.y - grow, 0), min(box.y + box.height + grow, rows)
    return top, bottom, max(box.x - grow, 0), min(box.x + box.width + grow, columns)
