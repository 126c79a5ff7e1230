"""What the looks say of the days between them: ship-days, visits and stays, by a two-state chain seen now and then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from statistics import median

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from dateline.imagery.tables import F8
from dateline.methods.port_activity.days import Day, State
from dateline.methods.presence import (
    I8,
    STAYS,
    Chain,
    Looks,
    effective_days,
    filtered,
    finer,
    grid,
    histories,
    visits_of,
)

DRAWS, COUNTED = 1000, 400
"""Histories that are drawn, and on how many of them visits are counted."""
APART = 1e-4
"""[day] Two looks of one moment are taken this far apart."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How looks are read. disputed: what disputed looks count as, 1 ships, 0 empty. shortest: mean stay [day]."""

    disputed: int = 1
    detection: float = 1.0
    false_alarm: float = 0.0
    shortest: float = 0.25

    def code(self, state: State) -> int:
        """1 ships, 0 empty, -1 not seen. A look at a part counts for nothing, with ships or without."""
        return {"ships": 1, "empty": 0, "disputed": self.disputed}.get(state, -1)


@dataclass(frozen=True, slots=True)
class Drawn:
    """Draws of what can have been, given the looks.

    ship_days [day] and visits in the window; stay: mean length of a spell with ships [day]; share: of time busy [1];
    worth: how many independent days the observed ones are worth [day]; alike: correlation of two looks a day apart.
    is_bounded: whether the looks exclude spells as short as `shortest`; without that, visits have no upper bound, and
    `if_short` holds the ship-days of a port where spells are as short, which the looks allow as well.
    """

    ship_days: I8
    visits: I8
    stay: F8
    share: F8
    worth: F8
    alike: F8
    chain: Chain
    is_bounded: bool
    if_short: I8 | None = None


def drawn(days: Sequence[Day], reading: Reading, level: float, rng: np.random.Generator) -> Drawn:
    """Draws given all looks of a window: the likelihood over a grid of shares and stays, histories, visits.

    Priors: Jeffreys' for the share, even in the logarithm of the mean stay from `shortest` to the window's length.
    """
    looks, of_day = timeline(days, reading)
    cells = grid(reading.shortest, max(float(len(days)), 4 * reading.shortest))
    likelihood = _likelihood(looks, cells)
    fine = finer(cells, likelihood)
    weight = _likelihood(looks, fine)
    weight = np.exp(weight - weight.max())
    chain = fine.pick(rng.choice(len(weight), DRAWS, p=weight / weight.sum()))
    busy = histories(looks, chain, rng)
    table = likelihood.reshape(-1, STAYS)
    lag = 2 * float(table.max() - table[:, 0].max())
    bounded = bool(lag > stats.chi2.ppf(level, 1))
    first = chain.pick(np.arange(COUNTED))
    seen = np.array([(day.day - days[0].day).days for day in days if _code(day, reading) >= 0], float)
    return Drawn(
        ship_days=_per_day(busy, of_day),
        visits=visits_of(busy[:, :COUNTED], looks.times, first, rng),
        stay=chain.stay,
        share=chain.share,
        worth=effective_days(seen, first),
        alike=np.exp(-chain.rate),
        chain=chain,
        is_bounded=bounded,
        if_short=None if bounded else _if_short(looks, of_day, cells, table[:, 0], rng),
    )


def _per_day(busy: NDArray[np.bool_], of_day: I8) -> I8:
    """(G,) days of each history that are busy at one time at least [day]."""
    inside = of_day >= 0
    starts = np.flatnonzero(np.diff(of_day[inside], prepend=-1))
    total: I8 = np.logical_or.reduceat(busy[inside], starts, axis=0).sum(axis=0)
    return total


def _if_short(looks: Looks, of_day: I8, cells: Chain, likelihood: F8, rng: np.random.Generator) -> I8:
    """Ship-days of histories of the shortest stays. likelihood: of each share at that stay."""
    weight = np.exp(likelihood - likelihood.max())
    short = cells.pick(rng.choice(len(weight), DRAWS, p=weight / weight.sum()) * STAYS)
    return _per_day(histories(looks, short, rng), of_day)


def _code(day: Day, reading: Reading) -> int:
    return reading.code(day.state)


def _likelihood(looks: Looks, cells: Chain) -> F8:
    known = np.flatnonzero(looks.seen >= 0)
    few = Looks(looks.times[known], looks.seen[known], looks.detection, looks.false_alarm)
    return filtered(few, cells)[1]


def timeline(days: Sequence[Day], reading: Reading) -> tuple[Looks, I8]:
    """The window as times [day since its first midnight], with the day of each; -1 for its two ends.

    A day without a look stands in it at the usual hour of the others.
    """
    hours = [_hours(one.local) for day in days for one in day.passes]
    usual = median(hours) / 24 if hours else 0.5
    times, seen, of_day = [0.0], [-1], [-1]
    for number, day in enumerate(days):
        looks = [(_hours(one.local) / 24, reading.code(one.state)) for one in day.passes]
        for share, code in looks or [(usual, -1)]:
            at = number + share
            times.append(max(at, times[-1] + APART))
            seen.append(code)
            of_day.append(number)
    times.append(max(float(len(days)), times[-1] + APART))
    looks_of = Looks(np.array(times), np.array([*seen, -1]), reading.detection, reading.false_alarm)
    return looks_of, np.array([*of_day, -1])


def _hours(local: datetime) -> float:
    return (local - datetime.combine(local.date(), time())).total_seconds() / 3600


def none_upper_if_stays(days: Sequence[Day], stay: float, level: float, detection: float = 1.0) -> float:
    """The largest share of busy time [1] that lets all observed days be empty in 1 - level of cases, if ships stay.

    stay: mean stay [day]. detection: chance that a look shows a ship that is there [1].
    """
    looks, _ = timeline(days, Reading(detection=detection))
    shares = np.linspace(0.001, 0.999, 999)
    likelihood = _likelihood(looks, Chain(shares, np.full(shares.size, stay)))
    return float(shares[np.exp(likelihood) >= 1 - level].max(initial=shares[0]))


def quantiles(draws: I8 | F8, level: float) -> tuple[float, float, float]:
    """Middle, low and high of draws at a level, the bounds widened to values that occur."""
    tail = (1 - level) / 2
    low, middle, high = np.quantile(draws, [tail, 0.5, 1 - tail], method="inverted_cdf")
    return float(middle), float(low), float(high)
