"""A time that may be vague: an interval, the words it was told in, and how they were read."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self

Moment = date | datetime
"""A plain day (no zone), or an instant with a zone. A datetime without a zone is refused."""

# A plain day is somewhere on Earth's day: it begins at UTC+14 and ends at UTC-12.
_EASTERNMOST = timedelta(hours=14)
_WESTERNMOST = timedelta(hours=12)


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
            if isinstance(moment, datetime) and not fits_utc(moment):
                raise ValueError(f"When.{name} lies outside the years 1 to 9999 in UTC: {moment.isoformat()}.")
        if _precedes(self.latest, self.earliest):
            raise ValueError(f"A When cannot end ({self.latest}) before it begins ({self.earliest}).")
        if self.after and self.earliest is None:
            raise ValueError("A When can only exclude an earliest moment that it has.")
        if self.after and _meets(self.latest, self.earliest):
            raise ValueError(f"No instant lies after {self.earliest} and not after {self.latest}.")

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
        """The bounds of a text in EDTF, levels 0 to 2; marks of doubt (`~ ? %`) make it approximate.

        `../..` is a time of which nothing is known. Raises UsageError (codes `date`, `date-range`), and says why.
        """
        from dateline.core.edtf import read  # which builds on this class

        when = read(text).when
        return cls(earliest=when.earliest, latest=when.latest, approximate=when.approximate)

    def edtf(self) -> str:
        """The exchange form, EDTF; an excluded earliest plain day becomes the day after it.

        EDTF cannot exclude an instant, nor call one approximate: the first is then included, the second becomes
        its day in UTC. Both make the interval wider, never narrower.
        """
        mark = "~" if self.approximate else ""
        earliest, latest = self._first, self.latest
        if self.approximate:
            earliest, latest = _utc_days(earliest, latest)
        if earliest is not None and earliest == latest:
            return f"{_edtf(earliest)}{mark}"
        if type(earliest) is date and type(latest) is date:
            for whole, length in ((When.month(earliest.year, earliest.month), 7), (When.year(earliest.year), 4)):
                if (whole.earliest, whole.latest) == (earliest, latest):
                    return f"{earliest.isoformat()[:length]}{mark}"
        return "/".join(".." if moment is None else f"{_edtf(moment)}{mark}" for moment in (earliest, latest))

    def days(self) -> int | None:
        """How many plain days it may be [days], both ends counted; None when an end is open."""
        if self.earliest is None or self.latest is None:
            return None
        assert self._first is not None
        return max(1, (_day(self.latest) - _day(self._first)).days + 1)

    def before(self, other: When) -> bool | None:
        """Whether this lies wholly before the other: yes, no, or None when the two intervals cannot tell."""
        earlier, later = _wholly_before(self, other), _wholly_before(other, self)
        if earlier and later:  # plain days and instants mixed so that no one zone can make sense of both
            return None
        if later or _meets(other.latest, self.earliest):
            return False
        return True if earlier else None

    def may_meet(self, other: When) -> bool:
        """Whether both can be true of one moment."""
        return not _wholly_before(self, other) and not _wholly_before(other, self)

    def intersect(self, other: When) -> When | None:
        """The times that both allow, or None where they exclude each other."""
        if not self.may_meet(other):
            return None
        later = max(self, other, key=lambda when: (_floor(when._first), when.after, str(when.earliest)))
        sooner = min(self, other, key=lambda when: (_ceiling(when.latest), str(when.latest)))
        return When(
            earliest=later.earliest,
            latest=sooner.latest,
            after=later.after,
            approximate=self.approximate or other.approximate,
        )

    @property
    def _first(self) -> Moment | None:
        """The earliest moment that counts: the day after an excluded plain day, where the interval has one."""
        if self.after and type(self.earliest) is date and self.earliest < date.max:
            following = self.earliest + timedelta(days=1)
            if not _precedes(self.latest, following):
                return following
        return self.earliest

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
        if self.earliest is None and self.latest is None:
            return "at an unknown time"
        hedge = "roughly " if self.approximate else ""
        if self.earliest is None or self.latest is None:
            return hedge + _spoken_open(self.earliest, self.latest, after=self.after)
        first, last = _day(self.earliest), _day(self.latest)
        if self._first != self.earliest:
            return f"{hedge}after {_say(first)} and by {_say(last)}"
        return hedge + _spoken_span(first, last)


def fits_utc(instant: datetime) -> bool:
    """Whether the instant can be told in UTC: the first hours of year 1 east of Greenwich cannot."""
    try:
        instant.astimezone(UTC)
    except OverflowError:
        return False
    return True


def _edtf(moment: Moment) -> str:
    if isinstance(moment, datetime):
        return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return moment.isoformat()


def _utc_days(*moments: Moment | None) -> tuple[date | None, date | None]:
    """Both ends as plain days; in order, though a plain day and a day in UTC may disagree by one."""
    first, last = (moment.astimezone(UTC).date() if isinstance(moment, datetime) else moment for moment in moments)
    if first is not None and last is not None and last < first:
        return last, first
    return first, last


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


def _meets(end: Moment | None, start: Moment | None) -> bool:
    """Whether one instant is the end of the one and the start of the other. Two plain days cannot tell."""
    return isinstance(end, datetime) and isinstance(start, datetime) and end == start


def _wholly_before(one: When, other: When) -> bool:
    return _precedes(one.latest, other._first) or (other.after and _meets(one.latest, other.earliest))


def _floor(moment: Moment | None) -> datetime:
    return datetime.min.replace(tzinfo=UTC) if moment is None else _start(moment)


def _ceiling(moment: Moment | None) -> datetime:
    return datetime.max.replace(tzinfo=UTC) if moment is None else _end(moment)


def _say(day: date) -> str:
    return f"{day.day} {calendar.month_name[day.month]} {day.year}"


def _spoken_span(first: date, last: date) -> str:
    """Two days in words, naming the month and the year once where both share them; first may lie a day late."""
    if first >= last:
        return _say(last)
    whole = When.month(first.year, first.month)
    if (whole.earliest, whole.latest) == (first, last):
        return f"{calendar.month_name[first.month]} {first.year}"
    if (first, last) == (date(first.year, 1, 1), date(first.year, 12, 31)):
        return str(first.year)
    start = _say(first)
    if first.year == last.year:
        start = str(first.day) if first.month == last.month else f"{first.day} {calendar.month_name[first.month]}"
    return f"between {start} and {_say(last)}"


def _spoken_open(earliest: Moment | None, latest: Moment | None, *, after: bool) -> str:
    if earliest is not None:
        return f"{'after' if after else 'from'} {_say(_day(earliest))}"
    assert latest is not None
    return f"by {_say(_day(latest))}"
