"""Which maps speak for a day, and what each says of a place: signed distance, age, speed, changes of hands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise

from dateline.core.when import When
from dateline.core.where import Where
from dateline.places.front import READINGS, Control, FrontMap, Reading, Side, is_inside, nearest_control, side_of
from dateline.places.geodesy import distance

NEAR_ROW = 5.0
"""[km] A table's populated place this near is the place that is asked about."""
DAY = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one map says in one reading. age: of the map at the day asked about [days], negative for one after it."""

    map: FrontMap
    reading: Reading
    side: Side
    age: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A change of hands by one maker: into the occupied land or out of it, within an interval."""

    maker: str
    taken: bool
    when: When


def speaking(maps: Sequence[FrontMap], start: datetime, end: datetime, oldest: float) -> list[FrontMap]:
    """For each maker the last map before a day or interval, all in it, the first after it; none too old [days]."""
    chosen = []
    for _, group in groupby(sorted(maps, key=lambda one: (one.maker, one.last)), key=lambda one: one.maker):
        mine = list(group)
        before = [one for one in mine if one.last <= start and (start - one.last).total_seconds() <= oldest * DAY]
        during = [one for one in mine if one.last > start and one.first <= end]
        after = [one for one in mine if one.first > end and (one.first - end).total_seconds() <= oldest * DAY]
        chosen += [*before[-1:], *during, *after[:1]]
    return chosen


def said_of(maps: Sequence[FrontMap], where: Where, end: datetime) -> list[Said]:
    """Every map in every reading that it draws."""
    found = []
    for one in maps:
        for reading in READINGS:
            area = one.area(reading)
            side = None if area is None else side_of(area, where)
            if side is not None:
                age = (end - one.last).total_seconds() / DAY
                found.append(Said(map=one, reading=reading, side=side, age=age))
    return found


def speed(maps: Sequence[FrontMap], where: Where, end: datetime, window: float) -> float | None:
    """How fast the occupied land came nearer over the window before a day [km per day]; None without two maps of it."""
    inside = [one for one in maps if one.last <= end and (end - one.first).total_seconds() <= window * DAY]
    if len(inside) < 2:
        return None
    first, last = inside[0], inside[-1]
    days = (last.last - first.last).total_seconds() / DAY
    sides = [side_of(one.land["occupied"], where) for one in (first, last)]
    if days < 1 or sides[0] is None or sides[1] is None:
        return None
    return (sides[0].distance.best - sides[1].distance.best) / days


def handed_over(maps: Sequence[FrontMap], where: Where) -> list[Handed]:
    """When the place came into the occupied land or out of it, by each maker: after one map, not after the next.

    Maps that leave its side open, for the place's own precision, widen the interval.
    """
    found = []
    for maker, group in groupby(sorted(maps, key=lambda one: (one.maker, one.last)), key=lambda one: one.maker):
        known = [(one, inside) for one in group if (inside := is_inside(one.land["occupied"], where)) is not None]
        for (earlier, was), (later, is_now) in pairwise(known):
            if was != is_now:
                found.append(Handed(maker=maker, taken=is_now, when=When.bracket(earlier.first, later.last)))
    return found


def handed_by_table(controls: Sequence[Control], where: Where) -> list[Handed]:
    """The same from tables of control, for the populated place that this is: the nearest within NEAR_ROW [km]."""
    found = []
    for maker, group in groupby(sorted(controls, key=lambda one: (one.maker, one.at)), key=lambda one: one.maker):
        rows = list(group)
        spots = {(row.place, row.where) for row in rows}  # villages share names
        far, _, name, spot = min((distance(where, spot).best, str(spot), name, spot) for name, spot in spots)
        if far > NEAR_ROW:
            continue
        mine = [row for row in rows if (row.place, row.where) == (name, spot) and row.status in {"occupied", "held"}]
        for earlier, later in pairwise(mine):
            if earlier.status != later.status:
                when = When.bracket(earlier.at, later.at)
                found.append(Handed(maker=maker, taken=later.status == "occupied", when=when))
    return found


def by_table(controls: Sequence[Control], where: Where, end: datetime, oldest: float) -> list[dict[str, object]]:
    """Per table the nearest populated place under each control on its last day by `end`, with its distance [km]."""
    rows: list[dict[str, object]] = []
    for maker, group in groupby(sorted(controls, key=lambda one: (one.maker, one.at)), key=lambda one: one.maker):
        known = [row for row in group if row.at <= end and (end - row.at).total_seconds() <= oldest * DAY]
        if not known:
            continue
        last = max(row.at for row in known)
        today = [row for row in known if row.at == last]
        near = ((status, nearest_control(today, where, status)) for status in ("occupied", "held", "unknown"))
        rows += [_table_row(maker, status, *found) for status, found in near if found is not None]
    return rows


def _table_row(maker: str, status: str, row: Control, far: float) -> dict[str, object]:
    reading = f"nearest place {status}"
    day = row.at.isoformat()
    return {
        "maker": maker, "published": day, "reading": reading, "place": row.place, "distance": far, "file": row.file
    }  # fmt: skip
