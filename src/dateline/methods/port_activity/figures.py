"""The numbers of one place or berth, each with its interval; disputed looks and an uncertain eye widen them all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dateline.core.estimate import Estimate
from dateline.methods.port_activity.compare import Count, count
from dateline.methods.port_activity.days import Day
from dateline.methods.port_activity.model import Drawn, Reading, drawn, quantiles
from dateline.methods.port_activity.spells import spells_of
from dateline.methods.presence import corrected, share_interval, window_days


@dataclass(frozen=True, slots=True)
class Eye:
    """detection: best, low, high chance that a ship is seen; false_alarm: that one is seen where there is none [1]."""

    detection: tuple[float, float, float] = (1.0, 1.0, 1.0)
    false_alarm: float = 0.0

    @property
    def is_perfect(self) -> bool:
        """Whether looks are read as they stand."""
        return self.detection[0] == 1 and self.false_alarm == 0


@dataclass(frozen=True, slots=True)
class Figures:
    """Estimates by name, the reading that they rest on, and its draws; without draws the days were too few."""

    estimates: Mapping[str, Estimate]
    reading: Reading
    made: Drawn | None


def readings(days: Sequence[Day], eye: Eye, shortest: float) -> list[Reading]:
    """The reading in which disputed days had ships, then every other that the bounds must cover."""
    best = Reading(disputed=1, detection=eye.detection[0], false_alarm=eye.false_alarm, shortest=shortest)
    found = [best]
    if eye.detection[1] < eye.detection[2]:
        found += [replace(best, detection=bound) for bound in eye.detection[1:]]
    if any(one.state == "disputed" for day in days for one in day.passes):
        found += [replace(one, disputed=0) for one in found]
    return found


def figures(
    days: Sequence[Day], eye: Eye, *, shortest: float, fewest: int, level: float, rng: np.random.Generator
) -> Figures:
    """Shares, ship-days, visits and stays of a window with an observed day. fewest: observed days for a model."""
    seen, every = count(days), readings(days, eye, shortest)
    estimates = _counted(seen, len(days), eye, level)
    if seen.observed < fewest or not seen.ships + seen.disputed:
        return Figures(estimates, every[0], None)
    draws = [drawn(days, reading, level, rng) for reading in every]
    attested = sum(day.state in {"ships", "partly"} for day in days) if eye.false_alarm == 0 else 0
    estimates["ship_days"] = _ship_days(draws, attested, len(days), seen.observed, level)
    spells = spells_of(days).attested
    estimates["visits"] = _visits(draws, spells, seen.observed, level)
    longest = (estimates["ship_days"].high or 0.0) / max(spells, 1)
    estimates["mean_stay"] = _stay(draws, longest, seen.observed, level)
    estimates["effective_days"] = _of(
        "day", [one.worth for one in draws], seen.observed, level, "n² / sum of correlations"
    )
    worth = min(float(seen.observed), max(1.0, estimates["effective_days"].best))
    estimates["share_dependent"] = _share(
        seen, worth / seen.observed, level, "Clopper-Pearson at the effective number of days"
    )
    if not eye.is_perfect:
        estimates["share_corrected"] = _corrected(estimates["share_dependent"], eye)
    return Figures(estimates, every[0], draws[0])


def _counted(seen: Count, window: int, eye: Eye, level: float) -> dict[str, Estimate]:
    """What needs no model: the share of observed days, and the window if the days looked at were drawn at random."""
    found = {"share": _share(seen, 1.0, level, "Clopper-Pearson, for independent days")}
    low = window_days(seen.ships, seen.observed, window, level)[0]
    high = window_days(seen.ships + seen.disputed, seen.observed, window, level)[1]
    if eye.is_perfect:
        found["ship_days_if_drawn"] = Estimate(
            best=min(max(round(seen.share * window), low), high), low=low, high=high, unit="day", level=level,
            n=seen.observed, how="hypergeometric, for days looked at as if drawn at random",
        )  # fmt: skip
    else:
        found["share_corrected"] = _corrected(found["share"], eye)
    return found


def _corrected(raw: Estimate, eye: Eye) -> Estimate:
    """The share of days on which ships lay there [%], from that of days on which they were seen."""
    assert raw.low is not None
    assert raw.high is not None
    chances = [corrected(value / 100, one, eye.false_alarm)
               for value in (raw.low, raw.best, raw.high) for one in eye.detection]  # fmt: skip
    best = 100 * corrected(raw.best / 100, eye.detection[0], eye.false_alarm)
    how = f"Rogan-Gladen, from the interval of the share: {raw.how}"
    return replace(raw, best=best, low=100 * min(chances), high=100 * max(chances), how=how)


def _share(seen: Count, worth: float, level: float, how: str) -> Estimate:
    """Share of observed days [%], disputed days in both bounds as what they may be. worth: of a day, 1 independent."""
    low = share_interval(seen.ships * worth, seen.observed * worth, level)[0]
    high = share_interval((seen.ships + seen.disputed) * worth, seen.observed * worth, level)[1]
    return Estimate(
        best=100 * seen.share, low=100 * low, high=100 * high, unit="%", level=level, n=seen.observed, how=how
    )


def _of(unit: str, draws: Sequence[np.ndarray], n: int, level: float, how: str) -> Estimate:
    found = [quantiles(one, level) for one in draws]
    low, high = min(one[1] for one in found), max(one[2] for one in found)
    return Estimate(best=found[0][0], low=low, high=high, unit=unit, level=level, n=n, how=how)


def _ship_days(draws: Sequence[Drawn], attested: int, window: int, n: int, level: float) -> Estimate:
    short = [one.if_short for one in draws if one.if_short is not None]
    every = [*(one.ship_days for one in draws), *short]
    found = _of("day", every, n, level, "two-state chain seen on these days")
    least = min(attested, window)
    return replace(
        found, low=max(found.low or 0.0, least), best=max(found.best, least), high=max(found.high or 0.0, least)
    )


def _visits(draws: Sequence[Drawn], spells: int, n: int, level: float) -> Estimate:
    """Spells with at least one ship. Where looks do not exclude short ones, only a lower bound is told.

    spells: that the looks show as they stand. Where stays are alike there are no short ones between looks, which the
    chain adds: so the lower bound is never above them.
    """
    found = _of("visit", [one.visits for one in draws], n, level, "two-state chain seen on these days")
    found = replace(found, low=min(found.low or 0.0, spells))
    if all(one.is_bounded for one in draws):
        return found
    assert found.low is not None
    return replace(found, best=found.low, high=None, how="two-state chain: at least; short stays cannot be excluded")


def _stay(draws: Sequence[Drawn], longest: float, n: int, level: float) -> Estimate:
    """Mean length of a spell. longest: where there are no more spells than the looks show [day]."""
    found = _of("day", [one.stay for one in draws], n, level, "two-state chain seen on these days")
    found = replace(found, high=max(found.high or 0.0, longest))
    if all(one.is_bounded for one in draws):
        return found
    assert found.high is not None
    return replace(found, best=found.high, low=None, how="two-state chain: at most; short stays cannot be excluded")
