"""Lines drawn into an image: how much of every pixel lies under a line of a width, seen through a blur."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy import ndimage

F4 = npt.NDArray[np.float32]
F8 = npt.NDArray[np.float64]


def distance(lines: Sequence[F8], shape: tuple[int, int], reach: float) -> F4:
    """(rows, columns) distance of each pixel's middle to the nearest line [px]; `reach` where it is farther than that.

    lines: (n, 2) columns and rows [px] of each line's points, 0.5 the middle of the first pixel.
    """
    found = np.full(shape, reach, np.float32)
    for line in lines:
        for start, end in pairwise(line):
            _nearer(found, start, end, reach)
    return found


def _nearer(found: F4, start: F8, end: F8, reach: float) -> None:
    rows, columns = found.shape
    low, high = np.minimum(start, end) - reach, np.maximum(start, end) + reach
    left, top = max(int(low[0]), 0), max(int(low[1]), 0)
    right, bottom = min(int(high[0]) + 1, columns), min(int(high[1]) + 1, rows)
    if left >= right or top >= bottom:
        return
    x = np.arange(left, right)[None] + 0.5 - start[0]
    y = np.arange(top, bottom)[:, None] + 0.5 - start[1]
    along = end - start
    share = np.clip((x * along[0] + y * along[1]) / max(float(along @ along), 1e-12), 0, 1)
    away = np.hypot(x - share * along[0], y - share * along[1])
    part = found[top:bottom, left:right]
    np.minimum(part, away, out=part, casting="same_kind")


def cover(lines: Sequence[F8], shape: tuple[int, int], *, width: float, blur: float) -> F4:
    """(rows, columns) share of each pixel, 0 to 1, that lies under lines of this width, after a Gaussian blur.

    lines: as for `distance`. width: [px]; a line thinner than a pixel covers that share of it. blur: [px], standard
    deviation of the optics.
    """
    away = distance(lines, shape, width / 2 + 1)
    inside = np.clip(width / 2 + 0.5 - away, 0, min(width, 1.0)).astype(np.float32)
    blurred: F4 = ndimage.gaussian_filter(inside, blur) if blur > 0 else inside
    return blurred
