"""Small pictures of the exercise as PNG, with the word SIMULATED in their pixels."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
from PIL import Image

from dateline.imagery.readers import mark

DARK, LIGHT = 20, 255
ZOOM = 2
"""Dots of a picture on a side of one dot of the letters."""


def png(grey: npt.NDArray[np.float64], *, low: float, high: float, zoom: int = 1) -> bytes:
    """(rows, columns) values as a grey PNG from low (black) to high (white), each value zoom x zoom dots.

    The word SIMULATED stands in the lower right corner of what is wide enough for it; all of the exercise's are.
    """
    share = np.clip((np.nan_to_num(grey, nan=low) - low) / (high - low), 0, 1)
    dots = np.rint(255 * share).astype(np.uint8).repeat(zoom, axis=0).repeat(zoom, axis=1)
    word = mark.WORD.repeat(ZOOM, axis=0).repeat(ZOOM, axis=1)
    dots[-word.shape[0] :, -word.shape[1] :] = np.where(word, LIGHT, DARK)
    stream = io.BytesIO()
    Image.fromarray(dots).save(stream, "PNG", compress_level=6)
    return stream.getvalue()
