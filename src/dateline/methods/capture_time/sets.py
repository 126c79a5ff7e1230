"""Sets of intervals of time: what several pieces of evidence allow together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from itertools import product
from typing import Any

from dateline.core.errors import UsageError
from dateline.core.when import Moment, When


def whens(value: Any) -> tuple[When, ...]:
    """A finding's value of kind "when" as intervals; nothing for any other value, or for ends that are no dates."""
    if not isinstance(value, dict) or value.get("kind") != "when":
        return ()
    try:
        return tuple(When.from_edtf("/".join(end or ".." for end in pair)) for pair in value.get("sets", ()))
    except UsageError:
        return ()


def meet(one: Sequence[When], other: Sequence[When]) -> tuple[When, ...]:
    """The times that both allow, in order, each once."""
    both = {str(found.to_json()): found for a, b in product(one, other) if (found := a.intersect(b)) is not None}
    return tuple(sorted(both.values(), key=lambda when: (order(when.earliest, first=True), str(when.latest))))


def meet_all(sets: Iterable[Sequence[When]]) -> tuple[When, ...]:
    """The times that all allow; nothing where they exclude each other; all of time where there is no evidence."""
    found: tuple[When, ...] = (When.between(None, None),)
    for each in sets:
        found = meet(found, each)
    return found


def hull(sets: Sequence[When]) -> When:
    """From the first to the last of several intervals."""
    first = min(sets, key=lambda when: (order(when.earliest, first=True), when.after))
    last = max(sets, key=lambda when: order(when.latest, first=False))
    return When(earliest=first.earliest, latest=last.latest, after=first.after)


def order(moment: Moment | None, *, first: bool) -> datetime:
    """For sorting only: a plain day at its start or end in UTC, an open end before or after everything."""
    if moment is None:
        return datetime.min.replace(tzinfo=UTC) if first else datetime.max.replace(tzinfo=UTC)
    if isinstance(moment, datetime):
        return moment.astimezone(UTC)
    return _day(moment, first=first)


def _day(day: date, *, first: bool) -> datetime:
    hour, minute, second = (0, 0, 0) if first else (23, 59, 59)
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=UTC)


def told(sets: Sequence[When]) -> dict[str, Any]:
    """As a finding's value: open ends are null."""
    return {"kind": "when", "sets": [[_end(when.earliest), _end(when.latest)] for when in sets]}


def _end(moment: Moment | None) -> str | None:
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if isinstance(moment, datetime) else str(moment)
