"""Which seconds of one video are in another, and where: pieces of constant offset between two series of hashes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dateline.media.fingerprint import BITS, MATCH, distances

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint64]

ENTER, STRAY = 2.5, 0.5
"""What a new piece costs, and a frame within a piece that does not match, in matching frames."""
NEITHER = 64
"""[bits] Up to here a frame that does not match does not speak against a piece: chance is 128, give or take 8."""
MANY, CLEARER = 8, 24
"""Frames, and bits by which they must be nearer at their own offset than elsewhere, to prove a run."""
CUT = 90
"""[bits] Frames that differ by more belong to different shots: half-way from a moving camera to chance."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Series:
    """Hashes of a video's frames. at: (n,) [s]; hashes: (n, v, 8, 4), v versions of each frame (whole, without
    borders); sound: (n,) whether the frame has the structure that a hash needs; step: between frames [s]."""

    at: F8
    hashes: U8
    sound: npt.NDArray[np.bool_]
    step: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of the first video that lies in the second.

    start, end: in the first [s]; offset: second less first [s]; matched: frames that match, of `frames`; best: the
    numbers of the most alike frames. bits: median distance of the frames that match; elsewhere: median distance of
    the same frames from others of the piece: where it is much larger, the two move together.
    """

    start: float
    end: float
    offset: float
    matched: int
    frames: int
    best: tuple[int, int]
    bits: float
    elsewhere: float

    @property
    def seconds(self) -> float:
        """How much of the first video it is [s]."""
        return self.end - self.start

    @property
    def moves_together(self) -> bool:
        """Whether the run itself is proof: many frames match, and only at this offset."""
        return self.matched >= MANY and self.elsewhere - self.bits >= CLEARER


def shots(series: Series) -> list[int]:
    """Numbers of the frames with which a shot begins, the first among them."""
    apart = distances(series.hashes[:-1, 0, 0], series.hashes[1:, 0, 0])
    return [0, *(np.flatnonzero(apart > CUT) + 1).tolist()]


def turn_of(one: Series, other: Series, most: int = 120) -> int:
    """In which of the eight turns most frames of the second are found in the first; 0 where it makes no difference."""
    a, b = (_spread(each, most) for each in (one, other))
    found = [(_apart(a, b, turn).min(axis=1) <= MATCH).sum() for turn in range(8)]
    return int(np.argmax(found)) if max(found) > found[0] else 0


def _spread(series: Series, most: int) -> Series:
    step = -(-len(series.at) // most)
    chosen = slice(None, None, step)
    return Series(
        at=series.at[chosen], hashes=series.hashes[chosen], sound=series.sound[chosen], step=series.step * step
    )


def _apart(one: Series, other: Series, turn: int) -> I8:
    """(n, m) bits between frames, the least over versions; all bits where a frame is flat."""
    least = np.full((len(one.at), len(other.at)), BITS, np.int64)
    for mine in range(one.hashes.shape[1]):
        for its in range(other.hashes.shape[1]):
            for row, words in enumerate(one.hashes[:, mine, turn]):
                np.minimum(least[row], distances(words, other.hashes[:, its, 0]), out=least[row])
    least[~one.sound] = BITS
    least[:, ~other.sound] = BITS
    return least


def align(one: Series, other: Series, turn: int = 0) -> tuple[Piece, ...]:
    """The pieces of the first video that lie in the second, in order, each at its own offset.

    Frame by frame the path through all offsets, and through "not there", that explains most frames with the fewest new
    pieces (Viterbi 1967, 10.1109/TIT.1967.1054010). A piece is at least two frames that match. Offsets are as fine as
    the finer of the two samplings.
    """
    apart = _apart(one, other, turn)
    step = min(one.step, other.step)
    offsets = np.arange(np.floor((other.at[0] - one.at[-1]) / step), np.ceil((other.at[-1] - one.at[0]) / step) + 1)
    offsets *= step
    path = _path(one, other, apart, offsets)
    ends = np.flatnonzero(np.diff(path)) + 1
    pieces = []
    for start, end in zip([0, *ends], [*ends, len(path)], strict=True):
        if path[start] < len(offsets):
            piece = _piece(one, other, apart, range(int(start), int(end)), float(offsets[path[start]]))
            if piece is not None:
                pieces.append(piece)
    return tuple(pieces)


def _at(other: Series, wanted: F8) -> I8:
    """The numbers of the frames that lie at these times [s], -1 where there is none."""
    near = np.abs(np.clip(np.searchsorted(other.at, wanted), 0, len(other.at) - 1))
    before = np.maximum(near - 1, 0)
    near = np.where(np.abs(other.at[before] - wanted) < np.abs(other.at[near] - wanted), before, near)
    return np.where(np.abs(other.at[near] - wanted) <= 0.75 * other.step, near, -1)


def _path(one: Series, other: Series, apart: I8, offsets: F8) -> I8:
    """(n,) for each frame the number of its offset, or their count for "not there"."""
    rows, count = len(one.at), len(offsets)
    best = np.full(count + 1, -ENTER)
    best[count] = 0.0
    came = np.zeros((rows, count + 1), np.int32)
    for row in range(rows):
        leap = int(best.argmax())
        jump = best[leap] - ENTER
        free = max(best[count], best[leap])  # leaving a piece costs nothing, beginning one does
        stays = np.arange(count + 1)
        keeps = best >= jump
        came[row] = np.where(keeps, stays, leap)
        best = np.where(keeps, best, jump)
        came[row, count], best[count] = (count if best[count] >= free else leap), free
        at = _at(other, one.at[row] + offsets)
        bits = np.where(at >= 0, apart[row, at], BITS)
        best[:count] += np.where(bits <= NEITHER, 1 - bits / NEITHER, -STRAY)
    path = np.zeros(rows, np.int64)
    state = int(best.argmax())
    for row in range(rows - 1, -1, -1):
        path[row] = state
        state = int(came[row, state])
    return path


def _piece(one: Series, other: Series, apart: I8, rows: range, offset: float) -> Piece | None:
    """The piece without the strays at its ends; None for fewer than two frames that match."""
    pairs = []
    for row in rows:
        near = int(np.abs(other.at - (one.at[row] + offset)).argmin())
        if apart[row, near] <= MATCH:
            pairs.append((int(apart[row, near]), row, near))
    if len(pairs) < 2:
        return None
    first, last = pairs[0][1], pairs[-1][1]
    _, row, near = min(pairs)
    exact = float(np.median([other.at[at] - one.at[number] for _, number, at in pairs]))
    return Piece(
        start=float(one.at[first]),
        end=float(one.at[last] + one.step),
        offset=exact,
        matched=len(pairs),
        frames=last - first + 1,
        best=(row, near),
        bits=float(np.median([each for each, _, _ in pairs])),
        elsewhere=_elsewhere(apart, pairs),
    )


def _elsewhere(apart: I8, pairs: list[tuple[int, int, int]]) -> float:
    """Median distance of the piece's frames from those a third of it away, before or after; 0 for a short one."""
    shift = len(pairs) // 3
    if not shift:
        return 0.0
    rows, columns = np.array([row for _, row, _ in pairs]), np.array([column for _, _, column in pairs])
    away = np.concatenate([apart[rows[shift:], columns[:-shift]], apart[rows[:-shift], columns[shift:]]])
    return float(np.median(away))
