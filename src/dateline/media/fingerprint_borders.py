"""What lies around a picture: flat borders (letterbox, pillarbox) and bars with a caption. Cut off before hashing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

F4 = npt.NDArray[np.float32]

NEAR = 14.0
"""[grey levels] How far a border's pixels may lie from its colour: JPEG leaves ripples."""
FLAT, CAPTIONED = 0.97, 0.55
"""Share of a line that has the border's colour: of a bare border, and of one that is written on."""
LEAST_LEFT = 0.3
"""Share of a side that must be left; a picture that is flat throughout has no border."""
LEAST_BAR = 0.02
"""Share of a side under which a strip is no border."""


@dataclass(frozen=True, slots=True)
class Box:
    """A part of a picture [px]: rows top to bottom, columns left to right, ends not included."""

    top: int
    bottom: int
    left: int
    right: int

    def of(self, grey: F4) -> F4:
        """The pixels of the part."""
        return grey[self.top : self.bottom, self.left : self.right]


def content_boxes(grey: F4) -> tuple[Box, ...]:
    """The whole picture first, then what is left of it without bare borders, then without captioned bars; each once.

    grey: (rows, columns) brightness, 0 to 255. A sky may pass for a bar: a box is a guess that a comparison tests.
    """
    whole = Box(0, grey.shape[0], 0, grey.shape[1])
    return tuple(dict.fromkeys((whole, _inside(grey, whole, FLAT), _inside(grey, whole, CAPTIONED))))


def _inside(grey: F4, whole: Box, share: float) -> Box:
    top, bottom = _ends(grey, share)
    if bottom - top < LEAST_LEFT * whole.bottom:
        return whole
    left, right = _ends(grey[top:bottom].T, share)
    return whole if right - left < LEAST_LEFT * whole.right else Box(top, bottom, left, right)


def _ends(lines: F4, share: float) -> tuple[int, int]:
    """First and last line + 1 of what is no border."""
    count = len(lines)
    first, last = (_depth(side, share) for side in (lines, lines[::-1]))
    least = LEAST_BAR * count
    return first if first >= least else 0, count - (last if last >= least else 0)


def _depth(lines: F4, share: float) -> int:
    """How many lines from the first on have its colour."""
    colour = np.median(lines[0])
    bare = (np.abs(lines - colour) < NEAR).mean(axis=1) >= share
    return int(len(bare) if bare.all() else bare.argmin())
