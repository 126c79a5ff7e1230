"""The small picture in the Exif data against the picture: programs that cut or change one often forget the other."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dateline.core.errors import InputError
from dateline.media.clip import Clip
from dateline.media.facts import Facts
from dateline.media.photo import read_photo
from dateline.methods.metadata.check import Check, agrees, contradicts, not_possible

Grey = NDArray[np.float32]

CODE = "thumbnail-differs"
SIDE = 32
"""Both are shrunk to a square of this before they are compared [px]."""
SAME, OTHER = 0.95, 0.75
"""Correlation from which they show the same, and below which something else or another crop [1].

On five real pictures their own thumbnails reach 0.98 and more, also after edits of contrast and brightness; those of
photographs cut by 5 % a side 0.68 to 0.91, by 15 % at most 0.43; unrelated ones at most 0.58.
"""
SHAPE = 0.04
"""Largest relative difference of the sides' ratio: thumbnails are rounded to whole pixels [1]."""
USUAL = 4 / 3
"""The shape of Exif thumbnails (DCF 2.0, 2010: 160 x 120); of wide pictures some cameras squeeze or cut them to it."""
BLACK = 16.0
FLAT = 4.0
"""A picture that varies less than this cannot be compared [grey levels]."""


def thumbnail_check(clip: Clip, facts: Facts) -> Check:
    """Shape and content of the thumbnail against the picture's, in either turn of the thumbnail."""
    if facts.thumbnail is None:
        return not_possible(CODE, "There is no thumbnail in the file.")
    if clip.photo is None:
        return not_possible(CODE, "The picture's own pixels could not be read, so its thumbnail was not compared.")
    try:
        small = grey(read_photo(facts.thumbnail, name="its thumbnail").pixels)
    except InputError as error:
        return not_possible(CODE, f"The thumbnail cannot be read: {error.saw}.")
    whole = grey(clip.photo.pixels)
    ways = (small, turned(small, clip.photo.orientation))  # stored upright, or turned as the picture is
    likeness = max((_alike(way, whole) for way in ways), key=lambda one: (not one[1], one[0]))
    correlation, shape_differs = likeness
    if math.isnan(correlation):
        return not_possible(CODE, "The picture or its thumbnail is too even to be compared.")
    camera_made = abs(math.log(max(small.shape) / min(small.shape) / USUAL)) < SHAPE
    if shape_differs and camera_made and max(correlation, *(_of_middle(way, whole) for way in ways)) >= SAME:
        return agrees(CODE, "The thumbnail shows the picture, squeezed or cut to another shape as some cameras do.")
    if shape_differs:
        sizes = f"{_size(small)} of {_size(whole)} pixels"
        text = f"The thumbnail has another shape ({sizes}): the picture was cut later, or this camera cuts thumbnails."
        return contradicts(CODE, text)
    if correlation < OTHER:
        return contradicts(
            CODE, f"The thumbnail shows something else, or another crop (correlation {correlation:.2f})."
        )
    if correlation < SAME:
        return not_possible(
            CODE, f"Whether the thumbnail shows the same cannot be told (correlation {correlation:.2f})."
        )
    return agrees(CODE, f"The thumbnail shows the same picture (correlation {correlation:.2f}).")


def turned(image: Grey, orientation: int) -> Grey:
    """(rows, columns) stored pixels as they are to be seen (Exif 2.32, 2019, 4.6.4: 1 to 8)."""
    if orientation >= 5:
        image = image.T
    if orientation in {3, 4, 7, 8}:
        image = image[::-1]
    return image[:, ::-1] if orientation in {2, 3, 6, 7} else image


def _of_middle(small: Grey, whole: Grey) -> float:
    """Correlation of a thumbnail with the middle of the picture, cut to the thumbnail's shape."""
    rows, columns = whole.shape
    ratio = small.shape[1] / small.shape[0]
    high, wide = min(rows, max(1, round(columns / ratio))), min(columns, max(1, round(rows * ratio)))
    top, left = (rows - high) // 2, (columns - wide) // 2
    return _alike(small, whole[top : top + high, left : left + wide])[0]


def grey(pixels: NDArray[np.uint8]) -> Grey:
    """Luminance of (rows, columns, 3) pixels, 0 to 255 (ITU-R BT.601, 2011)."""
    return np.asarray(pixels @ np.array([0.299, 0.587, 0.114], np.float32), np.float32)


def _size(image: Grey) -> str:
    return f"{image.shape[1]} x {image.shape[0]}"


def _alike(small: Grey, whole: Grey) -> tuple[float, bool]:
    """Correlation of the two, and whether their shapes differ; black bars around the small one are cut off first."""
    differs = _shape_differs(small, whole)
    if differs:
        small = _without_bars(small)
        differs = _shape_differs(small, whole)
    first, second = (_squared(image) for image in (small, whole))
    if min(first.std(), second.std()) < FLAT:
        return math.nan, differs
    return float(np.corrcoef(first.ravel(), second.ravel())[0, 1]), differs


def _shape_differs(small: Grey, whole: Grey) -> bool:
    ratio = small.shape[1] / small.shape[0] * whole.shape[0] / whole.shape[1]
    return bool(abs(math.log(ratio)) > SHAPE + 1 / min(small.shape))


def _without_bars(image: Grey) -> Grey:
    """The image without rows and columns at its edges that are black throughout."""
    rows = np.flatnonzero(image.mean(axis=1) > BLACK)
    columns = np.flatnonzero(image.mean(axis=0) > BLACK)
    if rows.size < 8 or columns.size < 8:
        return image
    return image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _squared(image: Grey) -> Grey:
    return np.asarray(Image.fromarray(image).resize((SIDE, SIDE), Image.Resampling.BOX), np.float32)
