"""What is taken of each picture before any two are compared: hashes with and without borders, and features."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dateline.media.features import Features, features
from dateline.media.fingerprint import LEAST_SIDE, Fingerprint, fingerprint, luma
from dateline.media.fingerprint_borders import Box, content_boxes

F4 = npt.NDArray[np.float32]
U1 = npt.NDArray[np.uint8]
U8 = npt.NDArray[np.uint64]

BLIND = 12
"""A picture of low hash quality with fewer features shows too little to be told from others."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Look:
    """One picture, ready to be compared. pixels: (rows, columns, 3); full: width and height of the file's picture [px];
    boxes and prints: the whole first, then without borders; mirrored: the features of its mirror image."""

    pixels: U1
    full: tuple[int, int]
    grey: F4
    boxes: tuple[Box, ...]
    prints: tuple[Fingerprint, ...]
    features: Features
    mirrored: Features

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the pixels here [px]."""
        return self.grey.shape[1], self.grey.shape[0]

    @property
    def is_flat(self) -> bool:
        """Whether hashes of it say little."""
        return all(each.is_flat for each in self.prints)

    @property
    def is_blind(self) -> bool:
        """Whether no comparison can tell anything of it."""
        return self.is_flat and len(self.features.points) < BLIND


def look(pixels: U1, full: tuple[int, int] | None = None) -> Look:
    """Looks at one picture. pixels: (rows, columns, 3). Raises InputError `small-picture`."""
    grey = luma(pixels)
    boxes, prints = hashed(grey)
    found = features(grey)
    return Look(
        pixels=pixels,
        full=full or (pixels.shape[1], pixels.shape[0]),
        grey=grey,
        boxes=boxes,
        prints=prints,
        features=found,
        mirrored=found.mirrored(),
    )


def hashed(grey: F4) -> tuple[tuple[Box, ...], tuple[Fingerprint, ...]]:
    """The parts of a picture that are hashed, and their hashes; the whole picture first."""
    whole, *parts = content_boxes(grey)
    boxes = (whole, *(box for box in parts if min(box.of(grey).shape) >= LEAST_SIDE))
    return boxes, tuple(fingerprint(box.of(grey)) for box in boxes)
