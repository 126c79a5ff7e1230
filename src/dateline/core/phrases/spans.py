"""Parts of months, years and seasons as days. The rules are printed with every reading, since houses differ."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from dateline.core.edtf import months

PADS = {"day": 3, "month-third": 5, "month-half": 5, "month": 7, "season": 15, "quarter": 15, "year": 30}
"""How far "around" reaches on either side [days], by the rule of what it stands before; 3 for any other."""

RECENT = {"day": 14, "week": 42, "month": 183, "year": 1096}
"""How far back "recent days", "recent weeks" … reach [days]."""

VAGUE = {"few": (2, 5), "several": (3, 9), "many": (5, 20)}
"""What an unnamed number may be."""

SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "winter": 12}
"""The month in which a meteorological season of the north begins."""


@dataclass(frozen=True, slots=True)
class Span:
    """Days, both ends counted, and the rule that made them. `vague`: the width is ours, not the speaker's."""

    first: date
    last: date
    rule: str
    approximate: bool = False
    vague: bool = False


def month_span(year: int, month: int, part: str | None = None, half: int | None = None) -> Span:
    """A month, its thirds (1-10, 11-20, 21-end) or halves (1-15, 16-end)."""
    end = calendar.monthrange(year, month)[1]
    if half is not None:
        first, last = (1, 15) if half == 1 else (16, end)
        return Span(date(year, month, first), date(year, month, last), "month-half", approximate=True)
    if part is None:
        return Span(date(year, month, 1), date(year, month, end), "month")
    first, last = {"early": (1, 10), "start": (1, 10), "mid": (11, 20)}.get(part, (21, end))
    return Span(date(year, month, first), date(year, month, last), "month-third", approximate=True)


def year_span(year: int, part: str | None = None) -> Span:
    """A year, its thirds (Jan-Apr, May-Aug, Sep-Dec), its beginning (Jan-Mar) or its end (Oct-Dec)."""
    if part is None:
        return Span(date(year, 1, 1), date(year, 12, 31), "year")
    first, length = {"early": (1, 4), "mid": (5, 4), "late": (9, 4), "start": (1, 3), "end": (10, 3)}[part]
    rule = "year-third" if length == 4 else "year-quarter"
    return Span(*months(year, first, length), rule, approximate=True)


def season_span(year: int, season: str, part: str | None = None) -> Span:
    """A season that begins in this year, or a month of it; a winter ends in the next year."""
    first, last = months(year, SEASONS[season], 3)
    if part is None:
        return Span(first, last, "season-meteorological-north")
    offset = {"early": 0, "start": 0, "mid": 1}.get(part, 2)
    over = first.month - 1 + offset
    first, last = months(year + over // 12, over % 12 + 1, 1)
    return Span(first, last, "season-third", approximate=True)


def quarter_span(year: int, quarter: int, part: str | None = None) -> Span:
    """A quarter of a year, or one month of it."""
    if part is None:
        return Span(*months(year, 3 * quarter - 2, 3), "quarter")
    offset = {"early": 0, "start": 0, "mid": 1}.get(part, 2)
    return Span(*months(year, 3 * quarter - 2 + offset, 1), "quarter-third", approximate=True)


def half_span(year: int, half: int) -> Span:
    """A half of a year."""
    return Span(*months(year, 6 * half - 5, 6), "half-year")


def week_span(day: date) -> Span:
    """Monday to Sunday of the week of a day."""
    monday = day - timedelta(days=day.weekday())
    return Span(monday, monday + timedelta(days=6), "week")


def back(day: date, number: int, unit: str) -> date:
    """The day so many days, weeks, months or years before; the last day of a shorter month."""
    if unit in {"day", "week"}:
        return day - timedelta(days=number * (7 if unit == "week" else 1))
    over = day.year * 12 + day.month - 1 - number * (12 if unit == "year" else 1)
    year, month = over // 12, over % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def padded(span: Span, days: int) -> Span:
    """The span with so many days more on either side."""
    return Span(
        span.first - timedelta(days=days), span.last + timedelta(days=days), f"{span.rule} ±{days} days", True, True
    )
