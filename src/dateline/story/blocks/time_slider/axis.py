"""Where images stand on an axis of time: as long as they may have taken, with what lies between them. No drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, date, datetime, time, timedelta
from itertools import pairwise
from statistics import median

from dateline.core.when import Moment, When
from dateline.story.chart import day_of

FULL = 100.0
"""[per cent] Length of the axis."""
WIDE_GAP = 1.75
"""A step this many times as long as most is told as a gap: one image of a regular row is missing."""
LANES = 3
"""So many marks of one time stand above each other."""
NEAR = 0.4
"""[per cent of the axis] The width of a mark: two that stand closer would hide each other."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the axis [per cent of its length]. lane: how far above the axis its mark stands, from 0."""

    left: float
    right: float
    lane: int = 0

    @property
    def middle(self) -> float:
        """Where the handle stands."""
        return round((self.left + self.right) / 2, 2)

    @property
    def width(self) -> float:
        """How long it is."""
        return round(self.right - self.left, 2)


def is_closed(when: When | None) -> bool:
    """Whether a time has two ends, in order, that an axis of days in UTC can be drawn to."""
    if when is None or when.earliest is None or when.latest is None or day_of(when.latest).year == MAXYEAR:
        return False
    first, last = ends(when)
    return first <= last


def ends(when: When) -> tuple[datetime, datetime]:
    """The first and last instant of a time whose both sides are closed, plain days in UTC."""
    assert when.earliest is not None
    assert when.latest is not None
    return _instant(when.earliest), _instant(when.latest, ends=True)


def _instant(moment: Moment, *, ends: bool = False) -> datetime:
    if isinstance(moment, datetime):
        return moment.astimezone(UTC)
    return datetime.combine(moment, time(), UTC) + timedelta(days=1 if ends else 0)


def days(when: When) -> tuple[date, date]:
    """The first and last day of such a time; of an instant its day in UTC."""
    assert when.earliest is not None
    assert when.latest is not None
    first, last = (
        day_of(one.astimezone(UTC) if isinstance(one, datetime) else one) for one in (when.earliest, when.latest)
    )
    return first, last


def share(instant: datetime, first: datetime, last: datetime) -> float:
    """Where an instant stands on an axis from `first` to `last` [per cent of its length]."""
    return round(FULL * (instant - first).total_seconds() / max((last - first).total_seconds(), 1.0), 2)


def in_order(times: Sequence[When]) -> list[int]:
    """The indices of times from early to late, by their middles; of equal ones as they are given."""

    def middle(index: int) -> tuple[datetime, datetime]:
        first, last = ends(times[index])
        return first + (last - first) / 2, first

    return sorted(range(len(times)), key=middle)


def spans(times: Sequence[When]) -> list[Span]:
    """The stretch of each time, in the order given, on an axis from the first beginning to the last end."""
    told = [ends(when) for when in times]
    first, last = min(start for start, _ in told), max(end for _, end in told)
    found: list[Span] = []
    for start, end in told:
        left, right = share(start, first, last), share(end, first, last)
        taken = {each.lane for each in found if left < each.right - 0.01 and each.left < right - 0.01}
        taken |= {each.lane for each in found if abs(each.middle - (left + right) / 2) < NEAR}
        lane = next((lane for lane in range(LANES) if lane not in taken), LANES - 1)
        found.append(Span(left, right, lane))
    return found


def gaps(found: Sequence[Span]) -> dict[int, Span]:
    """Where some stretches, in order of time, leave a step empty that is longer than most; by the one that follows it.

    None with fewer than three: two images have one step, and nothing says that it is long. Nor where a long stretch
    reaches into it: it may have been then.
    """
    steps = [two.middle - one.middle for one, two in pairwise(found)]
    usual = median([step for step in steps if step > 0] or [0.0])
    if len(steps) < 2 or usual <= 0:
        return {}
    empty = {
        index: Span(max(one.right for one in found[:index]), min(one.left for one in found[index:]))
        for index, step in enumerate(steps, 1)
        if step >= WIDE_GAP * usual
    }
    return {index: span for index, span in empty.items() if span.left < span.right}
