"""The times that a file states: when taken, when written, what the satellites said; with a zone or without."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from dateline.media.facts import Fact, Facts, Group

Role = Literal["taken", "digitised", "modified", "satellite"]

_DATE = re.compile(
    r"\s*(\d{4})[:\-/. ]?(\d\d)[:\-/. ]?(\d\d)"
    r"(?:[T ]+(\d\d):?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?\s*(Z|[+-]\d\d:?\d\d)?)?\s*",
    re.ASCII,
)
_ZONE = re.compile(r"\s*([+-])(\d\d?):?(\d\d)\s*", re.ASCII)
_SOURCES: tuple[tuple[Role, Group, str, str | None], ...] = (
    ("taken", "exif", "DateTimeOriginal", "OffsetTimeOriginal"),
    ("digitised", "exif", "DateTimeDigitized", "OffsetTimeDigitized"),
    ("modified", "exif", "DateTime", "OffsetTime"),
    ("taken", "xmp", "exif:DateTimeOriginal", None),
    ("taken", "xmp", "photoshop:DateCreated", None),
    ("digitised", "xmp", "exif:DateTimeDigitized", None),
    ("digitised", "xmp", "xmp:CreateDate", None),
    ("modified", "xmp", "xmp:ModifyDate", None),
    ("taken", "boxes", "com.apple.quicktime.creationdate", None),
    ("taken", "boxes", "©day", None),
    ("digitised", "boxes", "CreationTime", None),
    ("modified", "boxes", "ModificationTime", None),
    ("taken", "png", "Creation Time", None),
    ("modified", "png", "tIME", None),
)
"""Which facts tell a time, of what, and which fact tells its zone (Exif 2.32, 2019; ISO 16684-1; QuickTime)."""
_NOMINAL = {("boxes", "CreationTime"), ("boxes", "ModificationTime"), ("png", "tIME")}
"""Times that are UTC by the standard, and that many cameras and programs write in the time of the place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One time that a file states. wall: as written. offset: its zone's, from UTC, or None where none is stated."""

    role: Role
    wall: datetime
    offset: timedelta | None
    fact: Fact
    day_only: bool = False

    @property
    def instant(self) -> datetime | None:
        """The moment in UTC; None without a zone, or for a day without a time."""
        if self.offset is None or self.day_only:
            return None
        return shifted(self.wall, -self.offset).replace(tzinfo=UTC)

    @property
    def nominal(self) -> bool:
        """Whether its zone is that of a standard which not everybody keeps."""
        return (self.fact.group, self.fact.name) in _NOMINAL

    @property
    def name(self) -> str:
        """Which fact it is: Exif DateTimeOriginal."""
        return named(self.fact)

    def spoken(self) -> str:
        """As text, with the zone or the lack of it: 2022-03-01 12:00:05 (no zone stated)."""
        if self.day_only:
            return self.wall.strftime("%Y-%m-%d")
        zone = "no zone stated" if self.offset is None else zone_text(self.offset)
        return f"{self.wall:%Y-%m-%d %H:%M:%S} ({zone})"


def shifted(wall: datetime, by: timedelta) -> datetime:
    """A time moved by some hours, kept within the years that there are."""
    try:
        return wall + by
    except OverflowError:
        return wall


def named(fact: Fact) -> str:
    """A fact's name for people: its group and its tag."""
    groups = {"exif": "Exif", "gps": "GPS", "xmp": "XMP", "iptc": "IPTC", "boxes": "container", "png": "PNG"}
    return f"{groups.get(fact.group, fact.group)} {fact.name}"


def zone_text(offset: timedelta) -> str:
    """UTC, UTC+3, UTC+5:45."""
    minutes = round(offset.total_seconds() / 60)
    if minutes == 0:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '-'}{hours}" + (f":{rest:02d}" if rest else "")


def read_zone(text: str | None) -> timedelta | None:
    """ "+03:00", "-0330" or "Z" as an offset from UTC; None for anything else, and beyond 14 hours."""
    if text is None:
        return None
    if text.strip() in {"Z", "UTC"}:
        return timedelta(0)
    found = _ZONE.fullmatch(text)
    if not found:
        return None
    size = timedelta(hours=int(found[2]), minutes=int(found[3]))
    if size > timedelta(hours=14):
        return None
    return -size if found[1] == "-" else size


def read_clock(text: str) -> tuple[datetime, timedelta | None, bool] | None:
    """A time as cameras and programs write it: the wall time, its offset or None, and whether it is a day only.

    None for what is no date, such as 0000:00:00 00:00:00, which cameras write when they do not know.
    """
    found = _DATE.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    try:
        wall = datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001 - its zone is told beside it
    except ValueError:
        return None
    return wall, read_zone(found[7]), found[4] is None


def clocks_of(facts: Facts, *, zone: timedelta | None = None) -> tuple[Clock, ...]:
    """All times that a file states, in the order of trust. zone: of the camera's clock, where a person states it."""
    return (*_stated(facts, zone), *_iptc(facts, zone), *_satellite(facts))


def _stated(facts: Facts, zone: timedelta | None) -> Iterator[Clock]:
    for role, group, name, beside in _SOURCES:
        fact = facts.first(name, group)
        read = read_clock(str(fact.value)) if fact is not None else None
        if fact is None or read is None:
            continue
        wall, offset, day_only = read
        if offset is None and beside is not None:
            offset = read_zone(facts.text(beside, group))
        if offset is None and group in {"exif", "xmp"}:
            offset = zone
        yield Clock(role=role, wall=wall, offset=offset, fact=fact, day_only=day_only)


def _iptc(facts: Facts, zone: timedelta | None) -> Iterator[Clock]:
    fact, time = facts.first("DateCreated", "iptc"), facts.text("TimeCreated", "iptc")
    if fact is None:
        return
    read = read_clock(f"{fact.value}T{time}") if time else None
    read = read or read_clock(str(fact.value))
    if read is not None:
        wall, offset, day_only = read
        yield Clock(role="taken", wall=wall, offset=zone if offset is None else offset, fact=fact, day_only=day_only)


def _satellite(facts: Facts) -> Iterator[Clock]:
    """GPSDateStamp and GPSTimeStamp, which are UTC (Exif 2.32, 4.6.6)."""
    day, fact = facts.text("GPSDateStamp", "gps"), facts.first("GPSTimeStamp", "gps")
    read = read_clock(day) if day else None
    if read is None or fact is None or not isinstance(fact.value, tuple):
        return
    parts = [float(part) for part in fact.value if isinstance(part, int | float)]
    if len(parts) != 3 or not all(0 <= part <= 60 for part in parts):
        return
    since = timedelta(hours=parts[0], minutes=parts[1], seconds=parts[2])
    if since < timedelta(days=1):
        yield Clock(role="satellite", wall=shifted(read[0], since), offset=timedelta(0), fact=fact)


def first(clocks: tuple[Clock, ...], *roles: Role) -> Clock | None:
    """The most trusted time of these roles, in their order."""
    return next((clock for role in roles for clock in clocks if clock.role == role), None)


def stated_moment(text: str) -> datetime | None:
    """A moment that a person states: an ISO time with a zone, or a plain day, which is taken to its last second.

    None for anything else, a time without a zone among it.
    """
    read = read_clock(text)
    if read is None:
        return None
    wall, offset, day_only = read
    if day_only:  # the day ends last where clocks are 12 hours behind
        return shifted(wall, timedelta(days=1, hours=12)).replace(tzinfo=UTC)
    return None if offset is None else shifted(wall, -offset).replace(tzinfo=UTC)
