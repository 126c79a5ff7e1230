"""A time that may be vague: an interval, the words it was told in, and how they were read."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self

from dateline.core.errors import UsageError

Moment = date | datetime
"""A plain day (no zone), or an instant with a zone. A datetime without a zone is refused."""

# A plain day is somewhere on Earth's day: it begins at UTC+14 and ends at UTC-12.
_EASTERNMOST = timedelta(hours=14)
_WESTERNMOST = timedelta(hours=12)

_DAY = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?([~?%])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """Something happened at or after `earliest` and at or before `latest`; None is open.

    With `after` the earliest moment itself is excluded, as for a change between two images: absent on the first,
    present on the second. `text` and `said` keep the phrase and the day it was said, `rule` how it was read.
    """

    earliest: Moment | None
    latest: Moment | None
    after: bool = False
    approximate: bool = False
    text: str | None = None
    said: date | None = None
    rule: str | None = None

    def __post_init__(self) -> None:
        for name in ("earliest", "latest"):
            moment = getattr(self, name)
            if isinstance(moment, datetime) and moment.tzinfo is None:
                raise ValueError(
                    f"When.{name} has no zone: {moment.isoformat()}. Add one (…+00:00 for UTC), or give a plain day."
                )
        if self.earliest is not None and self.latest is not None and _start(self.earliest) > _end(self.latest):
            raise ValueError(f"A When cannot end ({self.latest}) before it begins ({self.earliest}).")
        if self.after and self.earliest is None:
            raise ValueError("A When can only exclude an earliest moment that it has.")

    @classmethod
    def on(cls, moment: Moment) -> Self:
        """One day, or one instant."""
        return cls(earliest=moment, latest=moment)

    @classmethod
    def month(cls, year: int, month: int) -> Self:
        """A calendar month."""
        return cls(earliest=date(year, month, 1), latest=date(year, month, calendar.monthrange(year, month)[1]))

    @classmethod
    def year(cls, year: int) -> Self:
        """A calendar year."""
        return cls(earliest=date(year, 1, 1), latest=date(year, 12, 31))

    @classmethod
    def between(cls, earliest: Moment | None, latest: Moment | None) -> Self:
        """Both ends included; None is open."""
        return cls(earliest=earliest, latest=latest)

    @classmethod
    def bracket(cls, last_without: Moment, first_with: Moment) -> Self:
        """After the last look without it, not after the first look with it: (last_without, first_with]."""
        return cls(earliest=last_without, latest=first_with, after=True)

    @classmethod
    def from_edtf(cls, text: str) -> Self:
        """Reads EDTF level 0 dates and intervals, with `..` or nothing for an open end, and `~ ? %` as approximate.

        Raises UsageError for anything else, and says what it can read.
        """
        if "/" in text:
            left, right = text.split("/", 1)
            first = None if left in {"", ".."} else _read(left, text)
            last = None if right in {"", ".."} else _read(right, text)
            if first is None and last is None:
                raise _unreadable(text)
            return cls._ordered(
                text,
                None if first is None else first[0],
                None if last is None else last[1],
                approximate=bool((first and first[2]) or (last and last[2])),
            )
        earliest, latest, approximate = _read(text, text)
        return cls._ordered(text, earliest, latest, approximate=approximate)

    @classmethod
    def _ordered(cls, text: str, earliest: Moment | None, latest: Moment | None, *, approximate: bool) -> Self:
        try:
            return cls(earliest=earliest, latest=latest, approximate=approximate)
        except ValueError as error:
            raise UsageError(
                "The dates are in the wrong order.", saw=repr(text), do="Write the earlier date first."
            ) from error

    def edtf(self) -> str:
        """The exchange form, EDTF; an excluded earliest plain day becomes the day after it."""
        earliest = self.earliest
        if self.after and type(earliest) is date:
            earliest = earliest + timedelta(days=1)
        mark = "~" if self.approximate else ""
        if earliest == self.latest:
            return f"{_edtf(earliest)}{mark}"
        if not self.after and type(earliest) is date and type(self.latest) is date:
            for whole, form in (
                (When.month(earliest.year, earliest.month), "%Y-%m"),
                (When.year(earliest.year), "%Y"),
            ):
                if (whole.earliest, whole.latest) == (earliest, self.latest):
                    return f"{earliest.strftime(form)}{mark}"
        ends = (f"{_edtf(moment)}{mark}" if moment is not None else ".." for moment in (earliest, self.latest))
        return "/".join(ends)

    def days(self) -> int | None:
        """How many plain days it may be [days], both ends counted; None when an end is open."""
        if self.earliest is None or self.latest is None:
            return None
        first, last = _day(self.earliest), _day(self.latest)
        excluded = self.after and type(self.earliest) is date and first < last
        return (last - first).days + (0 if excluded else 1)

    def before(self, other: When) -> bool | None:
        """Whether this lies wholly before the other: yes, no, or None when the two intervals cannot tell."""
        if _precedes(self.latest, other.earliest) or (
            other.after and self.latest is not None and self.latest == other.earliest
        ):
            return True
        if _precedes(other.latest, self.earliest) or _same_moment(self, other):
            return False
        return None

    def may_meet(self, other: When) -> bool:
        """Whether both can be true of one moment."""
        return self.before(other) is not True and other.before(self) is not True

    def intersect(self, other: When) -> When | None:
        """The times that both allow, or None where they exclude each other."""
        if not self.may_meet(other):
            return None
        later = max((self, other), key=lambda when: _floor(when.earliest))
        if self.earliest == other.earliest:
            later = self if self.after else other
        sooner = min((self, other), key=lambda when: _ceiling(when.latest))
        return When(
            earliest=later.earliest,
            latest=sooner.latest,
            after=later.after,
            approximate=self.approximate or other.approximate,
        )

    def with_words(self, *, text: str, said: date | None, rule: str) -> When:
        """The same interval with the phrase it was read from."""
        return replace(self, text=text, said=said, rule=rule)

    def to_json(self) -> dict[str, Any]:
        """Plain ISO days or instants, and only what is known."""
        data: dict[str, Any] = {
            "earliest": None if self.earliest is None else self.earliest.isoformat(),
            "latest": None if self.latest is None else self.latest.isoformat(),
        }
        for name in ("after", "approximate"):
            if getattr(self, name):
                data[name] = True
        for name in ("text", "said", "rule"):
            value = getattr(self, name)
            if value is not None:
                data[name] = value.isoformat() if isinstance(value, date) else value
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The inverse of to_json."""
        said = data.get("said")
        return cls(
            earliest=_moment(data.get("earliest")),
            latest=_moment(data.get("latest")),
            after=bool(data.get("after", False)),
            approximate=bool(data.get("approximate", False)),
            text=data.get("text"),
            said=None if said is None else date.fromisoformat(said),
            rule=data.get("rule"),
        )

    def spoken(self) -> str:
        """The interval in plain English, day precision: '2 November 2013', 'between 2 and 9 November 2013'."""
        if self.earliest is None or self.latest is None:
            return _spoken_open(self.earliest, self.latest, after=self.after)
        first, last = _day(self.earliest), _day(self.latest)
        if self.after and type(self.earliest) is date and first < last:
            return f"after {_say(first)} and by {_say(last)}"
        if first == last:
            return _say(first)
        whole = When.month(first.year, first.month)
        if (whole.earliest, whole.latest) == (first, last):
            return f"{calendar.month_name[first.month]} {first.year}"
        if (first, last) == (date(first.year, 1, 1), date(first.year, 12, 31)):
            return str(first.year)
        return f"between {_say(first)} and {_say(last)}"


