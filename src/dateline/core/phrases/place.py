"""Where in time one date of a phrase lies, given the day it was said: one span, or several to choose from."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from dateline.core.errors import UsageError
from dateline.core.phrases.phrase import Point
from dateline.core.phrases.spans import (
    RECENT,
    VAGUE,
    Span,
    back,
    half_span,
    month_span,
    quarter_span,
    season_span,
    week_span,
    year_span,
)
from dateline.core.phrases.ways import names, way_of
from dateline.core.when import When

Direction = Literal["past", "future"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a date is read against: the day it was said, and what it must not pass.

    A date without a year is the last one that begins at or before `upto`, or, of the future, the first one that ends
    at or after `since`. `events` are known by name.
    """

    said: date
    direction: Direction
    upto: date
    since: date
    events: Mapping[str, When]

    @classmethod
    def at(cls, said: date, direction: Direction, events: Mapping[str, When]) -> Context:
        """Read against the day it was said, and nothing else."""
        return cls(said=said, direction=direction, upto=said, since=said, events=events)


def place(point: Point, context: Context) -> tuple[Span, ...]:
    """The spans that a date may be, in order of time; several where the words allow several.

    Raises UsageError: `impossible-date` (31 June, a Wednesday that was a Tuesday), `event-needed`, `phrase`.
    """
    found = tuple(_places(point, context))
    if point.weekday is not None:
        fitting = tuple(span for span in found if span.first != span.last or span.first.weekday() == point.weekday)
        if not fitting:
            raise impossible(f"{_said(found[0].first)} was no {calendar.day_name[point.weekday]}")
        found = fitting
    return tuple(sorted(dict.fromkeys(found), key=lambda span: (span.first, span.last)))


def _places(point: Point, context: Context) -> Iterator[Span]:
    way = way_of(point)
    if way == "event":
        yield _event(point, context)
    elif way == "date":
        yield _exact(point.date or "")
    elif way == "numeric":
        yield from _numeric(point.numeric or "")
    elif way == "counted":
        yield _counted(point, context.said)
    elif way == "weekend":
        yield from _weekends(point, context.said)
    elif way == "weekday":
        yield from _weekdays(point, context)
    elif way == "near" and point.relative is not None:
        yield _near(point.relative, context.said)
    elif point.unit == "week":
        for span in _calendar(point, context):
            yield replace(week_span(span.first), rule=f"{span.rule}; week-of")
    else:
        yield from _calendar(point, context)


