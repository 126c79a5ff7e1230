"""What is known beside the shadow: a place, a day, a reading of a clock, or an instant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import numpy.typing as npt

from dateline.core.errors import DatelineError, Refusal
from dateline.core.when import When
from dateline.media.shadow import Shadow

F8 = npt.NDArray[np.float64]

LOCAL = "local"
"""The clock on the wall, wherever the place may be."""
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?")
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?", re.IGNORECASE)
_MOST_DAYS = 3700


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A place the camera may have stood at: spots (lon, lat) [degrees] all over it, and the zone of its clocks."""

    name: str
    spots: tuple[tuple[float, float], ...]
    zone: str
    sensitive: bool = False
    gap: float = 0.0
    """[m] Between neighbouring spots of an area."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneCells:
    """Zones of cells of 0.25 degree: names, and for each cell (720, 1440) from 90 S and 180 W a number into them."""

    names: tuple[str, ...]
    cells: npt.NDArray[np.uint16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """days: first and last that it may be, or None. second: what the clock shows, after midnight [s], or None. zone:
    "local", an IANA name, an offset, or None where nobody said (and no clock time is given)."""

    days: tuple[date, date] | None = None
    second: float | None = None
    zone: str | None = None

    @property
    def day(self) -> date | None:
        """The one day, where it is one."""
        return self.days[0] if self.days is not None and self.days[0] == self.days[1] else None

    def each_day(self) -> Iterator[date]:
        """All days that it may be."""
        if self.days is not None:
            for number in range((self.days[1] - self.days[0]).days + 1):
                yield self.days[0] + timedelta(days=number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The shadows of a file or of people's lines on a picture, and what a file says of the first one's time.

    completed: what the parameters say of the one shadow (its height, the slope) is in it already.
    """

    shadows: tuple[Shadow, ...]
    clock: Clock
    simulated: bool = False
    completed: bool = False


def read_clock(day: Any, time: Any, zone: Any) -> Clock:
    """From texts: a day, month, year or range (EDTF), a clock time or a whole instant, a zone.

    Raises Refusal `naive-time` for a time without a zone, `date`, `clock-time`, `zone`, `zone-twice`.
    """
    told, named = str(time).strip() if time else "", str(zone).strip() if zone else None
    if "T" in told or re.match(r"\d{4}-\d{2}-\d{2}", told):
        return _instant(told, day, named)
    second = None
    if told:
        match = _CLOCK.fullmatch(told.removesuffix("Z"))
        if match is None or int(match[1]) > 23 or int(match[2]) > 59 or float(match[3] or 0) >= 60:
            raise _bad(
                "This is no clock time.",
                told,
                "Write 14:30 or 14:30:15, or an instant with its zone, 2024-10-18T14:30+10:00.",
                "clock-time",
            )
        second = 3600.0 * int(match[1]) + 60.0 * int(match[2]) + float(match[3] or 0)
        if told.endswith("Z"):
            named = named or "UTC"
        if named is None:
            raise _naive(told)
    if named is not None and named != LOCAL:
        zone_of(named)
    return Clock(days=_days(day) if day else None, second=second, zone=named)


def _instant(told: str, day: Any, zone: str | None) -> Clock:
    try:
        moment = datetime.fromisoformat(told)
    except ValueError as error:
        raise _bad("This is no instant.", told, "Write it as 2024-10-18T14:30+10:00.", "clock-time") from error
    if day:
        raise _bad("The day is told twice.", f"{told} and {day}", "Give the day once.", "date")
    if moment.tzinfo is None and zone is None:
        raise _naive(told)
    if moment.tzinfo is not None and zone is not None:
        raise _bad("The zone is told twice.", f"{told} and {zone}", "Give it once.", "zone-twice")
    if moment.tzinfo is not None:
        offset = moment.utcoffset() or timedelta(0)
        sign, rest = "-" if offset < timedelta(0) else "+", abs(offset)
        zone = f"{sign}{rest.seconds // 3600:02}:{rest.seconds % 3600 // 60:02}"
    elif zone != LOCAL:
        zone_of(str(zone))
    second = 3600.0 * moment.hour + 60.0 * moment.minute + moment.second + moment.microsecond / 1e6
    return Clock(days=(moment.date(), moment.date()), second=second, zone=zone)


def _days(text: Any) -> tuple[date, date]:
    try:
        when = When.from_edtf(str(text).strip())
    except DatelineError as error:
        raise _bad("This is no date.", error.saw, error.do, "date") from error
    first, last = when.earliest, when.latest
    if first is None or last is None or isinstance(first, datetime) or isinstance(last, datetime):
        raise _bad(
            "Give whole days with both ends.",
            str(text),
            "A day 2024-10-18, a month 2024-10, a year 2024 or a "
            "range 2024-09-01/2024-11-30; the time of day has its own place.",
            "date",
        )
    if (last - first).days > _MOST_DAYS:
        raise _bad("That range is too long.", str(text), "Give ten years at most.", "date")
    return first, last


def zone_of(name: str) -> tzinfo:
    """A zone by IANA name, or a fixed offset such as +10:00. Raises Refusal `zone`."""
    if name.upper() in {"UTC", "Z", "GMT"}:
        return UTC
    match = _OFFSET.fullmatch(name)
    if match is not None and int(match[2]) <= 15 and int(match[3] or 0) < 60:
        ahead = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
        return timezone(ahead if match[1] == "+" else -ahead)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise _bad(
            "There is no such time zone.",
            name,
            "Give UTC, an offset (+10:00), a name (Asia/Vladivostok), or local for the clock on the wall.",
            "zone",
        ) from error


def instants(day: date, second: float, zone: tzinfo) -> tuple[float, ...]:
    """Unix times [s] at which a clock of the zone shows this: one; two where it was set back; none where forward."""
    wall = datetime(day.year, day.month, day.day) + timedelta(seconds=second)  # noqa: DTZ001 - a reading of a clock
    found = []
    for fold in (0, 1):
        moment = wall.replace(tzinfo=zone, fold=fold)
        if moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wall:
            found.append(moment.timestamp())
    return tuple(dict.fromkeys(found))


def spoken(grounds: Sequence[Ground]) -> str:
    """The places in a sentence: A, B or C."""
    names = list(dict.fromkeys(ground.name for ground in grounds))
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _naive(told: str) -> Refusal:
    return _bad(
        "This time has no zone, so it is no instant.",
        told,
        "Add zone: UTC, an offset (+10:00), a name (Asia/Vladivostok), or local for the clock on the wall there.",
        "naive-time",
    )


def _bad(what: str, saw: str, do: str, code: str) -> Refusal:
    return Refusal(what, saw=saw, do=do, code=code)
