"""Looks become a regular axis of months or years: what was seen well enough, what was not, and what came twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np
import numpy.typing as npt

from dateline.core.errors import Refusal
from dateline.core.state import State
from dateline.core.when import When
from dateline.imagery.tables import F8, ZonalSeries
from dateline.ledger.finding import Note

MONTHS_A_YEAR = 12

SPLICE = "splice_log_sd"
"""In ZonalSeries.other: the standard deviation of the logarithm of the factor behind looks brought over from
another satellite by lights_splice; 0 for the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """The times of a series in whole steps. step: of the axis. time: (T,) rising months or years since the year 0."""

    step: Literal["month", "year"]
    time: npt.NDArray[np.intp]

    @property
    def seasons(self) -> int:
        """How many steps make a year."""
        return MONTHS_A_YEAR if self.step == "month" else 1

    def years(self, values: F8) -> F8:
        """One series (T,) as a table of consecutive years by seasons, NaN where there is no look."""
        year, season = np.divmod(self.time, self.seasons)
        table: F8 = np.full((int(year[-1] - year[0]) + 1, self.seasons), np.nan)
        table[year - year[0], season] = values
        return table

    def when(self, index: int) -> When:
        """The month or year of one look."""
        return self.at(int(self.time[index]))

    def at(self, time: int) -> When:
        """The month or year at a position on the axis."""
        if self.step == "year":
            return When.year(time)
        return When.month(time // MONTHS_A_YEAR, time % MONTHS_A_YEAR + 1)


def take(series: ZonalSeries, keep: Sequence[int]) -> ZonalSeries:
    """The same series with some looks only, in the order of `keep`."""
    at = list(keep)
    return replace(
        series,
        looks=tuple(series.looks[index] for index in at),
        profiles=tuple(series.profiles[index] for index in at) if series.profiles else (),
        other={name: values[at] for name, values in series.other.items()},
        **{name: getattr(series, name)[at] for name in ("total", "area_total", "weight", "lit", "nights")},
    )


def on_axis(series: ZonalSeries) -> tuple[ZonalSeries, Axis, tuple[Note, ...]]:
    """The series in order of time, its axis, and notes on looks that came twice with equal values (dropped).

    Raises Refusal `not-periodic` when the looks are not all months or all years, and `doubled-frame-differs` when
    one month or year has two different looks.
    """
    step, times = _times(series)
    order = sorted(range(len(times)), key=times.__getitem__)
    keep: list[int] = []
    doubled: list[str] = []
    for index in order:
        if keep and times[keep[-1]] == times[index]:
            _refuse_different(series, keep[-1], index)
            doubled.append(series.looks[index].when.spoken())
        else:
            keep.append(index)
    axis = Axis(step=step, time=np.array([times[index] for index in keep], dtype=np.intp))
    return take(series, keep), axis, (*_first_days(series), *_doubled(doubled))


def _doubled(names: list[str]) -> tuple[Note, ...]:
    if not names:
        return ()
    text = f"{', '.join(names)} came twice with equal values; the second was dropped."
    return (Note(code="doubled-frame", text=text),)


def _first_days(series: ZonalSeries) -> tuple[Note, ...]:
    if not any(look.when.earliest == look.when.latest for look in series.looks):
        return ()
    return (Note(code="first-days", text="The looks are dated to first days of months; each was read as its month."),)


def _times(series: ZonalSeries) -> tuple[Literal["month", "year"], list[int]]:
    months = [_month(look.when) for look in series.looks]
    if months and all(month is not None for month in months):
        return "month", [month for month in months if month is not None]
    years = [_year(look.when) for look in series.looks]
    if years and all(year is not None for year in years):
        return "year", [year for year in years if year is not None]
    odd = next((look.when.edtf() for look in series.looks if _month(look.when) is None), "no look at all")
    raise Refusal(
        "The looks are not all calendar months, and not all calendar years.",
        saw=f"{odd} among {len(series.looks)} looks",
        do="Give monthly or yearly composites. For nights, use the method outage.",
        code="not-periodic",
    )


def _month(when: When) -> int | None:
    """A whole month, or its first day, by which monthly cubes are often dated; None for anything else."""
    first = when.earliest
    if type(first) is not date or when.latest not in {When.month(first.year, first.month).latest, first}:
        return None
    return first.year * MONTHS_A_YEAR + first.month - 1 if first.day == 1 else None


def _year(when: When) -> int | None:
    first = when.earliest
    return first.year if type(first) is date and when == When.year(first.year) else None


def _refuse_different(series: ZonalSeries, first: int, second: int) -> None:
    same = all(
        np.array_equal(values[first], values[second], equal_nan=True)
        for values in (series.total, series.weight, series.nights)
    )
    if not same:
        at = series.looks[first].when.spoken()
        raise Refusal(
            f"{at} occurs twice with different values.",
            saw=f"totals {series.total[first][:3].tolist()} and {series.total[second][:3].tolist()}",
            do="Find out which of the two is right and give only that one.",
            code="doubled-frame-differs",
        )


def seen_share(series: ZonalSeries) -> F8:
    """(T, P) share of each place that was seen, 0 to 1, of what is never masked away (sea, another country)."""
    share: F8 = series.seen() / _visible(series)
    return share


def _visible(series: ZonalSeries) -> F8:
    """(P,) what of each place is ever within sight [px]; infinite where nothing is, so that no share comes of it."""
    visible = series.size - series.weight[:, :, State.OUTSIDE].min(axis=0, initial=np.inf)
    inside: F8 = np.where(visible > 0, visible, np.inf)
    return inside


def usable(series: ZonalSeries, *, least_share: float, least_nights: float) -> tuple[F8, npt.NDArray[np.str_]]:
    """(T, P) mean values, NaN where too little was seen; and why, in words ("used" where the value counts).

    least_share: of the place [1]. least_nights: mean looks over seen pixels [nights]; an unknown number passes.
    """
    mean = series.mean()
    enough = seen_share(series) >= least_share
    looked_at = (series.seen() + series.weight[:, :, State.TOO_FEW]) / _visible(series) >= least_share
    why = np.full(mean.shape, "used", dtype="<U14")
    why[series.nights < least_nights] = State.TOO_FEW.words
    why[~enough | ~np.isfinite(mean)] = State.NOT_OBSERVED.words
    why[~enough & looked_at] = State.TOO_FEW.words
    return np.where(why == "used", mean, np.nan), why