def _unreadable(text: str) -> UsageError:
    return UsageError(
        "Cannot read this as a date.",
        saw=repr(text),
        do="Write 2022, 2022-03, 2022-03-15, an interval such as 2022-03/2022-05, or 2022-03/.. for an open end.",
        code="date",
    )


def _read(text: str, whole: str) -> tuple[Moment, Moment, bool]:
    """The first and last moment of one EDTF date, and whether it is approximate."""
    if "T" in text:
        instant = _instant(text, whole)
        return instant, instant, False
    match = _DAY.fullmatch(text)
    if match is None:
        raise _unreadable(whole)
    year, month, day, mark = match.groups()
    try:
        if day:
            exact = date(int(year), int(month), int(day))
            return exact, exact, bool(mark)
        span = When.month(int(year), int(month)) if month else When.year(int(year))
    except (ValueError, IndexError) as error:  # a thirteenth month, a 30 February, a year 0
        raise _unreadable(whole) from error
    assert span.earliest is not None
    assert span.latest is not None
    return span.earliest, span.latest, bool(mark)


def _instant(text: str, whole: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise _unreadable(whole) from error
    if instant.tzinfo is None:
        raise UsageError(
            "A time of day needs a zone.",
            saw=repr(whole),
            do=f"Write {text}Z for UTC, or {text}+09:00.",
            code="date",
        )
    return instant


def _edtf(moment: Moment | None) -> str:
    if isinstance(moment, datetime):
        return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return ".." if moment is None else moment.isoformat()


def _moment(text: str | None) -> Moment | None:
    if text is None:
        return None
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def _day(moment: Moment) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _start(moment: Moment) -> datetime:
    """The earliest instant that a moment may mean."""
    if isinstance(moment, datetime):
        return moment.astimezone(UTC)
    if moment == date.min:
        return datetime.min.replace(tzinfo=UTC)
    return datetime(moment.year, moment.month, moment.day, tzinfo=UTC) - _EASTERNMOST


def _end(moment: Moment) -> datetime:
    """The latest instant that a moment may mean."""
    if isinstance(moment, datetime):
        return moment.astimezone(UTC)
    if moment >= date.max - timedelta(days=1):
        return datetime.max.replace(tzinfo=UTC)
    following = moment + timedelta(days=1)
    return datetime(following.year, following.month, following.day, tzinfo=UTC) + _WESTERNMOST


def _precedes(end: Moment | None, start: Moment | None) -> bool:
    if end is None or start is None:
        return False
    if type(end) is date and type(start) is date:
        return end < start
    return _end(end) < _start(start)


def _same_moment(one: When, other: When) -> bool:
    return one.earliest is not None and one.earliest == one.latest == other.earliest == other.latest


def _floor(moment: Moment | None) -> datetime:
    return datetime.min.replace(tzinfo=UTC) if moment is None else _start(moment)


def _ceiling(moment: Moment | None) -> datetime:
    return datetime.max.replace(tzinfo=UTC) if moment is None else _end(moment)


def _say(day: date) -> str:
    return f"{day.day} {calendar.month_name[day.month]} {day.year}"


def _spoken_open(earliest: Moment | None, latest: Moment | None, *, after: bool) -> str:
    if earliest is not None:
        return f"{'after' if after else 'from'} {_say(_day(earliest))}"
    return "at an unknown time" if latest is None else f"by {_say(_day(latest))}"
