"""EDTF (ISO 8601-2:2019, Library of Congress 2019), levels 0, 1 and 2: read with bounds, or refused with the reason.

Rules where implementations differ: a season without a hemisphere (21-24) is the northern meteorological one; a winter
begins in December of its year and ends in the next. An open and an unknown end are both open: nothing is put in their
place. A time of day needs a zone. Years outside 1 to 9999 are refused, since no day in them can be named here.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from dateline.core.errors import UsageError
from dateline.core.when import Moment, When, fits_utc

OPEN = {"", ".."}
"""How an interval says that it has no such end, or an unknown one."""


class Form(StrEnum):
    """What a text stands for: one date, an interval, one of several dates, or all of them."""

    DATE = "date"
    INTERVAL = "interval"
    ONE_OF = "one of"
    ALL_OF = "all of"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edtf:
    """A text in EDTF and what it says. `when` bounds all of it; `members` are the dates of a set, in order.

    `uncertain` ("?") and `approximate` ("~") may stand for a part only: 2004-06~-11. Either makes `when` approximate.
    """

    text: str
    level: int
    form: Form
    when: When
    members: tuple[When, ...] = ()
    approximate: bool = False
    uncertain: bool = False


def read(text: str) -> Edtf:
    """Reads EDTF of level 0, 1 or 2. Raises UsageError (code `date`) for anything else, and says why."""
    if text[:1] in {"[", "{"}:
        return _read_set(text)
    if "/" in text:
        return _read_interval(text)
    part = _Part.read(text, text)
    return Edtf(
        text=text,
        level=part.level,
        form=Form.DATE,
        when=_when(text, part.first, part.last, marks=part.marks),
        approximate=part.approximate,
        uncertain=part.uncertain,
    )


def write_set(members: Iterable[When], form: Form) -> str:
    """All of several dates, or one of them, as level 2 writes it: {2023-12-30,2024-01-02}."""
    brackets = "{}" if form is Form.ALL_OF else "[]"
    return f"{brackets[0]}{','.join(write(member).replace('/', '..') for member in members)}{brackets[1]}"


@dataclass(frozen=True, slots=True)
class _Part:
    """One date of a text: its bounds, its marks of doubt, its level."""

    first: Moment
    last: Moment
    marks: str
    level: int

    @property
    def approximate(self) -> bool:
        return "~" in self.marks or "%" in self.marks

    @property
    def uncertain(self) -> bool:
        return "?" in self.marks or "%" in self.marks

    @classmethod
    def read(cls, text: str, whole: str) -> _Part:
        """Reads one date; `whole` is the text that an error shows."""
        if "T" in text:
            instant = _instant(text, whole)
            return cls(instant, instant, "", 0)
        marks = "".join(sign for sign in "~?%" if sign in text)
        bare = _bare(text, whole)
        level = 0 if not marks else 1 if re.fullmatch(r"[^~?%]+[~?%]", text) else 2
        if bare[0] in "Y":
            first, last, own = _long_year(bare, whole)
        elif "S" in bare:
            first, last, own = _significant(bare, whole)
        else:
            first, last, own = _calendar(bare, whole)
        return cls(first, last, marks, max(level, own))


def _bare(text: str, whole: str) -> str:
    """The text without its marks, which stand before a part, or after one or more."""
    if not re.fullmatch(r"(?:(?:^|(?<=-))[~?%]?[^~?%/\s-]+[~?%]?-?)+|[~?%]?-\d{4}[~?%]?", text):
        raise unreadable(whole)
    return re.sub(r"[~?%]", "", text)


_SHAPE = re.compile(r"([0-9X]{4})(?:-([0-9X]{2})(?:-([0-9X]{2}))?)?")


def _calendar(bare: str, whole: str) -> tuple[date, date, int]:
    """A year, a month or season, a day; X for a digit that is not known."""
    if re.fullmatch(r"-\d{4}(-\d\d){0,2}", bare):
        raise _out_of_range(whole)
    match = _SHAPE.fullmatch(bare)
    if match is None:
        raise unreadable(whole)
    year, month, day = match.groups()
    if month is not None and month.isdigit() and int(month) > 20 and day is None:
        return *_season(year, int(month), whole), 1 if int(month) <= 24 else 2
    if "X" not in bare:
        return *_exact(year, month, day, whole), 0
    level = 1 if re.fullmatch(r"\d{4}(-XX|-\d\d-XX|-XX-XX)|\d{3}X|\d\dXX", bare) else 2
    return _first_match(year, month, day, whole), _last_match(year, month, day, whole), level


def _exact(year: str, month: str | None, day: str | None, whole: str) -> tuple[date, date]:
    if year == "0000":
        raise _out_of_range(whole)
    try:
        first = date(int(year), int(month or 1), int(day or 1))
    except ValueError as error:  # a thirteenth month, a 30 February
        raise unreadable(whole, str(error)) from None
    if day:
        return first, first
    last_month = int(month) if month else 12
    return first, date(int(year), last_month, calendar.monthrange(int(year), last_month)[1])


def _first_match(year: str, month: str | None, day: str | None, whole: str) -> date:
    return next(_matches(year, month, day, whole, backwards=False))


def _last_match(year: str, month: str | None, day: str | None, whole: str) -> date:
    found = next(_matches(year, month, day, whole, backwards=True))
    if day is not None:
        return found
    return found.replace(day=calendar.monthrange(found.year, found.month)[1])


def _matches(year: str, month: str | None, day: str | None, whole: str, *, backwards: bool) -> Iterator[date]:
    """The days (or first days of months) that fit digits and X, in order or backwards."""
    if re.fullmatch(year.replace("X", "."), "0000"):
        raise _out_of_range(whole)
    step = -1 if backwards else 1
    months = [number for number in range(1, 13) if _fits(number, month)][::step]
    days = [number for number in range(1, 32) if _fits(number, day)][::step] if day else [1]
    for one in _years(year)[::step]:
        for number in months:
            for of_month in days:
                if of_month <= calendar.monthrange(one, number)[1]:
                    yield date(one, number, of_month)
    raise unreadable(whole, "no day of the calendar fits")


def _years(pattern: str) -> list[int]:
    return [year for year in range(1, 10_000) if _fits(year, pattern, width=4)]


def _fits(number: int, pattern: str | None, width: int = 2) -> bool:
    return pattern is None or all(
        sign in ("X", digit) for sign, digit in zip(pattern, f"{number:0{width}d}", strict=True)
    )


_SEASONS = {21: 3, 22: 6, 23: 9, 24: 12, 25: 3, 26: 6, 27: 9, 28: 12, 29: 9, 30: 12, 31: 3, 32: 6}
"""The month in which a season begins: 21-24 and 25-28 in the north, 29-32 in the south (spring first)."""

_GROUPS = {code: (1 + 3 * (code - 33), 3) for code in range(33, 37)}
_GROUPS |= {code: (1 + 4 * (code - 37), 4) for code in range(37, 40)}
_GROUPS |= {code: (1 + 6 * (code - 40), 6) for code in range(40, 42)}
"""Quarters, thirds and halves of a year: the first month and the number of months."""


def _season(year: str, code: int, whole: str) -> tuple[date, date]:
    if not year.isdigit():
        raise unreadable(whole, "a season of a year that is not known has no bounds")
    month, length = (_SEASONS[code], 3) if code in _SEASONS else _GROUPS.get(code, (0, 0))
    if not month:
        raise unreadable(whole, f"{code} is no month, season, quarter, third or half of a year")
    if year == "0000":
        raise _out_of_range(whole)
    return months(int(year), month, length)


def months(year: int, month: int, length: int) -> tuple[date, date]:
    """The first and the last day of so many months. Raises UsageError (code `date`) beyond the year 9999."""
    over = month - 1 + length - 1
    last_year, last_month = year + over // 12, over % 12 + 1
    if last_year > 9999:
        raise _out_of_range(str(year))
    return date(year, month, 1), date(last_year, last_month, calendar.monthrange(last_year, last_month)[1])


def _long_year(bare: str, whole: str) -> tuple[date, date, int]:
    """Y170000002, Y-17E7, Y17E2: only those between 1 and 9999 have days."""
    match = re.fullmatch(r"Y(-?\d+)(?:E(\d{1,9}))?(S\d+)?", bare)
    if match is None:
        raise unreadable(whole)
    number, power, _ = match.groups()
    year = int(number) * 10 ** int(power) if power and int(power) < 5 else int(number)
    if (power and int(power) >= 5) or not 1 <= year <= 9999 or match[3]:
        raise _out_of_range(whole)
    return date(year, 1, 1), date(year, 12, 31), 2 if power else 1


def _significant(bare: str, whole: str) -> tuple[date, date, int]:
    """1950S2: some year between 1900 and 1999, estimated to be 1950."""
    match = re.fullmatch(r"(\d{4})S([1-4])", bare)
    if match is None:
        raise unreadable(whole)
    step = 10 ** (4 - int(match[2]))
    first = int(match[1]) // step * step
    if first < 1:
        raise _out_of_range(whole)
    return date(first, 1, 1), date(first + step - 1, 12, 31), 2


def _read_interval(text: str) -> Edtf:
    left, right, *more = text.split("/")
    if more:
        raise unreadable(text)
    parts = [None if side in OPEN else _Part.read(side, text) for side in (left, right)]
    known = [part for part in parts if part is not None]
    if not known:
        if text != "../..":
            raise unreadable(text)
        return Edtf(text=text, level=1, form=Form.INTERVAL, when=When.between(None, None))
    first = None if parts[0] is None else parts[0].first
    last = None if parts[1] is None else parts[1].last
    return Edtf(
        text=text,
        level=max(1 if len(known) < 2 else 0, *(part.level for part in known)),
        form=Form.INTERVAL,
        when=_when(text, first, last, marks="".join(part.marks for part in known)),
        approximate=any(part.approximate for part in known),
        uncertain=any(part.uncertain for part in known),
    )


def _read_set(text: str) -> Edtf:
    """{1960,1961-12} is all of them, [1667,1670..1672] one of them; `..` spans, and is open at an end."""
    form = Form.ALL_OF if text[0] == "{" else Form.ONE_OF
    if text[-1:] != ("}" if form is Form.ALL_OF else "]"):
        raise unreadable(text)
    members = tuple(_member(part.strip(), text) for part in text[1:-1].split(","))
    first = None if any(member.earliest is None for member in members) else min(_days(members, first=True))
    last = None if any(member.latest is None for member in members) else max(_days(members, first=False))
    when = When(earliest=first, latest=last, approximate=any(member.approximate for member in members))
    marks = {sign for sign in "~?%" if sign in text}
    return Edtf(
        text=text,
        level=2,
        form=form,
        when=when,
        members=members,
        approximate=bool(marks & {"~", "%"}),
        uncertain=bool(marks & {"?", "%"}),
    )


def _member(part: str, whole: str) -> When:
    if part in OPEN:
        raise unreadable(whole)
    if ".." in part:
        left, _, right = part.partition("..")
        return _read_interval(f"{left or '..'}/{right or '..'}").when
    one = _Part.read(part, whole)
    return _when(whole, one.first, one.last, marks=one.marks)


def _days(members: Iterable[When], *, first: bool) -> Iterator[date]:
    for member in members:
        moment = member.earliest if first else member.latest
        assert moment is not None
        if isinstance(moment, datetime):
            raise unreadable(str(moment), "a set of times of day; list days")
        yield moment


def _when(text: str, first: Moment | None, last: Moment | None, *, marks: str) -> When:
    try:
        return When(earliest=first, latest=last, approximate=bool(marks))
    except ValueError:
        raise UsageError(
            "The dates are in the wrong order.", saw=repr(text), do="Write the earlier date first.", code="date"
        ) from None


def _instant(text: str, whole: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise unreadable(whole) from error
    if instant.tzinfo is None:
        raise UsageError(
            "A time of day needs a zone.",
            saw=repr(whole),
            do=f"Write {text}Z for UTC, or {text}+09:00.",
            code="date",
        )
    if not fits_utc(instant):
        raise unreadable(whole)
    return instant


def unreadable(text: str, why: str = "") -> UsageError:
    """The error for what is no EDTF, or names no day that there is."""
    return UsageError(
        "Cannot read this as a date.",
        saw=f"{text!r}{': ' if why else ''}{why}",
        do="Write 2022, 2022-03, 2022-03-15, an interval such as 2022-03/2022-05, or 2022-03/.. for an open end.",
        code="date",
    )


def _out_of_range(text: str) -> UsageError:
    return UsageError(
        "This date lies outside the years that have days here.",
        saw=repr(text),
        do="Give a date in the years 1 to 9999.",
        code="date-range",
    )


def write(when: When) -> str:
    """The shortest exact form: 2023-12/2024-02 for whole months, 2024-33 for a quarter, `~` where approximate."""
    first, last = when.earliest, when.latest
    if when.after or isinstance(first, datetime) or isinstance(last, datetime) or first is None or last is None:
        return when.edtf()
    mark = "~" if when.approximate else ""
    for code, (month, length) in _GROUPS.items():
        if first.year <= 9999 and (first, last) == months(first.year, month, length):
            return f"{first.year:04d}-{code}{mark}"
    if (first.day, (last + timedelta(days=1)).day if last < date.max else 1) != (1, 1):
        return when.edtf()
    if (first.month, last.month) == (1, 12):
        sides = (f"{first.year:04d}", f"{last.year:04d}")
    else:
        sides = (first.isoformat()[:7], last.isoformat()[:7])
    return f"{sides[0]}{mark}" if sides[0] == sides[1] else f"{sides[0]}{mark}/{sides[1]}{mark}"
