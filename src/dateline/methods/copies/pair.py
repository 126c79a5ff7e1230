"""Two pictures: is one made from the other? Features or a hash lay them on each other, their detail decides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from dateline.media.features import matches
from dateline.media.fingerprint import BITS, distances
from dateline.media.fingerprint_borders import Box
from dateline.media.homography import fit
from dateline.media.homography_agreement import Agreement, agreement
from dateline.methods.copies.look import Look

F8 = npt.NDArray[np.float64]

Kind = Literal["copy", "same scene", "alike"]
LEAST_INLIERS = 5
"""Features that must agree before the pictures are laid on each other at all."""
SAME = 0.82
"""Share of squares with the same detail: measured 0.87 to 1 in copies, at most 0.75 in other pictures of a scene."""
FEWEST_SQUARES = 12
WHOLE = 0.9
"""Share of either picture that is covered where they lie on each other as they are."""
FEWEST_MIDDLE = 1
"""Squares or features in the middle half: graphics of a channel and bars of an app lie around any picture."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rules:
    """The method's thresholds. inliers: features that must agree for "same scene"; bits: hash distance of copies."""

    inliers: int
    bits: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tie:
    """What binds two pictures. matrix: (3, 3), the first's pixels to the second's; lines: (inliers, 4) x, y of both
    [px]; bits: least hash distance over turns and borders; turn: number in fingerprint.TURNS."""

    kind: Kind
    matrix: F8
    lines: F8
    bits: int
    turn: int
    agreement: Agreement

    @property
    def inliers(self) -> int:
        """Features that agree."""
        return len(self.lines)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Laid:
    matrix: F8
    lines: F8
    by_hash: bool


def compare(one: Look, other: Look, rules: Rules, *, rng: np.random.Generator) -> Tie | None:
    """What binds two pictures, or None.

    A copy: at least five features agree or the hashes match, and laid on each other at least 82 % of the squares have
    the same detail. The same scene: enough features agree and the detail does not. Alike: only the hashes match.
    """
    bits, turn, boxes = _nearest(one, other)
    by_hash = bits <= rules.bits
    ways = [*_by_features(one, other, by_hash=by_hash, rng=rng)]
    if by_hash:
        ways.append(_Laid(matrix=_box_to_box(*boxes, turn), lines=np.zeros((0, 4)), by_hash=True))
    best: Tie | None = None
    for laid in ways:
        agreed = agreement(one.grey, other.grey, laid.matrix)
        kind = _kind(agreed, laid, rules, one.size)
        if kind is None:
            continue
        tie = Tie(kind=kind, matrix=laid.matrix, lines=laid.lines, bits=bits, turn=turn, agreement=agreed)
        if best is None or _rank(tie) > _rank(best):
            best = tie
    return best


def _rank(tie: Tie) -> tuple[int, int, float]:
    return ("alike", "same scene", "copy").index(tie.kind), tie.inliers, tie.agreement.share or 0.0


def _kind(agreed: Agreement, laid: _Laid, rules: Rules, size: tuple[int, int]) -> Kind | None:
    same = agreed.share is not None and agreed.share >= SAME and agreed.squares >= FEWEST_SQUARES
    if same and agreed.middle >= FEWEST_MIDDLE:
        return "copy"
    if len(laid.lines) >= rules.inliers and not _is_frame(agreed, laid, size):
        return "same scene"
    return "alike" if laid.by_hash else None


def _is_frame(agreed: Agreement, laid: _Laid, size: tuple[int, int]) -> bool:
    """Whether all that agrees lies around the middle, at the same place of both: graphics, bars, a desk's captions."""
    away = np.abs(laid.lines[:, :2] / size - 0.5).max(axis=1)
    still = min(agreed.covered) > WHOLE
    return still and agreed.middle < FEWEST_MIDDLE and int((away < 0.25).sum()) < FEWEST_MIDDLE


def _nearest(one: Look, other: Look) -> tuple[int, int, tuple[Box, Box]]:
    """Bits, turn and parts of the most alike hashes that say anything."""
    best = (BITS, 0, (one.boxes[0], other.boxes[0]))
    for mine, its in ((a, b) for a in range(len(one.boxes)) for b in range(len(other.boxes))):
        if one.prints[mine].is_flat or other.prints[its].is_flat:
            continue
        apart = distances(one.prints[mine].hashes, other.prints[its].upright)
        turn = int(apart.argmin())
        if apart[turn] < best[0]:
            best = (int(apart[turn]), turn, (one.boxes[mine], other.boxes[its]))
    return best


def _by_features(one: Look, other: Look, *, by_hash: bool, rng: np.random.Generator) -> Iterator[_Laid]:
    """The ways in which features lay the first on the second, as it is and as a mirror image."""
    for its in (other.features, other.mirrored):
        pairs = matches(one.features, its)
        mine, theirs = one.features.points[pairs[:, 0]], its.points[pairs[:, 1]]
        found = fit(mine, theirs, (one.size, other.size), rng=rng)
        if found is not None and found.count >= LEAST_INLIERS:
            lines = np.column_stack([mine, theirs])[found.inliers]
            yield _Laid(matrix=found.matrix, lines=lines, by_hash=by_hash)


def _box_to_box(one: Box, other: Box, turn: int) -> F8:
    """The matrix that turns one part of a picture and lays it on a part of another. turn: number in TURNS."""
    to_unit = np.linalg.inv(_of_unit(one))
    turned = np.array([[0.0, 1, 0], [1, 0, 0], [0, 0, 1]]) if turn >= 4 else np.eye(3)
    flip = np.diag([-1.0 if turn & 1 else 1, -1.0 if turn & 2 else 1, 1])
    flip[0, 2], flip[1, 2] = float(turn & 1), float((turn & 2) // 2)
    return np.asarray(_of_unit(other) @ flip @ turned @ to_unit)


def _of_unit(box: Box) -> F8:
    """From 0 … 1 to the pixels of a part, whose centres are whole numbers."""
    wide, high = box.right - box.left, box.bottom - box.top
    return np.array([[wide, 0, box.left - 0.5], [0, high, box.top - 0.5], [0, 0, 1]])
