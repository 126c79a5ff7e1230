"""The geometry of a strip of images for one size of screen: a lane for each sensor, the finest at the top."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from dateline.story.language import Language

DAY = timedelta(days=1)
SIZES = {"wide": (720, 13), "narrow": (350, 14)}
"""Width and size of letters [px]."""
EDGE, TOP, LANE, ROW, AXIS = 14, 12, 30, 18, 34
"""Margin at the sides; above; height of a lane's words; of each row of marks in it; of the axis [px]."""
APART = 15.0
"""Marks of one row stand at least this far apart [px]; closer ones go a row down."""
ROWS = 4
Times = tuple[datetime | None, datetime | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One image, as the strip and its table show it."""

    image: str
    start: datetime
    end: datetime
    sensor: str
    gsd: float | None
    kind: str
    counts: bool
    why: str
    without: str
    taken: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Where an image stands: its middle, and for an interval both ends [px]."""

    look: Look
    x: float
    y: float
    ends: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Lane:
    """One sensor: its words, where they stand, and its images."""

    sensor: str
    gsd: float | None
    y: float
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """A bracket: its left edge and width [px], and which sides are open."""

    x: float
    width: float
    open_left: bool
    open_right: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything that the template draws [px]."""

    size: str
    width: int
    height: float
    letters: int
    bottom: float
    left: float
    right: float
    lanes: tuple[Lane, ...]
    bands: tuple[Band, ...]
    ticks: tuple[tuple[float, str], ...]


class _Axis:
    """Moments to pixels, with a margin of time on both sides."""

    def __init__(self, first: datetime, last: datetime, left: float, right: float) -> None:
        pad = max((last - first) * 0.04, timedelta(hours=12))
        self.first, self.last, self.left, self.right = first - pad, last + pad, left, right

    def __call__(self, moment: datetime) -> float:
        share = (moment - self.first) / (self.last - self.first)
        return round(self.left + min(max(share, 0.0), 1.0) * (self.right - self.left), 1)


def draw(looks: Sequence[Look], spans: Sequence[Times], *, size: str, language: Language) -> Chart:
    """The strip. spans: brackets, (after, by]; language: that of the words on the axis."""
    width, letters = SIZES[size]
    axis = _Axis(min(look.start for look in looks), max(look.end for look in looks), EDGE, width - EDGE)
    lanes, y = [], float(TOP)
    for sensor, gsd in _sensors(looks):
        marks, rows = _marks([look for look in looks if (look.sensor, look.gsd) == (sensor, gsd)], axis, y + LANE)
        lanes.append(Lane(sensor, gsd, y + LANE - 14, marks))
        y += LANE + rows * ROW
    bands = tuple(_band(times, axis) for times in spans)
    ticks = tuple(_ticks(axis, language, letters))
    return Chart(size, width, y + AXIS, letters, y + 4, EDGE, width - EDGE, tuple(lanes), bands, ticks)


def _sensors(looks: Sequence[Look]) -> list[tuple[str, float | None]]:
    found = dict.fromkeys((look.sensor, look.gsd) for look in looks)
    return sorted(found, key=lambda one: (math.inf if one[1] is None else one[1], one[0]))


def _marks(looks: Sequence[Look], axis: _Axis, y: float) -> tuple[tuple[Mark, ...], int]:
    """Marks in as many rows as it takes, and how many rows."""
    last = [-math.inf] * ROWS
    made = []
    for look in sorted(looks, key=lambda one: one.start + (one.end - one.start) / 2):
        x = axis(look.start + (look.end - look.start) / 2)
        row = next((row for row in range(ROWS) if x - last[row] >= APART), min(range(ROWS), key=lambda row: last[row]))
        last[row] = x
        ends = (axis(look.start), axis(look.end))
        made.append(Mark(look, x, y + row * ROW, ends if ends[1] - ends[0] > APART else None))
    used = max((round((mark.y - y) / ROW) for mark in made), default=0) + 1
    return tuple(made), used


def _band(times: Times, axis: _Axis) -> Band:
    after, by = times
    left = axis.left if after is None else axis(after)
    right = axis.right if by is None else axis(by)
    if right - left < 3:
        left, right = (left + right) / 2 - 1.5, (left + right) / 2 + 1.5
    return Band(round(left, 1), round(right - left, 1), after is None, by is None)


def _ticks(axis: _Axis, language: Language, letters: int) -> list[tuple[float, str]]:
    """Days or months at a step that leaves room for their words."""
    room = (axis.right - axis.left) / (letters * 4.6)
    days = (axis.last - axis.first) / DAY
    day_step = next((step for step in (1, 2, 5, 10) if days / step <= room), None)
    if day_step is not None:
        return _days(axis, language, day_step)
    months = days / 30.4
    step = next((step for step in (1, 2, 3, 6, 12, 24, 60) if months / step <= room), 120)
    first = axis.first.year * 12 + axis.first.month
    made = []
    for index in range(first, axis.last.year * 12 + axis.last.month + 1):
        year, month = divmod(index, 12)
        if (
            index % step == 0
            and (moment := datetime(year, month + 1, 1, tzinfo=UTC)) >= axis.first
            and moment <= axis.last
        ):
            made.append((axis(moment), language.year(moment) if step >= 12 else language.month_year_tick(moment)))
    return _inside(made, axis, letters)


def _days(axis: _Axis, language: Language, step: int) -> list[tuple[float, str]]:
    day = (axis.first + DAY).replace(hour=0, minute=0, second=0, microsecond=0)
    made = []
    while day <= axis.last:
        if step == 1 or (day.day % step == 1 and day.day + step <= 32):
            made.append((axis(day), language.day_tick(day)))
        day += DAY
    return _inside(made, axis, 13)


def _inside(made: list[tuple[float, str]], axis: _Axis, letters: int) -> list[tuple[float, str]]:
    """Those whose words do not stick out."""
    half = letters * 1.9
    return [(x, words) for x, words in made if axis.left - EDGE + half <= x <= axis.right + EDGE - half]
