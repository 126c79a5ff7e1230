"""Which looks are compared with which: the same months of different years."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from dateline.core.errors import InputError, UsageError
from dateline.core.when import When
from dateline.imagery.tables import Pair

Season = tuple[int, ...]
"""What two looks must share to be the same time of year: month, month and day, or nothing for a whole year."""


def season(when: When) -> Season:
    """The time of year of a look: () for a year, (month,) for a month, (month, day) for a night."""
    first = _day(when)
    length = when.days() or 1
    if length > 300:
        return ()
    return (first.month,) if length > 20 else (first.month, first.day)


def _day(when: When) -> date:
    moment = when.earliest
    if moment is None:
        raise InputError(
            "An image has no date.", saw=when.spoken(), do="Give a period for it (--before 2017-09 …).", code="date"
        )
    return moment.date() if isinstance(moment, datetime) else moment


def pairs_of(
    times: Sequence[When], before: Sequence[int], after: Sequence[int], history: Sequence[int]
) -> tuple[Pair, ...]:
    """Change pairs (before, after) and history pairs of consecutive years, as indices into `times`.

    For each time of year the looks of both periods are paired in order; where one period has more years its looks
    are paired with those of the other in turn. Two single looks of different months are paired all the same: the
    method then says so. Raises InputError (code `no-common-months`) when nothing can be compared, UsageError
    (`before-after-after`) when a look of the first period is not earlier than every look of the second.
    """
    _check_order(times, before, after)
    a, b = _by_season(times, before), _by_season(times, after)
    change = [
        Pair(kind="change", a=a[key][index % len(a[key])], b=b[key][index % len(b[key])])
        for key in sorted(a.keys() & b.keys())
        for index in range(max(len(a[key]), len(b[key])))
    ]
    if not change and len(before) == len(after) == 1:
        change = [Pair(kind="change", a=before[0], b=after[0])]
    if not change:
        raise InputError(
            "The two periods have no month in common, so a change cannot be told from the season.",
            saw=f"before: {_told(times, before)}; after: {_told(times, after)}",
            do="Give the same months of two years.",
            code="no-common-months",
        )
    return (*change, *_history(times, before, history, {pair.a for pair in change}))


def _check_order(times: Sequence[When], before: Sequence[int], after: Sequence[int]) -> None:
    if not before or not after:
        return
    last = max(before, key=lambda index: _day(times[index]))
    first = min(after, key=lambda index: _day(times[index]))
    if _day(times[last]) >= _day(times[first]):
        raise UsageError(
            "The first period must lie before the second.",
            saw=f"before: {_told(times, before)}; after: {_told(times, after)}",
            do="Give --before the earlier dates, and no date to both.",
            code="before-after-after",
        )


def _history(times: Sequence[When], before: Sequence[int], history: Sequence[int], used: set[int]) -> list[Pair]:
    seasons = {season(times[index]) for index in used}
    looks = _by_season(times, sorted({*before, *history}, key=lambda index: _day(times[index])))
    return [
        Pair(kind="history", a=one, b=other)
        for key in sorted(looks.keys() & seasons)
        for one, other in zip(looks[key], looks[key][1:], strict=False)
        if _day(times[other]).year - _day(times[one]).year == 1
    ]


def _by_season(times: Sequence[When], chosen: Sequence[int]) -> dict[Season, list[int]]:
    found: dict[Season, list[int]] = {}
    for index in chosen:
        found.setdefault(season(times[index]), []).append(index)
    return found


def _told(times: Sequence[When], chosen: Sequence[int]) -> str:
    return ", ".join(times[index].spoken() for index in chosen) or "nothing"
