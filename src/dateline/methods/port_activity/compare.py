"""Comparisons at equal effort: before and after a day, a trend, months, clear days, and a second pair of eyes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from scipy import stats

from dateline.core.estimate import Estimate
from dateline.ledger.port_log import PortLook
from dateline.methods.port_activity.days import Day
from dateline.methods.port_activity.model import Drawn, Reading, drawn, quantiles
from dateline.methods.presence import none_seen_upper, share_interval, simulated

FEWEST = 10
"""Days observed that a trend, and a comparison of two periods, need."""
RADAR = ("sentinel-1", "s1", "sar", "radar", "terrasar", "iceye", "capella", "umbra", "radarsat", "cosmo")
HAZE = ("cloud", "haze", "fog", "snow", "dark")


@dataclass(frozen=True, slots=True)
class Count:
    """Days with ships of days observed; disputed ones are in `observed` and in neither sort."""

    observed: int
    ships: int
    disputed: int = 0

    @property
    def share(self) -> float:
        """Days with ships of days observed [1], disputed days as days with ships. observed is above 0."""
        return (self.ships + self.disputed) / self.observed

    def told(self) -> str:
        """ "12 of 40 observed days"."""
        return f"{self.ships} of {self.observed} observed days"


def count(days: Iterable[Day]) -> Count:
    """How many of some days were observed in full, and on how many of those ships were seen."""
    states = [day.state for day in days]
    ships, disputed = states.count("ships"), states.count("disputed")
    return Count(ships + disputed + states.count("empty"), ships, disputed)


@dataclass(frozen=True, slots=True)
class Halves:
    """Two periods per observed day. difference: later minus earlier [%]; upper: of the earlier where none was seen."""

    before: Count
    after: Count
    difference: Estimate | None
    upper: float | None

    def to_json(self, level: float) -> dict[str, Any]:
        """Both counts and the bound."""
        plain = {
            name: {"observed": one.observed, "ships": one.ships, "disputed": one.disputed}
            for name, one in (("before", self.before), ("after", self.after))
        }
        bound = {} if self.upper is None else {"before_at_most_percent": round(100 * self.upper, 1), "level": level}
        return {**plain, **bound}


def halves(days: Sequence[Day], since: date, reading: Reading, level: float, rng: np.random.Generator) -> Halves:
    """Days before `since` against those from it on, per day observed; the difference heeds that ships stay."""
    parts = [[day for day in days if day.day < since], [day for day in days if day.day >= since]]
    before, after = (count(part) for part in parts)
    difference = None
    if min(before.observed, after.observed) >= FEWEST:
        draws = [drawn(part, reading, level, rng).share for part in parts]
        best, low, high = quantiles(100 * (draws[1] - draws[0]), level)
        difference = Estimate(
            best=best,
            low=low,
            high=high,
            unit="%",
            level=level,
            n=before.observed + after.observed,
            how="difference of the shares of time with ships, two-state chain",
        )
    none = before.observed and not before.ships + before.disputed
    upper = none_seen_upper(before.observed, level, reading.detection) if none else None
    return Halves(before, after, difference, upper)


@dataclass(frozen=True, slots=True)
class Trend:
    """Change of the share per 30 days [% of days], and how often chance alone gives as much where ships stay."""

    slope: Estimate
    p: float
    p_independent: float


def trend(days: Sequence[Day], made: Drawn, reading: Reading, level: float, rng: np.random.Generator) -> Trend | None:
    """Whether ships became more frequent over the window, per observed day. None with too few days or one sort only.

    p compares the slope with those of histories without a trend, as long-lived as this one, looked at on these days.
    """
    seen = [(day, reading.code(day.state)) for day in days if reading.code(day.state) >= 0]
    values = np.array([code for _, code in seen], float)
    if len(seen) < FEWEST or values.min() == values.max():
        return None
    at = np.array([(day.day - days[0].day).days for day, _ in seen], float)
    centred = at - at.mean()
    weight = centred / (centred @ centred)
    null = simulated(at, made.chain, rng)
    chance = np.where(null, reading.detection, reading.false_alarm)
    slopes = weight @ (rng.random(null.shape) < chance)
    slope = float(weight @ values)
    p = float((1 + np.sum(np.abs(slopes) >= abs(slope) - 1e-12)) / (1 + slopes.size))
    spread = 3000 * float(np.quantile(np.abs(slopes), level))
    best = 3000 * slope
    estimate = Estimate(
        best=best,
        low=best - spread,
        high=best + spread,
        unit="% per 30 days",
        level=level,
        n=len(seen),
        how="straight line through observed days, spread of histories without a trend",
    )
    return Trend(estimate, p, float(stats.pearsonr(at, values).pvalue))


@dataclass(frozen=True, slots=True)
class Months:
    """Observed days and days with ships by month; p: chance of an effort as uneven, were all days alike."""

    rows: tuple[Mapping[str, Any], ...]
    p: float | None
    balanced: float | None
    """The share when every month weighs as much as it has days [%]; None when a month was not observed at all."""


def months(days: Sequence[Day], level: float) -> Months:
    """Whether the effort was even over the months, and the share if it had been."""
    by_month: dict[str, list[Day]] = {}
    for day in days:
        by_month.setdefault(f"{day.day:%Y-%m}", []).append(day)
    rows, weighed = [], 0.0
    counts = {month: count(part) for month, part in by_month.items()}
    for month, one in counts.items():
        low, high = share_interval(one.ships, one.observed, level) if one.observed else (None, None)
        rows.append(
            {
                "month": month,
                "days": len(by_month[month]),
                "observed": one.observed,
                "ships": one.ships,
                "disputed": one.disputed,
                "low": low,
                "high": high,
            }
        )
        weighed += one.share * len(by_month[month]) if one.observed else 0.0
    whole = all(one.observed for one in counts.values())
    table = np.array([[one.observed, len(by_month[month]) - one.observed] for month, one in counts.items()])
    p = float(stats.chi2_contingency(table).pvalue) if len(table) > 1 and table.sum(axis=0).all() else None
    return Months(tuple(rows), p, 100 * weighed / len(days) if whole else None)


def clear_days(days: Sequence[Day]) -> Mapping[str, Any] | None:
    """Ships on clear against cloudy days, where radar saw the place on both; None where it did not.

    p: Fisher's exact test, for independent days (Fisher 1922, 10.2307/2340521).
    """
    table = np.zeros((2, 2), int)
    for day in days:
        radar = [one for one in day.passes if _is_radar(one.sensor)]
        optical = [one for one in day.passes if one.sensor is not None and not _is_radar(one.sensor)]
        seen = {one.state for one in radar} & {"ships", "empty"}
        if not seen or not optical:
            continue
        clear = any(one.in_full for one in optical)
        if clear or any(word in why.lower() for one in optical for why in one.whys for word in HAZE):
            table[int(clear), int("ships" in seen)] += 1
    if not table.sum(axis=1).all():
        return None
    return {
        "clear": int(table[1].sum()),
        "clear_with_ships": int(table[1, 1]),
        "cloudy": int(table[0].sum()),
        "cloudy_with_ships": int(table[0, 1]),
        "p": float(stats.fisher_exact(table).pvalue),
    }


def _is_radar(sensor: str | None) -> bool:
    name = (sensor or "").lower().replace("_", "-")
    return any(name.startswith(word) or f" {word}" in f" {name}" for word in RADAR)


@dataclass(frozen=True, slots=True)
class Repeats:
    """Images that two looked at, the second blind: both saw ships, one did, neither. kappa: agreement beyond chance."""

    both: int
    one: int
    neither: int
    kappa: float | None

    @property
    def detection(self) -> tuple[float, float, float] | None:
        """Chance to see a ship that is there [1]: best, low, high at 90 %, if nobody sees one that is not there.

        2 both / (2 both + one), as in repeat surveys (MacKenzie and others 2002); None where nobody saw a ship. Of the
        images with a ship seen, both see it with chance d / (2 - d): the exact interval of that share, turned into d.
        """
        seen = self.both + self.one
        if not seen:
            return None
        low, high = (2 * share / (1 + share) for share in share_interval(self.both, seen, 0.9))
        return 2 * self.both / (self.both + seen), low, high


def repeats(looks: Iterable[PortLook]) -> Repeats | None:
    """How a blind second look agrees with the first (Cohen 1960, 10.1177/001316446002000104); None without one."""
    images: dict[tuple[str, str | None], list[PortLook]] = {}
    for look in looks:
        if look.seen != "not observed":
            images.setdefault((look.image, look.berth), []).append(look)
    table = np.zeros((2, 2), int)
    for some in images.values():
        ordered = sorted({look.by: look for look in some}.values(), key=lambda look: (look.blind, look.by))
        if len(ordered) > 1 and ordered[1].blind:
            table[int(ordered[0].seen == "ships"), int(ordered[1].seen == "ships")] += 1
    total = int(table.sum())
    if not total:
        return None
    agreed = np.trace(table) / total
    by_chance = float(table.sum(axis=0) @ table.sum(axis=1)) / total**2
    kappa = None if by_chance == 1 else float((agreed - by_chance) / (1 - by_chance))
    return Repeats(int(table[1, 1]), int(table[0, 1] + table[1, 0]), int(table[0, 0]), kappa)
