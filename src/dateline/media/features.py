"""Local features of a picture (SIFT), and which of two pictures' features are each other's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

F4 = npt.NDArray[np.float32]
F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

WORKING = 512
"""[px] Pictures are brought to this longer side first, small ones enlarged: about 500 features each."""
MOST = 600
RATIO = 0.8
"""A feature's nearest must be so much nearer than its second nearest (Lowe 2004)."""

_PLACES, _BEARINGS = 4, 8
"""A descriptor is 4 x 4 places of 8 directions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """Features of one picture. points: (n, 2) x, y [px of the picture given]; descriptors: (n, 128), length 1.

    size: width and height of the picture [px].
    """

    points: F8
    descriptors: F4
    size: tuple[int, int]

    def mirrored(self) -> Features:
        """The features that the mirrored picture has, at their places in this one: a mirror only reorders a descriptor.

        Places swap sides across the feature's own direction, and directions change their sense.
        """
        grid = self.descriptors.reshape(-1, _PLACES, _PLACES, _BEARINGS)
        back = -np.arange(_BEARINGS) % _BEARINGS
        turned = grid[:, :, ::-1, :][..., back]
        return Features(points=self.points, descriptors=turned.reshape(self.descriptors.shape), size=self.size)


def features(grey: F4) -> Features:
    """At most 600 SIFT features, the steadiest scales first (Lowe 2004, 10.1023/B:VISI.0000029664.99615.94).

    grey: (rows, columns) brightness, 0 to 255. Descriptors are square-rooted (Arandjelović and Zisserman 2012,
    10.1109/CVPR.2012.6248018). A flat picture has none.
    """
    rows, columns = grey.shape
    scale = WORKING / max(rows, columns)
    shape = (max(_LEAST, round(rows * scale)), max(_LEAST, round(columns * scale)))
    positions, sigmas, descriptors = _sift(resized(grey, shape) / np.float32(255))
    largest = np.argsort(-sigmas, kind="stable")[:MOST]
    at = (positions[largest][:, ::-1] + 0.5) * [columns / shape[1], rows / shape[0]] - 0.5
    parts = descriptors[largest].astype(np.float32)
    whole = np.maximum(parts.sum(axis=1, keepdims=True), 1)
    return Features(points=at.astype(np.float64), descriptors=np.sqrt(parts / whole), size=(columns, rows))


_LEAST = 32


def _sift(grey: F4) -> tuple[F8, F8, npt.NDArray[np.uint8]]:
    """Rows and columns, scales and descriptors of features; none of a flat picture."""
    from skimage import feature

    finder: Any = feature.SIFT(upsampling=1)  # type: ignore[no-untyped-call]
    try:
        finder.detect_and_extract(grey)
    except RuntimeError:  # its way to say that there is none
        return np.zeros((0, 2)), np.zeros(0), np.zeros((0, 128), np.uint8)
    return finder.positions, finder.sigmas, finder.descriptors


def resized(grey: F4, shape: tuple[int, int]) -> F4:
    """A picture at (rows, columns), edges on edges; where it shrinks each pixel is an average of what it covers."""
    from PIL import Image

    image = Image.fromarray(np.ascontiguousarray(grey, np.float32))
    return np.array(image.resize(shape[::-1], Image.Resampling.BILINEAR), np.float32)


def matches(one: Features, other: Features, ratio: float = RATIO) -> I8:
    """(k, 2) numbers of features that are each other's nearest, each clearly nearer than the second nearest."""
    if min(len(one.points), len(other.points)) < 2:
        return np.zeros((0, 2), np.int64)
    alike = one.descriptors @ other.descriptors.T
    rows, columns = _clear(alike, ratio), _clear(alike.T, ratio)
    mine = np.flatnonzero(rows >= 0)
    mutual = mine[columns[rows[mine]] == mine]
    return np.column_stack([mutual, rows[mutual]])


def _clear(alike: F4, ratio: float) -> I8:
    """(n,) The clear nearest of each row, or -1. alike: cosines; the squared distance is 2 - 2 cosine."""
    nearest, lines = alike.argmax(axis=1), np.arange(len(alike))
    first = alike[lines, nearest]
    others = alike.copy()
    others[lines, nearest] = -1
    return np.where((1 - first) < ratio**2 * (1 - others.max(axis=1)), nearest, -1)
