"""A position from a war that goes on, told too soon."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from dateline.core.errors import DatelineError
from dateline.core.when import When
from dateline.ledger.finding import Finding
from dateline.story.fault import Faults, Level, Rule
from dateline.story.reading import Reading

RULE = Rule(
    code="position-young",
    name="a position that is younger than the delay",
    level=Level.BLOCK,
    why="Where people, ships and works are today can be shot at today. While a war goes on such a finding waits.",
    do="Wait, or leave it out. Only two people together may lift it: [[lifted]] in case.toml with both and their "
    "reason.",
)
METHODS = frozenset(
    {"front_distance", "vessel_detection", "site_change", "earthworks", "counting", "port_activity", "berth_occupancy"}
)
_DAYS = frozenset({"at", "day", "date", "last_day", "observed", "second"})
"""Keys of rows, values and parameters under which these methods tell the time of what was seen."""


def find(reading: Reading, faults: Faults) -> None:
    """Adds what is printed of such findings, in cases of an active conflict, before the delay is over."""
    head = reading.case.head
    if not head.active_conflict:
        return
    today = reading.story.as_of(head.as_of)
    for finding, spot in reading.printed_of():
        if finding.method not in METHODS:
            continue
        saw = _young(finding, today, timedelta(hours=head.delay_hours))
        if saw is None:
            continue
        reason = reading.lifted(RULE.code, finding.id)
        if reason is None:
            faults.add(spot, f"{finding.id}: {saw}")
        else:
            faults.let_pass(spot, f"{finding.id}: {saw}", reason)
    _fronts(reading, faults, today, timedelta(hours=head.delay_hours))


def _fronts(reading: Reading, faults: Faults, today: date | None, delay: timedelta) -> None:
    """Fronts on a map, as others drew them: from the end of the day of publication on."""
    for use in reading.story.blocks:
        for layer in getattr(use.model, "front", ()):
            last = datetime.combine(layer.day, time(), UTC) + timedelta(days=1)
            saw = _younger(last, today, delay)
            if saw is not None:
                faults.add(use.spot, f"the front drawn by {layer.maker}: {saw}")


def _young(finding: Finding, today: date | None, delay: timedelta) -> str | None:
    """Why it may not be told yet. A plain day counts to its end, the page's from its beginning."""
    last = max(_moments(finding), default=None)
    if last is None and today is not None:
        return "nothing in it says of which day it is"
    return _younger(last or datetime.max.replace(tzinfo=UTC), today, delay)


def _younger(last: datetime, today: date | None, delay: timedelta) -> str | None:
    if today is None:
        return "the page carries no date"
    if datetime.combine(today, time(), UTC) - last >= delay:
        return None
    return f"it is of {last:%Y-%m-%d %H:%M} UTC, the page of {today}; {delay / timedelta(hours=1):g} hours have to pass"


def _moments(finding: Finding) -> Iterator[datetime]:
    """Every time of what was seen, as the last instant that it allows."""
    rows = finding.series.rows if finding.series is not None else []
    for told in (finding.parameters, finding.values, *rows, *(each.values for each in finding.places.values())):
        yield from _told(told)


def _told(value: Any) -> Iterator[datetime]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _last(inner) if key in _DAYS and isinstance(inner, str) else _told(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _told(inner)


def _last(text: str) -> Iterator[datetime]:
    """The end of an instant, a day or an interval; nothing of what is no time."""
    try:
        latest = When.from_edtf(text).latest
    except DatelineError:
        return
    if isinstance(latest, datetime):
        yield latest.astimezone(UTC)
    elif latest is not None:
        yield datetime.combine(latest, time(), UTC) + timedelta(days=1)
