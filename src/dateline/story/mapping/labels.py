"""Where names stand on a map: beside their mark, else led to it by a line, else as a number with the name below.

Greedy over candidate positions in a fixed order of preference (after Imhof 1975, "Positioning names on maps", and
Christensen, Marks and Shieber 1995, doi 10.1145/212332.212334). No label touches another, a mark, or what is kept free.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

F8 = npt.NDArray[np.float64]
B1 = npt.NDArray[np.bool_]
Rect = tuple[float, float, float, float]
"""Left, top, right, bottom [px]."""
Segment = tuple[float, float, float, float]

GAP = 3.0
"""[px] Between a mark and its label, and around every label."""
_LONGEST = 26
"""Letters of a name on the map; the whole name stands in the table."""
_FAR = (16.0, 32.0, 52.0, 80.0)
_TURNS = (0, 180, -35, 35, 215, 145, -65, 65, 245, 115)
"""Distances [px] and directions [degrees, clockwise from the right] in which a line leads."""
_STEPS = ((0, 0), (0, -24), (0, 24), (-40, 0), (40, 0), (-40, -40), (40, 40), (0, -60), (0, 60))
"""How far a quiet name may stand from its point [px]."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark at x, y with its radius [px] and the lines of its label; nothing is drawn on its circle.

    inside: how wide an area it stands for is [px]: a name that fits is written in it.
    """

    x: float
    y: float
    radius: float
    lines: tuple[str, ...]
    inside: float = 0.0


@dataclass(frozen=True, slots=True)
class Label:
    """Lines of text in a box, or a number. anchor: start, middle or end. leader: to the mark, where it is led."""

    mark: int
    box: Rect
    lines: tuple[str, ...]
    anchor: str
    x: float
    leader: Segment | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """labels: those drawn. numbered: for each number the marks whose names stand below the map under it.

    quiet: names of what has no mark, with the middle of their text [px].
    """

    labels: tuple[Label, ...]
    numbered: tuple[tuple[int, ...], ...]
    quiet: tuple[tuple[str, float, float], ...] = ()


def placed(
    marks: Sequence[Mark],
    size: tuple[float, float],
    letters: float,
    *,
    keep: Sequence[Rect] = (),
    quiet: Sequence[tuple[str, float, float]] = (),
) -> Placed:
    """Labels for marks in order of importance, within a map of this size [px].

    letters: their size [px]. keep: what is to be left free. quiet: names around a point that give way to all others.
    Where not even a number finds room, the mark shares the number of the nearest mark that has one.
    """
    field = _Field(marks, size, letters, list(keep))
    late = [at for at, mark in enumerate(marks) if mark.lines and not field.place(at, mark.lines)]
    numbers: dict[int, list[int]] = {}
    lost = []
    for at in late:
        if field.place(at, (str(len(numbers) + 1),), number=len(numbers) + 1):
            numbers[len(numbers) + 1] = [at]
        else:
            lost.append(at)
    for at in lost:
        home = min(numbers, key=lambda n: math.dist(_spot(marks[numbers[n][0]]), _spot(marks[at])), default=None)
        numbers.setdefault(home or len(numbers) + 1, []).append(at)
    drawn = {mark.lines[0] for mark in marks if mark.lines}
    names = tuple(found for one in quiet if one[0] not in drawn and (found := field.place_quiet(*one)) is not None)
    return Placed(tuple(field.labels), tuple(tuple(numbers[number]) for number in sorted(numbers)), names)


class _Field:
    """What stands on the map so far. Every candidate of a label is tried at once, and the first free one is taken."""

    def __init__(self, marks: Sequence[Mark], size: tuple[float, float], letters: float, taken: Sequence[Rect]) -> None:
        self.marks, self.size, self.letters = marks, size, letters
        self.circles = np.array([(mark.x, mark.y, mark.radius) for mark in marks], float).reshape(-1, 3)
        self.taken = np.array(taken, float).reshape(-1, 4)
        self.lines = np.empty((0, 4))
        self.labels: list[Label] = []

    def place(self, at: int, lines: tuple[str, ...], number: int | None = None) -> bool:
        """Tries every candidate for one label; whether one was free."""
        mark = self.marks[at]
        width = max(text_width(line, self.letters) for line in lines)
        height = 1.22 * self.letters * len(lines)
        tried = list(_candidates(mark, width, height))
        boxes = np.array([(left, top, left + width, top + height) for left, top, _, _ in tried])
        free = np.flatnonzero(self._free(boxes, at))
        led = {int(one): _leader(mark, boxes[one]) for one in free if tried[one][3]}
        if led:
            clear = self._clear(np.array(list(led.values())), at)
            free = np.setdiff1d(free, [one for one, is_clear in zip(led, clear, strict=True) if not is_clear])
        if not len(free):
            return False
        best = int(free[0])
        left, _, anchor, is_led = tried[best]
        x = left + {"start": 0.0, "middle": width / 2, "end": width}[anchor]
        leader = led[best] if is_led else None
        self.labels.append(Label(at, _four(boxes[best]), lines, anchor, round(x, 1), leader, number))
        self.taken = np.vstack((self.taken, boxes[best]))
        if leader is not None:
            self.lines = np.vstack((self.lines, leader))
        return True

    def place_quiet(self, text: str, x: float, y: float) -> tuple[str, float, float] | None:
        """A name around a point where there is room, and where it stands; else None."""
        half, high = 0.65 * text_width(text, self.letters), 0.61 * self.letters  # with its letters spaced
        middles = np.array([(x + off_x, y + off_y) for off_x, off_y in _STEPS])
        boxes = np.array([(left - half, top - high, left + half, top + high) for left, top in middles])
        free = self._free(boxes, -1)
        if not free.any():
            return None
        best = int(np.argmax(free))
        self.taken = np.vstack((self.taken, boxes[best]))
        return text, round(float(middles[best, 0]), 1), round(float(middles[best, 1]), 1)

    def _free(self, boxes: F8, own: int) -> B1:
        """Which boxes lie on the map and on nothing that stands there."""
        inside = (boxes[:, :2] >= GAP) & (boxes[:, 2:] <= np.array(self.size) - GAP)
        free: B1 = np.array(inside.all(axis=1))
        wide = boxes + np.array((-GAP, -1.0, GAP, 1.0))
        room = np.where(np.arange(len(self.circles)) == own, 0.0, GAP)
        for at in np.flatnonzero(free):
            box = boxes[at]
            near = np.clip(self.circles[:, :2], box[:2], box[2:]) - self.circles[:, :2]
            free[at] = (
                not _overlap(wide[at], self.taken).any()
                and ((near * near).sum(axis=1) >= (self.circles[:, 2] + room) ** 2).all()
                and not crosses(self.lines, box).any()
            )
        return np.asarray(free)

    def _clear(self, leaders: F8, own: int) -> B1:
        """Which leaders run over no label, nothing kept free and no other mark."""
        clear = np.ones(len(leaders), bool)
        if len(self.taken):
            clear &= ~crosses(leaders[:, None, :], self.taken[None, :, :]).any(axis=1)
        start, way = leaders[:, None, :2], leaders[:, None, 2:] - leaders[:, None, :2]
        spots = self.circles[None, :, :2] - start
        share = np.clip((spots * way).sum(axis=2) / np.maximum((way * way).sum(axis=2), 1e-9), 0.0, 1.0)
        far = np.hypot(*np.moveaxis(spots - share[:, :, None] * way, -1, 0))
        other = np.arange(len(self.circles)) != own
        return np.asarray(clear & ((far >= self.circles[:, 2] + 1.0) | ~other).all(axis=1))


def _candidates(mark: Mark, width: float, height: float) -> Iterator[tuple[float, float, str, bool]]:
    """Left, top, anchor, and whether a line leads there: beside the mark first, then farther and farther."""
    x, y, out, side = mark.x, mark.y, mark.radius + GAP + 1, mark.radius * 0.8 + GAP
    if 0 < width <= mark.inside:
        yield x - width / 2, y - height / 2, "middle", False
    yield x + out, y - height / 2, "start", False
    yield x - out - width, y - height / 2, "end", False
    yield x + side, y - side - height / 2, "start", False
    yield x + side, y + side - height / 2, "start", False
    yield x - side - width, y - side - height / 2, "end", False
    yield x - side - width, y + side - height / 2, "end", False
    yield x - width / 2, y - out - height, "middle", False
    yield x - width / 2, y + out, "middle", False
    for far in _FAR:
        for turn in _TURNS:
            cosine, sine = math.cos(math.radians(turn)), math.sin(math.radians(turn))
            anchor = "start" if cosine > 0 else "end"
            left = x + (mark.radius + far) * cosine - (0.0 if cosine > 0 else width)
            yield left, y + (mark.radius + far) * sine - height / 2, anchor, True


def _leader(mark: Mark, box: F8) -> Segment:
    """From the edge of the mark to the nearest point of the box."""
    x, y = min(max(mark.x, box[0]), box[2]), min(max(mark.y, box[1]), box[3])
    far = math.dist((x, y), (mark.x, mark.y)) or 1.0
    share = min(mark.radius / far, 1.0)
    start = mark.x + (x - mark.x) * share, mark.y + (y - mark.y) * share
    return round(start[0], 1), round(start[1], 1), round(x, 1), round(y, 1)


def _four(row: F8) -> Rect:
    one, two, three, four = (float(value) for value in row)
    return one, two, three, four


def text_width(text: str, letters: float) -> float:
    """How wide a text may become at most in a sans-serif of this size [px]: fonts differ, so a wide one is taken."""
    return letters * sum(_advance(letter) for letter in text)


def _advance(letter: str) -> float:
    if unicodedata.combining(letter) or unicodedata.category(letter) == "Cf":
        return 0.0
    if unicodedata.east_asian_width(letter) in "WF" or ord(letter) > 0x1F000:
        return 1.1
    if letter in "ijl.,:;'|!’ ftI()":
        return 0.4
    return 0.98 if letter in "MWmw@%ЖШЩЮМФжшщюмф" else 0.78 if letter.isupper() else 0.64


def drawn_name(name: str) -> str:
    """A name as it stands on a map: no marks that turn the direction of what follows, no more letters than fit."""
    plain = "".join(letter for letter in name if unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co"})
    plain = " ".join(plain.split())
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1].rstrip() + "…"


def _spot(mark: Mark) -> tuple[float, float]:
    return mark.x, mark.y


def _overlap(one: F8, other: F8) -> B1:
    return np.asarray((one[..., :2] < other[..., 2:]).all(axis=-1) & (other[..., :2] < one[..., 2:]).all(axis=-1))


def crosses(line: F8, box: F8) -> B1:
    """Whether lines (…, 4) run through boxes (…, 4) (Liang and Barsky 1984, doi 10.1145/357332.357333)."""
    start, way = line[..., :2], line[..., 2:] - line[..., :2]
    step = np.where(way == 0, 1e-12, way)
    ends = np.stack(((box[..., :2] - start) / step, (box[..., 2:] - start) / step))
    first, last = ends.min(axis=0).max(axis=-1), ends.max(axis=0).min(axis=-1)
    return np.asarray(np.maximum(first, 0.0) <= np.minimum(last, 1.0))
