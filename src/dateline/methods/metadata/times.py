"""Checks of the times in a file against each other, against the satellites' clock and against the day it was seen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import combinations

from dateline.media.facts import Facts
from dateline.methods.metadata.check import Check, agrees, contradicts, not_possible, sign
from dateline.methods.metadata.clocks import Clock, first, shifted, zone_text
from dateline.methods.metadata.position import position_of

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
_PARTS = {-9.5: (-141, -138), -3.5: (-60, -52), -2.5: (-60, -52), 3.5: (44, 64), 4.5: (44, 75), 5.5: (68, 98),
          5.75: (80, 89), 6.5: (92, 102), 8.75: (125, 130), 9.5: (129, 142), 9.75: (125, 130), 10.5: (129, 160),
          12.75: (-178, -175), 13.75: (-178, -175)}  # fmt: skip
"""Offsets that are no whole hours, with the longitudes between which they are kept [h], [degrees]."""
_GONE = {-4.5: (-74, -59, 2007, 2016), 8.5: (124, 131, 2015, 2018), 11.5: (166, 169, 1951, 2015)}
"""Such offsets that were given up, in Venezuela, North Korea and Norfolk Island, with the first and the last year."""
OFFSETS: tuple[timedelta, ...] = tuple(HOUR * hours for hours in sorted((*range(-12, 15), *_PARTS, *_GONE)))
"""Offsets from UTC in use since 2000, summer time included (IANA time zone database)."""
_BEHIND, _AHEAD = 2.0, 3.5
"""How far a civil clock is behind or ahead of the sun's at most: western China and summer time are ahead [h]."""
_RESETS = {(1904, 1, 1), (1970, 1, 1), (1980, 1, 1), (2000, 1, 1), (2001, 1, 1)}
"""Days at which clocks begin that nobody set."""
_FIRST_YEAR = 1990
"""Before the first cameras that write such facts."""


def time_checks(
    facts: Facts, clocks: tuple[Clock, ...], *, seen: datetime | None, tolerance: timedelta
) -> Iterator[Check]:
    """The checks of times. seen: when somebody first saw the file. tolerance: of a clock that somebody set."""
    yield _satellites(facts, clocks, tolerance)
    yield _sources(clocks, tolerance)
    yield _order(clocks, tolerance)
    yield _future(clocks, seen, tolerance)
    yield from _resets(clocks)


def plausible(lon: float | None, year: int) -> tuple[timedelta, ...]:
    """Offsets from UTC that clocks can have at a longitude [degrees], anywhere where it is None, in a year."""
    return tuple(offset for offset in OFFSETS if _kept_at(offset / HOUR, lon, year))


def _kept_at(hours: float, lon: float | None, year: int) -> bool:
    if hours in _GONE:
        west, east, first_year, last_year = _GONE[hours]
        return first_year <= year <= last_year and (lon is None or west <= lon <= east)
    if lon is None:
        return True
    if hours in _PARTS:
        west, east = _PARTS[hours]
        return west <= lon <= east
    return -_BEHIND <= (hours - lon / 15 + 12) % 24 - 12 <= _AHEAD


def _satellites(facts: Facts, clocks: tuple[Clock, ...], tolerance: timedelta) -> Check:
    """The camera's clock against the stamp of the satellites, which is UTC."""
    code = "clock-against-gps"
    camera, stamp = first(clocks, "taken", "digitised"), first(clocks, "satellite")
    if camera is None or camera.day_only or stamp is None:
        lacking = "time of taking" if camera is None or camera.day_only else "GPS time"
        return not_possible(code, f"The clock could not be compared with the satellites': the file has no {lacking}.")
    implied = camera.wall - stamp.wall
    told = f"{camera.name} says {camera.spoken()}, the satellites say {stamp.wall:%Y-%m-%d %H:%M:%S} UTC"
    place = position_of(facts)
    among = (
        (camera.offset,)
        if camera.offset is not None
        else plausible(None if place is None else place[0], stamp.wall.year)
    )
    off, days, zone = _nearest(implied, among)
    if abs(off) <= tolerance and not days:
        return agrees(code, f"{told}: that fits {zone_text(zone)}.")
    where = "" if place is None or camera.offset is not None else " at that longitude"
    if abs(off) <= tolerance:
        much = "a whole day" if abs(days) == 1 else f"{abs(days)} whole days"
        return contradicts(code, f"{told}: they are {much} apart beside the zone ({zone_text(zone)}{where}).")
    whole = off + DAY * days
    return contradicts(code, f"{told}: {span(whole)} from {zone_text(zone)}, the nearest that a clock can show{where}.")


