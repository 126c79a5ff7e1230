"""Videos: which seconds of one lie in another, proved on the most alike frames; and a picture that is a frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from dateline.core.errors import InputError
from dateline.media.clip import Clip, Frame
from dateline.media.fingerprint import LEAST_SIDE, distances, fingerprint, luma
from dateline.media.frames_align import Piece, Series, align, shots, turn_of
from dateline.media.homography import moved
from dateline.methods.copies.look import Look, hashed, look
from dateline.methods.copies.pair import Rules, Tie, compare

F8 = npt.NDArray[np.float64]

KEYS = 6
"""Key frames of a video that are compared by their features where hashes find nothing."""
CLEAR = 60
"""Features that agree from which no better pair of key frames is looked for."""
LEAST_SECONDS = 0.5
"""[s] A shorter piece is chance, or two frames that look alike."""


@dataclass(frozen=True, eq=False)
class Film:
    """One video, ready to be compared. Looks at single frames are taken when they are asked for."""

    frames: tuple[Frame, ...]
    _looks: dict[int, Look] = field(default_factory=dict)

    @property
    def step(self) -> float:
        """Time between frames [s]."""
        at = [frame.at for frame in self.frames]
        return float(np.median(np.diff(at))) if len(at) > 1 else 1.0

    @property
    def seconds(self) -> float:
        """How long it is [s]."""
        return self.frames[-1].at - self.frames[0].at + self.step

    @cached_property
    def series(self) -> Series:
        """Hashes of every frame: whole, and without bare borders."""
        return self._series(None)

    @cached_property
    def keys(self) -> tuple[int, ...]:
        """Numbers of frames in the middle of shots, spread over the video."""
        starts = shots(self.series)
        middles = [(a + b) // 2 for a, b in zip(starts, [*starts[1:], len(self.frames)], strict=True)]
        even = np.linspace(0, len(self.frames) - 1, KEYS + 2)[1:-1].round().astype(int).tolist()
        among = sorted({*middles, *even})
        return tuple(among[int(at)] for at in np.unique(np.linspace(0, len(among) - 1, KEYS).round()))

    def look(self, number: int) -> Look:
        """One frame."""
        if number not in self._looks:
            self._looks[number] = look(self.frames[number].pixels)
        return self._looks[number]

    def cut_to(self, corners: F8) -> Series:
        """Hashes of the part of every frame that lies in a shape. corners: (4, 2) x, y in frames [px]."""
        return self._series(corners)

    def _series(self, corners: F8 | None) -> Series:
        hashes, sound = [], []
        for frame in self.frames:
            grey = luma(frame.pixels)
            prints = hashed(grey)[1] if corners is None else (fingerprint(_part(grey, corners)),)
            versions = (prints[0], prints[min(1, len(prints) - 1)])
            hashes.append([each.hashes for each in versions])
            sound.append(not versions[0].is_flat)
        at = np.array([frame.at for frame in self.frames])
        return Series(at=at, hashes=np.array(hashes), sound=np.array(sound), step=self.step)


def _part(grey: npt.NDArray[np.float32], corners: F8) -> npt.NDArray[np.float32]:
    left, top = np.maximum(np.round(corners.min(axis=0) + 0.5), 0).astype(int)
    right, bottom = np.round(corners.max(axis=0) + 0.5).astype(int)
    part = grey[top:bottom, left:right]
    return part if min(part.shape) >= LEAST_SIDE else grey


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cover:
    """What binds two videos, or a video and a picture. pieces: of the first in the second, each with the tie of its
    most alike frames; tie: the best of them; frames: the numbers of its frames."""

    pieces: tuple[tuple[Piece, Tie], ...]
    tie: Tie
    frames: tuple[int, int]
    cut: bool = False
    """Whether the pieces were found after both were cut to what both show."""

    @property
    def seconds(self) -> float:
        """How much of the first lies in the second [s]."""
        return sum(piece.seconds for piece, _ in self.pieces)


def film(clip: Clip) -> Film:
    """A video's frames, ready. Raises InputError `no-frames` where there are none."""
    if not clip.frames:
        raise InputError(
            "This video has no frames.", saw=clip.name, do="Get the file again, or the original.", code="no-frames"
        )
    return Film(clip.frames)


