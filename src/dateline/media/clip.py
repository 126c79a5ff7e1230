"""A picture or a clip as methods are given it: who it is by hash, and what was read of it. No path, no file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dateline.core.when import When
from dateline.media.facts import Facts
from dateline.media.photo import Photo

Kind = Literal["picture", "video"]


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One frame of a video.

    at: time from the start of the video [s]. pixels: uint8, (rows, columns, 3), RGB, turned upright.
    """

    at: float
    pixels: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Clip:
    """A picture or video file. `photo` is there for pictures, `frames` for videos whose frames were asked for."""

    name: str
    """The file's name, without its folder."""
    sha256: str
    kind: Kind
    media_type: str
    size: int
    """Of the file [bytes]."""
    simulated: bool = False
    item: str | None = None
    """Id of the case's item that has these bytes."""
    media_id: str | None = None
    """Id of the case's media record that the file belongs to."""
    posted: When | None = None
    """When it was first posted, as the media record says."""
    photo: Photo | None = None
    frames: tuple[Frame, ...] = ()
    """In order of time."""
    facts: Facts | None = None
    """What the file says of itself; read for the methods that ask for it."""
