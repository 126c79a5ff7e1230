"""Geometry of charts: scales, round ticks, paths. SVG itself is written by the blocks' templates."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from dateline.core.when import Moment, When


@dataclass(frozen=True, slots=True)
class Scale:
    """Values to pixels, linear or logarithmic."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        """The pixel of a value, to a tenth; values outside the scale stay at its edge."""
        value = min(max(value, self.low), self.high)
        if self.log:
            share = math.log(value / self.low) / math.log(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)


def ticks(low: float, high: float, count: int = 5) -> tuple[float, ...]:
    """Round values that span low to high: steps of 1, 2 or 5 times a power of ten."""
    if high - low <= 1e-9 * max(abs(low), abs(high), 1e-12):
        high = low + max(abs(low), 1e-12)
    raw = (high - low) / max(count, 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(step * power for step in (1, 2, 5, 10) if raw <= step * power * (1 + 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(float(f"{index * step:.12g}") for index in range(first, last + 1))


def log_ticks(low: float, high: float) -> tuple[float, ...]:
    """Round values between low and high (above 0): 1, 2, 5 within one decade, 1 and 3 within three, else powers."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    decades = math.log10(high / low)
    steps = (1, 2, 5) if decades <= 1.5 else (1, 3) if decades <= 3 else (1,)
    found = [round(step * 10.0**power, 12) for power in powers for step in steps]
    inside = [tick for tick in found if low <= tick <= high]
    return tuple(inside or found)


def decimals(values: Sequence[float]) -> int:
    """How many decimals a row of ticks needs."""
    gaps = [abs(two - one) for one, two in pairwise(values) if two != one]
    smallest = min(gaps, default=1.0)
    return max(0, -math.floor(math.log10(smallest) + 1e-9))


@dataclass(frozen=True, slots=True)
class TimeScale:
    """Days to pixels."""

    first: date
    last: date
    start: float
    end: float

    def __call__(self, day: date) -> float:
        """The pixel at which a day begins."""
        span = max((self.last - self.first).days, 1)
        return round(self.start + (day - self.first).days / span * (self.end - self.start), 1)

    def bar(self, when: When, least: float) -> tuple[float, float, bool, bool]:
        """Left edge and width of an interval [px], and whether each side is open. A day is at least `least` wide."""
        left_open, right_open = when.earliest is None, when.latest is None
        left = self.start if when.earliest is None else self(max(day_of(when.earliest), self.first))
        after = None if when.latest is None else day_of(when.latest) + timedelta(days=1)
        right = self.end if after is None else self(min(after, self.last))
        if right - left < least:
            middle = (left + right) / 2
            left = min(max(middle - least / 2, self.start), self.end - least)
            right = left + least
        return round(left, 1), round(right - left, 1), left_open, right_open

    def marks(self, most: int = 9) -> tuple[tuple[date, bool], ...]:
        """Days for ticks, and whether each begins a year: years, or months in steps where the span is short."""
        years = [date(year, 1, 1) for year in range(self.first.year, self.last.year + 2)]
        inside = [day for day in years if self.first <= day <= self.last]
        if len(inside) >= 3:
            step = math.ceil(len(inside) / most)
            return tuple((day, True) for day in inside if (day.year - inside[0].year) % step == 0)
        months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        step = next(step for step in (1, 2, 3, 6, 12) if months / step <= most or step == 12)
        every = [
            date(year, month, 1)
            for year in range(self.first.year, self.last.year + 1)
            for month in range(1, 13)
            if (month - 1) % step == 0
        ]
        return tuple((day, day.month == 1) for day in every if self.first <= day <= self.last)


def day_of(moment: Moment) -> date:
    """The plain day of a moment."""
    return moment.date() if hasattr(moment, "date") else moment


def span(times: Iterable[When], *, margin: float = 0.02) -> tuple[date, date]:
    """The first and last day that the closed ends of some times have, with a margin on both sides."""
    days = [day_of(moment) for when in times for moment in (when.earliest, when.latest) if moment is not None]
    first, last = min(days), max(days)
    pad = timedelta(days=max(1, round((last - first).days * margin)))
    return first - pad, last + pad


def path(points: Sequence[tuple[float, float]]) -> str:
    """A line through points."""
    return "M" + "L".join(f"{x:g},{y:g}" for x, y in points)


def band(upper: Sequence[tuple[float, float]], lower: Sequence[tuple[float, float]]) -> str:
    """A closed area between an upper and a lower line."""
    return path([*upper, *reversed(lower)]) + "Z"