def cover(one: Film, other: Film, rules: Rules, *, rng: np.random.Generator) -> Cover | None:
    """The seconds of one video that lie in another, by hashes first, then by features of key frames, or None."""
    found = _proved(one, other, (one.series, other.series), rules, rng=rng)
    if found:
        return _best(found)
    key = _by_keys(one, other, rules, rng)
    if key is None:
        return None
    numbers, tie = key
    to_other = moved(tie.matrix, _frame_corners(one))
    to_one = moved(np.asarray(np.linalg.inv(tie.matrix)), _frame_corners(other))
    parts = (one.cut_to(_common(_frame_corners(one), to_one)), other.cut_to(_common(_frame_corners(other), to_other)))
    found = _proved(one, other, parts, rules, rng=rng)
    return _best(found, cut=True) if found else Cover(pieces=(), tie=tie, frames=numbers)


def _best(found: Sequence[tuple[Piece, Tie]], *, cut: bool = False) -> Cover:
    piece, tie = max(found, key=lambda each: (each[1].inliers, each[0].seconds))
    return Cover(pieces=tuple(found), tie=tie, frames=piece.best, cut=cut)


def _proved(
    one: Film, other: Film, series: tuple[Series, Series], rules: Rules, *, rng: np.random.Generator
) -> list[tuple[Piece, Tie]]:
    """Pieces whose most alike frames are copies, or that move together frame by frame.

    A still scene may look alike on another day; a run of frames that match only at their own offset can't be chance,
    even where compression left no detail to compare.
    """
    found = []
    for piece in align(*series, turn_of(*series)):
        if piece.seconds < LEAST_SECONDS:
            continue
        tie = compare(one.look(piece.best[0]), other.look(piece.best[1]), rules, rng=rng)
        if tie is not None and (tie.kind == "copy" or piece.moves_together):
            found.append((piece, replace(tie, kind="copy")))
    return found


def _by_keys(one: Film, other: Film, rules: Rules, rng: np.random.Generator) -> tuple[tuple[int, int], Tie] | None:
    """The best tie between key frames, or the first that leaves no doubt."""
    best: tuple[tuple[int, int], Tie] | None = None
    for mine in one.keys:
        for its in other.keys:
            tie = compare(one.look(mine), other.look(its), rules, rng=rng)
            if tie is not None and tie.kind != "alike" and (best is None or tie.inliers > best[1].inliers):
                best = ((mine, its), tie)
                if tie.kind == "copy" and tie.inliers >= CLEAR:
                    return best
    return best


def _frame_corners(of: Film) -> F8:
    high, wide = of.frames[0].pixels.shape[:2]
    return np.array([[-0.5, -0.5], [wide - 0.5, -0.5], [wide - 0.5, high - 0.5], [-0.5, high - 0.5]])


def _common(frame: F8, shape: F8) -> F8:
    """(2, 2) corners of the part of a frame that a shape's bounding box covers."""
    low, high = np.maximum(frame.min(axis=0), shape.min(axis=0)), np.minimum(frame.max(axis=0), shape.max(axis=0))
    return np.array([low, high])


def still_in(picture: Look, video: Film, rules: Rules, *, rng: np.random.Generator) -> Cover | None:
    """The frame of a video that a picture is made from, or None: the most alike by hash, and key frames."""
    apart = np.min(
        [distances(each.hashes[None, None], video.series.hashes[:, :, :1]).min(axis=(1, 2)) for each in picture.prints],
        axis=0,
    )
    best: Cover | None = None
    for number in dict.fromkeys((int(apart.argmin()), *video.keys)):
        tie = compare(picture, video.look(number), rules, rng=rng)
        if tie is None or tie.kind == "alike":
            continue
        rank = (tie.kind == "copy", tie.inliers)
        if best is None or rank > (best.tie.kind == "copy", best.tie.inliers):
            best = Cover(pieces=(), tie=tie, frames=(0, number))
    return best
