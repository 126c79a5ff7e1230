"""Points of a picture as it is stored, and the same points of the picture turned upright as its Orientation says."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

F8 = npt.NDArray[np.float64]


def upright(points: F8, orientation: int, size: tuple[int, int]) -> F8:
    """Columns and rows [px] of the upright picture; points (n, 2) [px] of the stored one of size (width, height).

    orientation: the Exif tag 0x0112, 1 to 8 (Exif 2.3). Distances stay what they are.
    """
    width, height = size
    x, y = np.asarray(points, np.float64).reshape(-1, 2).T
    turned = {
        1: (x, y),
        2: (width - x, y),
        3: (width - x, height - y),
        4: (x, height - y),
        5: (y, x),
        6: (height - y, x),
        7: (height - y, width - x),
        8: (y, width - x),
    }[orientation]
    return np.stack(turned, axis=1)


def stored(points: F8, orientation: int, size: tuple[int, int]) -> F8:
    """The inverse of `upright`: points (n, 2) [px] of the upright picture in the stored one of this size."""
    width, height = size
    upright_size = (height, width) if orientation >= 5 else (width, height)
    return upright(points, {6: 8, 8: 6}.get(orientation, orientation), upright_size)
