"""The geometry of a series chart for one size of screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from dateline.core.when import When
from dateline.story.blocks.series.rows import Point, segments
from dateline.story.chart import Scale, TimeScale, band, decimals, log_ticks, path, span, ticks
from dateline.story.page import Page


@dataclass(frozen=True, slots=True)
class Mark:
    """An event over the series."""

    number: int
    when: When
    title: str
    event: str


@dataclass(frozen=True, slots=True)
class Shown:
    """An event as it is drawn: its bar, which sides are open, and where its number stands [px]."""

    number: int
    x: float
    width: float
    open_left: bool
    open_right: bool
    tag_x: float
    tag_y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Everything that the template draws [px]."""

    size: str
    width: int
    height: int
    left: float
    right: float
    top: float
    bottom: float
    type_size: int
    outer: list[str]
    inner: list[str]
    lines: list[str]
    dots: list[tuple[float, float, float | None, float | None]]
    gaps: list[float]
    grid: list[tuple[float, str]]
    times: list[tuple[float, str, bool]]
    events: list[Shown]
    reads: list[tuple[float, str]]
    last: tuple[float, float, str]
    zero: float | None


SIZES = {"wide": (760, 380, 62, 64, 16), "narrow": (360, 330, 46, 44, 15)}
"""Width, height, left and right margin, size of type [px of the drawing]."""
ROW = 24
FEW = 30
"""Up to so many looks each gets a dot: a reader should see how few they are."""


def draw(
    found: Sequence[Point],
    page: Page,
    *,
    size: Literal["wide", "narrow"],
    log: bool,
    zero: bool,
    marks: Sequence[Mark],
) -> Chart:
    """Places everything. On the narrow size letters are at least 12 px on a screen of 320 px."""
    width, height, left, right_margin, type_size = SIZES[size]
    right, top = width - right_margin, 34.0
    time = TimeScale(*span([point.when for point in found] + [mark.when for mark in marks]), left, right)
    tags, rows = _tags(marks, time)
    height += ROW * rows
    bottom = height - 34.0 - ROW * rows
    scale, grid = _values(found, page, bottom, top, log=log, zero=zero)
    parts = segments(found)
    last = next(point for point in reversed(found) if point.value is not None)
    assert last.value is not None
    return Chart(
        size=size, width=width, height=height, left=left, right=right, top=top, bottom=bottom, type_size=type_size,
        outer=_bands(parts, time, scale, "low", "high"),
        inner=_bands(parts, time, scale, "low50", "high50"),
        lines=[path([(time(one.middle), scale(one.value or 0)) for one in part]) for part in parts if len(part) > 1],
        dots=_dots(parts, time, scale),
        gaps=[time(point.middle) for point in found if point.value is None],
        grid=[(scale(value), words) for value, words in grid],
        times=_times(time, page, size),
        events=[Shown(mark.number, *time.bar(mark.when, 3), x, bottom + 46 + ROW * row) for mark, x, row in tags],
        reads=[(time(point.middle), _read(point, page)) for point in found],
        last=(time(last.middle), scale(last.value), _number(last.value, page)),
        zero=scale(0) if zero else None,
    )  # fmt: skip


def _values(
    found: Sequence[Point], page: Page, bottom: float, top: float, *, log: bool, zero: bool
) -> tuple[Scale, list[tuple[float, str]]]:
    known = [value for point in found for value in (point.value, point.low, point.high) if value is not None]
    positive = [value for value in known if value > 0]
    if log and positive:
        steps = log_ticks(min(positive), max(positive))
        low, high = min(*positive, *steps), max(*positive, *steps)
        places = [decimals([0, step]) if step < 1 else 0 for step in steps]
    else:
        steps = ticks(min([0.0, *known] if zero else known), max([0.0, *known] if zero else known))
        low, high = steps[0], steps[-1]
        places = [decimals(steps)] * len(steps)
    scale = Scale(low, high if high > low else low + 1, bottom, top, log=log)
    return scale, [(step, page.language.count(step, n)) for step, n in zip(steps, places, strict=True)]


def _bands(parts: list[list[Point]], time: TimeScale, scale: Scale, low: str, high: str) -> list[str]:
    found = []
    for part in parts:
        known = [one for one in part if getattr(one, low) is not None and getattr(one, high) is not None]
        if len(known) > 1:
            upper = [(time(one.middle), scale(getattr(one, high))) for one in known]
            lower = [(time(one.middle), scale(getattr(one, low))) for one in known]
            found.append(band(upper, lower))
    return found


def _dots(
    parts: list[list[Point]], time: TimeScale, scale: Scale
) -> list[tuple[float, float, float | None, float | None]]:
    """Looks that stand alone; where there are few, or short runs of them, every look."""
    looks = sum(map(len, parts))
    every = looks <= FEW or looks < 4 * len(parts)
    return [_dot(point, time, scale) for part in parts for point in part if every or len(part) == 1]


def _dot(point: Point, time: TimeScale, scale: Scale) -> tuple[float, float, float | None, float | None]:
    """A look as a dot with its interval as a line."""
    ends = [None if value is None else scale(value) for value in (point.low, point.high)]
    return time(point.middle), scale(point.value or 0), ends[0], ends[1]


def _tags(marks: Sequence[Mark], time: TimeScale) -> tuple[list[tuple[Mark, float, int]], int]:
    """Where the number of each event stands: under its bar, in the first row in which it touches no other."""
    ends: list[float] = []
    placed = []
    for mark in sorted(marks, key=lambda mark: time.bar(mark.when, 3)[0]):
        left, width, open_left, open_right = time.bar(mark.when, 3)
        x = round(left if open_right else left + width if open_left else left + width / 2, 1)
        row = next((row for row, end in enumerate(ends) if x - end >= ROW), len(ends))
        ends[row : row + 1] = [x]
        placed.append((mark, x, row))
    return placed, len(ends)


def _times(time: TimeScale, page: Page, size: str) -> list[tuple[float, str, bool]]:
    marks = time.marks(9 if size == "wide" else 5)
    years_only = all(is_year for _, is_year in marks)
    end = time(time.last - timedelta(days=1))
    return [
        (time(day), str(day.year) if years_only or is_year else page.language.month_tick(day), is_year)
        for day, is_year in marks
        if time(day) <= end
    ]


def _read(point: Point, page: Page) -> str:
    if point.value is None:
        return page.word("series.read", when=point.words, value=point.state or page.word("series.no_look"))
    words = _number(point.value, page)
    if point.low is not None and point.high is not None:
        words += f" ({page.language.interval(_number(point.low, page), _number(point.high, page))})"
    return page.word("series.read", when=point.words, value=words)


def _number(value: float, page: Page) -> str:
    """Three digits that count, as readers write them."""
    size = abs(value)
    return page.language.count(value, 0 if size >= 100 or size == 0 else 1 if size >= 10 else 2)