def _calendar(point: Point, context: Context) -> Iterator[Span]:
    """Days, months, seasons, quarters, halves and years."""
    if point.relative is not None and point.relative[0] == "month":
        over = context.said.year * 12 + context.said.month - 1 + point.relative[1]
        point = replace(point, relative=None, year=over // 12, month=over % 12 + 1)
    elif point.relative is not None:
        point = replace(point, relative=None, year=context.said.year + point.relative[1])
    if point.day is not None and point.month is None:
        yield _day_of_month(point.day, context)
        return
    make = _maker(point)
    if point.pair is not None and point.season is None:
        yield replace(make(point.pair[0]), last=make(point.pair[1]).last, rule="years")
    elif point.pair is not None:
        yield make(point.pair[0])
    elif point.year is not None and point.season == "winter":
        yield from _winters(point, point.year, context)
    elif point.year is not None:
        yield _made(make, point.year)
    elif point.which is not None:
        yield from _chosen(make, point.which, context)
    else:
        yield _nearest(make, context)


def _maker(point: Point) -> Callable[[int], Span]:
    """How the date looks in a year."""
    month, season, quarter, half, part = point.month, point.season, point.quarter, point.half, point.part
    if month is not None and point.day is not None:
        return lambda year: _day(year, month, point.day or 0)
    if month is not None:
        return lambda year: month_span(year, month, part, half)
    if season is not None:
        return lambda year: season_span(year, season, part)
    if quarter is not None:
        return lambda year: quarter_span(year, quarter, part)
    if half is not None:
        return lambda year: half_span(year, half)
    if point.year is not None or point.unit == "year" or point.pair is not None:
        return lambda year: year_span(year, part)
    raise UsageError(
        "The words say no date.",
        saw=", ".join(sorted(point.slots())),
        do="Add a day, a month, a season or a year.",
        code="phrase",
    )


def _made(make: Callable[[int], Span], year: int) -> Span:
    try:
        return make(year)
    except ValueError as error:
        raise impossible(str(error)) from None


def _nearest(make: Callable[[int], Span], context: Context) -> Span:
    """Without a year: the last one that has begun, or the first one that has not ended. 29 February may be far."""
    start, step = (context.upto.year + 1, -1) if context.direction == "past" else (context.since.year - 1, 1)
    for year in range(start, start + 10 * step, step):
        try:
            span = make(year)
        except ValueError:
            continue
        past = context.direction == "past"
        if (past and span.first <= context.upto) or (not past and span.last >= context.since):
            return replace(span, rule=f"{span.rule}; nearest-{context.direction}")
    return _made(make, context.said.year)  # no year has this day: its own error


def _chosen(make: Callable[[int], Span], which: str, context: Context) -> Iterator[Span]:
    """ "last August" is the nearest past one or the one of last year; both are given where they differ."""
    year = context.said.year
    if which == "this":
        yield replace(_made(make, year), rule="this-year")
        return
    sign = -1 if which == "last" else 1
    near = [_made(make, year + sign * step) for step in (-1, 0, 1, 2)]
    over = [span for span in near if (span.last < context.said if sign < 0 else span.first > context.said)]
    nearest = max(over, key=lambda span: span.first) if sign < 0 else min(over, key=lambda span: span.first)
    yield replace(nearest, rule=f"{nearest.rule}; nearest-{which}")
    of_year = _made(make, year + sign)
    if of_year.first != nearest.first:
        yield replace(of_year, rule=f"{of_year.rule}; of-{which}-year")


def _winters(point: Point, year: int, context: Context) -> Iterator[Span]:
    """ "Winter 2024" begins or ends in 2024; one that had not begun when it was said cannot be meant of the past."""
    for first in (year - 1, year):
        span = season_span(first, "winter", point.part)
        if context.direction == "future" or span.first <= context.said:
            yield replace(span, rule=f"{span.rule}; {'begins' if first == year else 'ends'}-in-{year}")


def _day(year: int, month: int, day: int) -> Span:
    exact = date(year, month, day)
    return Span(exact, exact, "day")


def _day_of_month(day: int, context: Context) -> Span:
    """ "the 7th": of the nearest month that has it."""
    if not 1 <= day <= 31:
        raise impossible(f"a day {day} of a month")
    past = context.direction == "past"
    over = context.upto.year * 12 + context.upto.month if past else context.since.year * 12 + context.since.month - 2
    while True:
        year, month = over // 12, over % 12 + 1
        if day <= calendar.monthrange(year, month)[1]:
            span = _day(year, month, day)
            if (past and span.first <= context.upto) or (not past and span.last >= context.since):
                return replace(span, rule=f"day; nearest-{context.direction}-month")
        over += -1 if past else 1


def _exact(text: str) -> Span:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise impossible(f"{text}: {error}") from None
    return Span(day, day, "day")


def _numeric(text: str) -> Iterator[Span]:
    """13.10.2023: day first with dots; with slashes both orders, where both are days."""
    slash = "/" in text
    one, two, year = (int(part) for part in text.replace("/", ".").split("."))
    orders = {(one, two), (two, one)} if slash else {(one, two)}
    good = [(day, month) for day, month in sorted(orders) if 1 <= month <= 12]
    made = []
    for day, month in good:
        try:
            made.append(replace(_day(year, month, day), rule="day" if len(good) == 1 else "day-or-month-first"))
        except ValueError:
            continue
    if not made:
        raise impossible(text)
    yield from made


def _counted(point: Point, said: date) -> Span:
    """ "over the past two months", "two weeks ago", "in recent weeks": counted back from the day it was said."""
    unit = point.unit or "day"
    if point.which == "next":
        return _ahead(point, said, unit)
    if point.recent and point.number is None and point.vague is None:
        return Span(said - timedelta(days=RECENT[unit]), said, f"recent-{unit}s", True, True)
    least, most = VAGUE[point.vague] if point.vague else (point.number or 1, point.number or 1)
    if not point.ago:
        return Span(back(said, most, unit), said, "counted-back", approximate=True, vague=point.vague is not None)
    if unit == "day" and least == most:
        return Span(back(said, most, unit), back(said, most, unit), "days-ago")
    pad = timedelta(days={"day": 0, "week": 3, "month": 15, "year": 182}[unit])
    return Span(back(said, most, unit) - pad, back(said, least, unit) + pad, f"{unit}s-ago", True, True)


def _ahead(point: Point, said: date, unit: str) -> Span:
    """ "the next two weeks", "in the coming weeks": counted from the day it was said."""
    if point.number is None and point.vague is None:
        return Span(said, said + timedelta(days=RECENT[unit]), f"coming-{unit}s", True, True)
    most = VAGUE[point.vague][1] if point.vague else point.number or 1
    return Span(said, back(said, -most, unit), "counted-ahead", approximate=True, vague=point.vague is not None)


def _near(relative: tuple[str, int], said: date) -> Span:
    unit, offset = relative
    if unit == "day":
        day = said + timedelta(days=offset)
        return Span(day, day, "day-said" if offset == 0 else "day-near")
    return week_span(said + timedelta(days=7 * offset))


def _weekends(point: Point, said: date) -> Iterator[Span]:
    """Saturday and Sunday before the day it was said, or around it; "last weekend" on a weekend is the one before."""
    saturday = said - timedelta(days=(said.weekday() - 5) % 7)
    if point.relative is not None:
        saturday = week_span(said + timedelta(days=7 * point.relative[1])).first + timedelta(days=5)
    elif point.which == "last" and said.weekday() >= 5:
        saturday -= timedelta(days=7)
    if point.which == "next" or (point.which == "this" and said.weekday() < 5):
        saturday += timedelta(days=7)
    yield Span(saturday, saturday + timedelta(days=1), "weekend")


def _weekdays(point: Point, context: Context) -> Iterator[Span]:
    """A weekday counts back from the day it was said, that day included; "last Monday" may be of the week before."""
    assert point.weekday is not None
    said = context.said
    if point.relative is not None and point.relative[0] == "week":
        day = week_span(said + timedelta(days=7 * point.relative[1])).first + timedelta(days=point.weekday)
        yield Span(day, day, "weekday-of-week")
        return
    ahead = context.direction == "future" and (point.which is None or point.which == "this")
    if point.which == "next" or ahead:
        base = max(said, context.since)
        day = base + timedelta(days=(point.weekday - base.weekday() - 1) % 7 + 1)
        if point.which == "this":  # "this Friday", said on a Monday: of this week; on a Saturday the one before, too
            before = said - timedelta(days=(said.weekday() - point.weekday) % 7)
            yield Span(before, before, "weekday-before")
            if before == said:
                return
        yield Span(day, day, "weekday-next")
        if point.which == "next" and day <= week_span(said).last:
            yield Span(day + timedelta(days=7), day + timedelta(days=7), "weekday-of-next-week")
        return
    back_days = (said.weekday() - point.weekday) % 7
    if point.which == "last":
        back_days = back_days or 7
    day = min(said, context.upto) - timedelta(days=(min(said, context.upto).weekday() - point.weekday) % 7)
    day = said - timedelta(days=back_days) if point.which == "last" else day
    yield Span(day, day, "weekday-before")
    if point.which == "last" and day >= week_span(said).first:
        yield Span(day - timedelta(days=7), day - timedelta(days=7), "weekday-of-last-week")


def _event(point: Point, context: Context) -> Span:
    """An event that the caller knows by id or name."""
    fitting = {name: when for name, when in context.events.items() if names(point.event or "", name)}
    times = {(when.earliest, when.latest) for when in fitting.values()}
    if len(times) != 1:
        known = f"; it fits {', '.join(sorted(fitting))}" if fitting else ""
        raise UsageError(
            "The phrase leans on an event.",
            saw=f"{point.event!r}{known}",
            do="Say which event it is and when: --event NAME=DATE, or the id of an event of the case.",
            code="event-needed",
        )
    when = next(iter(fitting.values()))
    if when.earliest is None or when.latest is None:
        raise impossible(f"{point.event}: an event with an open end")
    first, last = (
        moment if type(moment) is date else date.fromisoformat(moment.isoformat()[:10])
        for moment in (when.earliest, when.latest)
    )
    return Span(first, last, "event", when.approximate)


def impossible(why: str) -> UsageError:
    """The error for a day that never was."""
    return UsageError(
        "There is no such day.",
        saw=why,
        do="Look at the source again: a slip, a translation or another calendar.",
        code="impossible-date",
    )


def _said(day: date) -> str:
    return f"{day.day} {calendar.month_name[day.month]} {day.year}"
