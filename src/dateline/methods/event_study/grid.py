"""Looks on the series' own steps (days, weeks, months, years), and where on them an event may have begun."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

import numpy as np
import numpy.typing as npt

from dateline.core.errors import Refusal
from dateline.core.when import Moment, When
from dateline.imagery.tables import ZonalSeries
from dateline.ledger.finding import Note
from dateline.methods.lights_trend.axis import on_axis, take

I8 = npt.NDArray[np.intp]

_NAMES = {
    ("day", 1): "day",
    ("day", 7): "week",
    ("month", 1): "month",
    ("month", 3): "quarter",
    ("month", 12): "year",
    ("year", 1): "year",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The times of T looks in steps of the series. A step is `length` units long; look t lies at step at[t].

    origin: the unit (day, month or year) of step 0. at: (T,) rising, beginning with 0.
    """

    unit: Literal["day", "month", "year"]
    length: int
    origin: int
    at: I8

    @property
    def steps(self) -> int:
        """How many steps the series spans, gaps among them."""
        return int(self.at[-1]) + 1

    @property
    def name(self) -> str:
        """What a step is called: day, week, month, quarter, year."""
        return _NAMES.get((self.unit, self.length), f"step of {self.length} {self.unit}s")

    def when(self, step: int) -> When:
        """The time of one step."""
        first, last = self._day(step), self._day(step + 1) - timedelta(days=1)
        return When.between(first, last)

    def since(self, step: int) -> str:
        """The same in words as the beginning of something: the month or year, or the first day of a longer step."""
        return (self.when(step) if self.length == 1 else When.on(self._day(step))).spoken()

    def _day(self, step: int) -> date:
        unit = self.origin + step * self.length
        if self.unit == "day":
            return date.fromordinal(unit)
        return date(unit, 1, 1) if self.unit == "year" else date(unit // 12, unit % 12 + 1, 1)

    def seasons(self) -> I8:
        """(T,) calendar month of each look's first day, 1 to 12."""
        return np.array([self._day(int(step)).month for step in self.at], dtype=np.intp)

    def years(self) -> I8:
        """(T,) calendar year of each look's first day."""
        return np.array([self._day(int(step)).year for step in self.at], dtype=np.intp)

    def onset(self, event: When) -> tuple[int, int] | None:
        """First and last step in which an event may have begun; None when an end is open. May lie off the series."""
        if event.earliest is None or event.latest is None:
            return None
        first, last = _plain(event.earliest), _plain(event.latest)
        if event.after and not isinstance(event.earliest, datetime):
            first = min(first + timedelta(days=1), last)
        return self._step(first), self._step(last)

    def _step(self, day: date) -> int:
        units = {"day": day.toordinal(), "month": day.year * 12 + day.month - 1, "year": day.year}[self.unit]
        return (units - self.origin) // self.length


def _plain(moment: Moment) -> date:
    return moment.astimezone(UTC).date() if isinstance(moment, datetime) else moment


def on_grid(series: ZonalSeries) -> tuple[ZonalSeries, Grid, tuple[Note, ...]]:
    """The series in order of time, its grid, and notes on what was made of its dates.

    Looks are months, years, or single days (a week apart makes weeks). Raises Refusal: `not-periodic` for anything
    else, `doubled-frame-differs` for one time with two values.
    """
    try:
        ordered, axis, notes = on_axis(series)
    except Refusal as refusal:
        if refusal.code != "not-periodic":
            raise
        return _daily(series)
    unit: Literal["month", "year"] = axis.step
    return ordered, _grid(unit, axis.time), notes


def _grid(unit: Literal["day", "month", "year"], time: I8) -> Grid:
    length = max(1, math.gcd(*np.diff(time).tolist())) if len(time) > 1 else 1
    return Grid(unit=unit, length=length, origin=int(time[0]), at=(time - time[0]) // length)


def _daily(series: ZonalSeries) -> tuple[ZonalSeries, Grid, tuple[Note, ...]]:
    days = []
    for look in series.looks:
        first, last = look.when.earliest, look.when.latest
        if first is None or last is None or _plain(first) != _plain(last):
            raise Refusal(
                "The looks are not all months, all years, or all single days.",
                saw=look.when.edtf(),
                do="Give looks of one kind; spans of other lengths can be dated by their first day.",
                code="not-periodic",
            )
        days.append(_plain(first).toordinal())
    order = np.argsort(days, kind="stable")
    time = np.array(days, dtype=np.intp)[order]
    again = np.flatnonzero(np.diff(time) == 0)
    means = series.mean()[order]
    if len(again) and not np.array_equal(means[again], means[again + 1], equal_nan=True):
        raise Refusal(
            "One day occurs twice with different values.",
            saw=str(date.fromordinal(int(time[again[0]]))),
            do="Find out which of the two is right and give only that one.",
            code="doubled-frame-differs",
        )
    keep = np.delete(order, again + 1)
    text = f"{len(again)} days came twice with equal values; the second was dropped."
    notes = (Note(code="doubled-frame", text=text),) if len(again) else ()
    return take(series, keep.tolist()), _grid("day", np.delete(time, again + 1)), notes
