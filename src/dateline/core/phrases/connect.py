"""Several dates of one phrase: a range, a list. What one leaves out of month and year it takes from another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from dateline.core.phrases.phrase import Point
from dateline.core.phrases.place import Context, place
from dateline.core.phrases.spans import Span


def between(left: Point, right: Point, context: Context, *, night: str | None) -> Iterator[Span]:
    """Two dates; what the one does not say of month and year it takes from the other, and the first comes first."""
    left, right = _shared(left, right)
    lasts = place(right, context) if not _waits(left, right, context) else ()
    if lasts:
        found = [
            (first, last)
            for last in lasts
            for first in place(left, _upto(context, last.last) if _leans(left) else context)
        ]
    else:
        found = [(first, last) for first in place(left, context) for last in place(right, _from(context, first.first))]
    for first, last in found:
        if first.first <= last.last:
            rule = f"from {first.rule} to {last.rule}{'; night' if night else ''}"
            yield Span(first.first, last.last, rule, first.approximate or last.approximate, first.vague or last.vague)


def _waits(left: Point, right: Point, context: Context) -> bool:
    """Whether the second date can only be placed after the first: it has no year, and the first has."""
    ahead = context.direction == "future" and _bare_weekday(left) and _bare_weekday(right)
    return ahead or (_yearless(right) and not _yearless(left))


def _bare_weekday(point: Point) -> bool:
    return point.weekday is not None and point.slots() <= {"weekday", "part"}


def _leans(point: Point) -> bool:
    """Whether the date beside it says which one is meant: "from Thursday to Saturday" is one week."""
    return _yearless(point) or _bare_weekday(point)


def _yearless(point: Point) -> bool:
    unplaced = {"year", "pair", "date", "numeric", "relative", "which", "event", "back", "ago", "recent", "weekday"}
    return not point.slots() & unplaced


def _upto(context: Context, last: date) -> Context:
    return replace(context, upto=last, direction="past")


def _from(context: Context, first: date) -> Context:
    return replace(context, since=first, direction="future")


def _shared(left: Point, right: Point) -> tuple[Point, Point]:
    """ "4 to 5 January", "October 8-13", "early to mid-October": one month for both; "of last month" too."""
    for_left = {"day", "part", "half"} >= left.slots()
    for_right = {"day", "part", "half"} >= right.slots()
    if for_left and not for_right:
        return replace(left, month=right.month, season=right.season, year=right.year, relative=right.relative), right
    if for_right and not for_left:
        return left, replace(right, month=left.month, year=left.year, relative=left.relative)
    return left, right


def orders(said: Sequence[Point], context: Context) -> Iterator[tuple[Span, ...]]:
    """Where the dates of a list lie. Without any year each is the nearest; a list that then runs backwards ("5
    November and 3 January", said in December) may also run across a year's end, so both are given.
    """
    points = _completed(said)
    if all(_bare_weekday(point) for point in points):
        yield from _around_fixed(points, len(points) - 1 if context.direction == "past" else 0, context)
        return
    fixed = next((position for position, point in enumerate(points) if not _yearless(point)), None)
    if fixed is not None:
        yield from _around_fixed(points, fixed, context)
        return
    nearest = tuple(place(point, context)[0] for point in points)
    yield nearest
    backwards = any(later.first < sooner.first for sooner, later in pairwise(nearest))
    if context.direction == "past" and backwards and len({(point.month, point.season) for point in points}) > 1:
        yield from _around_fixed(points, len(points) - 1, context, place(points[-1], context))


def _around_fixed(
    points: Sequence[Point], fixed: int, context: Context, anchors: tuple[Span, ...] | None = None
) -> Iterator[tuple[Span, ...]]:
    """From one date whose year is said: those before it lie before it, those after it after it."""
    for anchor in anchors or place(points[fixed], context):
        spans = [anchor]
        for point in reversed(points[:fixed]):
            spans.insert(0, place(point, _upto(context, spans[0].first) if _leans(point) else context)[0])
        for point in points[fixed + 1 :]:
            spans.append(place(point, _from(context, spans[-1].first) if _leans(point) else context)[0])
        yield tuple(spans)


def _completed(said: Sequence[Point]) -> list[Point]:
    points = list(said)
    for position in range(len(points) - 2, -1, -1):
        points[position] = _shared(points[position], points[position + 1])[0]
    for position in range(1, len(points)):
        points[position] = _shared(points[position - 1], points[position])[1]
    return points
