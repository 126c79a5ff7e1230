"""What two images of one ground share whatever season and sensor: the logarithm of how steep each spot is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import ndimage

F4 = npt.NDArray[np.float32]
B1 = npt.NDArray[np.bool_]

BLUR = 1.0
"""Width of the Gaussian whose slope is taken [px]."""
REACH = 4
"""How far the slope looks; this near to what was not seen it means nothing [px]."""


def steepness(plane: F4) -> tuple[F4, B1]:
    """(rows, columns) how steep a Gaussian of 1 px makes each spot [unit px-1], and where that means something."""
    seen = np.isfinite(plane)
    if not seen.any():
        return np.zeros_like(plane), seen
    whole = bool(seen.all())
    filled = plane if whole else np.where(seen, plane, np.float32(np.median(plane[seen])))
    slope = ndimage.gaussian_gradient_magnitude(filled, BLUR, mode="nearest", truncate=3.0)
    return slope, seen if whole else ndimage.minimum_filter(seen, 2 * REACH + 1, mode="nearest")


def log_gradient(plane: F4) -> tuple[F4, B1]:
    """log(1 + slope / its median) of a plane, 0 where it means nothing; and where it means something.

    plane: (rows, columns), NaN where nothing was seen. The slope is that of a Gaussian of 1 px; the logarithm keeps few
    bright edges from outweighing the rest, its unit from counting.
    """
    slope, valid = steepness(plane)
    usual = float(np.median(slope[valid])) if valid.any() else 0.0
    if usual <= 0:
        mean = float(slope[valid].mean()) if valid.any() else 0.0
        if mean <= 0:
            return np.zeros_like(plane), np.zeros_like(valid)
        usual = mean
    return structure_of(slope, valid, usual), valid


def structure_of(slope: F4, valid: B1, usual: float) -> F4:
    """log(1 + slope / usual), 0 where the slope means nothing."""
    made: F4 = np.log1p(slope * np.float32(1 / usual))
    return made if valid.all() else np.where(valid, made, np.float32(0))