def _nearest(implied: timedelta, among: tuple[timedelta, ...]) -> tuple[timedelta, int, timedelta]:
    """What remains of an implied offset beside whole days and the nearest real offset: remainder, days, offset.

    Days are set apart only where hardly anything else remains: a clock can be off by any amount.
    """
    exact = min(((implied - offset, offset) for offset in among), key=lambda one: abs(one[0]))
    for offset in sorted(among, key=lambda one: abs(implied - one)):
        days = round((implied - offset) / DAY)
        if days and abs(implied - offset - days * DAY) <= timedelta(minutes=10) < abs(exact[0]):
            return implied - offset - days * DAY, days, offset
    return exact[0], 0, exact[1]


def span(length: timedelta) -> str:
    """A length of time in words: 25 minutes, 3 hours, 2 days."""
    seconds = abs(length.total_seconds())
    for size, name in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = f"{seconds / size:.1f}".removesuffix(".0")
            return f"{count} {name}{'' if count == '1' else 's'}"
    return f"{seconds:.0f} seconds"


def _sources(clocks: tuple[Clock, ...], tolerance: timedelta) -> Check:
    """The time of taking as told in several places of one file."""
    code = "times-differ"
    taken = [clock for clock in clocks if clock.role == "taken"]
    if len(taken) < 2:
        return not_possible(code, "The time of taking does not stand in two places of the file.")
    for one, other in combinations(taken, 2):
        if _apart(one, other) > tolerance:
            text = f"{one.name} says {one.spoken()}, {other.name} says {other.spoken()}."
            return contradicts(code, f"The file states two times of taking: {text}")
    return agrees(code, f"{len(taken)} places of the file tell the same time of taking.")


def _apart(one: Clock, other: Clock) -> timedelta:
    """How far two times lie apart at least: any zone is allowed where one is missing, and a day for days."""
    if one.day_only or other.day_only:
        days = abs(one.wall.date() - other.wall.date())
        return days if days > DAY else timedelta(0)
    if one.instant is not None and other.instant is not None:
        return abs(one.instant - other.instant)
    apart = one.wall - other.wall
    if one.offset is None and other.offset is None:
        return abs(apart)
    known = one.offset if one.offset is not None else other.offset
    assert known is not None
    turned = apart if one.offset is None else -apart  # the time without a zone less the other
    return min(abs(turned - (offset - known)) for offset in OFFSETS)


def _order(clocks: tuple[Clock, ...], tolerance: timedelta) -> Check:
    """Nothing is written before it is taken."""
    code = "modified-before-taken"
    taken = first(clocks, "taken", "digitised")
    roles = {"modified"} | ({"digitised"} if taken is not None and taken.role == "taken" else set())
    later = [clock for clock in clocks if clock.role in roles and not clock.day_only]
    if taken is None or taken.day_only or not later:
        return not_possible(code, "The file does not state both when it was taken and when it was written.")
    starts = [taken, *(clock for clock in clocks if clock.role == "digitised" and clock.nominal and clock != taken)]
    for start, clock in ((start, clock) for start in starts for clock in later if clock != start):
        if (early := _early(start, clock)) > tolerance:
            text = f"{clock.name} ({clock.spoken()}) lies {span(early)} before {start.name} ({start.spoken()})."
            return contradicts(code, text)
    latest = max(later, key=lambda clock: clock.wall)
    return agrees(code, f"Nothing was written before it was taken; last written {latest.spoken()}.")


def _early(start: Clock, end: Clock) -> timedelta:
    """By how much the second time lies before the first for certain: any zone is allowed where one is missing."""
    if start.instant is not None and end.instant is not None:
        same = start.nominal and end.nominal and start.fact.group == end.fact.group  # one program wrote both
        doubt = timedelta(0) if same else 14 * HOUR * start.nominal + 12 * HOUR * end.nominal
        return start.instant - end.instant - doubt
    both_bare = start.offset is None and end.offset is None and start.fact.group == end.fact.group
    early: timedelta = start.wall - end.wall
    return early if both_bare else early - 26 * HOUR


def _future(clocks: tuple[Clock, ...], seen: datetime | None, tolerance: timedelta) -> Check:
    code = "later-than-seen"
    if seen is None or not clocks:
        lacking = "Nobody stated when the file was first seen (seen_at)." if clocks else "The file states no time."
        return not_possible(code, lacking)
    for clock in clocks:
        sure = None if clock.nominal else clock.instant
        moment = sure or shifted(clock.wall, -14 * HOUR).replace(tzinfo=UTC)  # the earliest that it can mean
        if moment > shifted(seen, tolerance):
            text = f"{clock.name} says {clock.spoken()}: later than the file was seen ({seen:%Y-%m-%d %H:%M} UTC)."
            return contradicts(code, text)
    return agrees(code, "No time in the file is later than it was seen.")


def _resets(clocks: tuple[Clock, ...]) -> Iterator[Check]:
    """Dates that a clock shows when nobody set it."""
    for clock in clocks:
        wall = clock.wall
        if clock.role != "modified" and ((wall.year, wall.month, wall.day) in _RESETS or wall.year < _FIRST_YEAR):
            yield sign("clock-not-set", f"{clock.name} says {clock.spoken()}: what a clock shows that was never set.")
