"""Can two shares of days be samples of one window? Under independent days, random days, and days in unbroken runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import stats

from dateline.methods.presence import Chain, simulated

DRAWS = 2000
"""Histories of a window that a chance is counted on: a chance of 0.05 is known to 0.01 (two standard errors)."""
TOUCH = 1e-9

Says = Literal["agree", "cannot tell", "conflict", "impossible"]


@dataclass(frozen=True, slots=True)
class Seen:
    """ships of days [day]: on how many of the days that were looked at ships lay there. Raises ValueError."""

    ships: int
    days: int

    def __post_init__(self) -> None:
        if not 0 <= self.ships <= self.days or self.days < 1:
            raise ValueError(f"{self.ships} of {self.days} days")

    @property
    def share(self) -> float:
        """[1]"""
        return self.ships / self.days


@dataclass(frozen=True, slots=True)
class Chances:
    """How often two looks at one window differ as much as these, by what is assumed.

    independent: days are independent draws (Fisher 1922). random: both sets of days were drawn at random from the one
    window, whatever ships did in it; the greatest over all numbers of ship-days. runs: by mean stay [day], where one
    house looked at the first days without a gap and the other at the last: as far apart as two sets of days can lie.
    is_possible: whether one window can hold both at all.
    """

    independent: float
    random: float
    runs: tuple[tuple[float, float], ...]
    is_possible: bool

    def says(self, alpha: float) -> Says:
        """agree: even random days differ so much; conflict: not even runs do; cannot tell: it depends on the days."""
        if not self.is_possible:
            return "impossible"
        if self.random >= alpha:
            return "agree"
        return "cannot tell" if max(chance for _, chance in self.runs) >= alpha else "conflict"

    def stay_needed(self, alpha: float) -> float | None:
        """The shortest of the mean stays [day] at which runs of days differ as much; None where none does."""
        return next((stay for stay, chance in self.runs if chance >= alpha), None)


def chances(one: Seen, other: Seen, window: int, stays: Sequence[float], rng: np.random.Generator) -> Chances:
    """The chances for two looks at a window [days], neither longer than it; stays: mean stays [day], rising.

    Fisher 1922, 10.2307/2340521. A stay is that of a two-state chain whose share of busy days is that of both together.
    """
    possible = max(one.ships, other.ships) <= most_ship_days(one, other, window)
    return Chances(
        independent=independent(one, other),
        random=_random(one, other, window) if possible else 0.0,
        runs=tuple((stay, _runs(one, other, window, stay, rng)) for stay in stays),
        is_possible=possible,
    )


def independent(one: Seen, other: Seen) -> float:
    """The chance of a difference as large, for independent days (Fisher 1922)."""
    table = np.array([[one.ships, one.days - one.ships], [other.ships, other.days - other.ships]])
    return float(stats.fisher_exact(table).pvalue)


def most_ship_days(one: Seen, other: Seen, window: int) -> int:
    """The most days with ships that a window can have had, if both read every day right [day]."""
    return min(seen.ships + window - seen.days for seen in (one, other))


def _random(one: Seen, other: Seen, window: int) -> float:
    """Greatest chance over the ship-days that both allow; exact, days drawn without replacement."""
    gap = abs(one.share - other.share) - TOUCH
    counts, others = np.arange(one.days + 1), np.arange(other.days + 1)
    far = np.abs(counts[:, None] / one.days - others[None, :] / other.days) >= gap
    best = 0.0
    for total in range(max(one.ships, other.ships), most_ship_days(one, other, window) + 1):
        first = stats.hypergeom.pmf(counts, window, total, one.days)
        second = stats.hypergeom.pmf(others, window, total, other.days)
        best = max(best, float(first @ far @ second))
    return min(1.0, best)


def _runs(one: Seen, other: Seen, window: int, stay: float, rng: np.random.Generator) -> float:
    """Share of simulated windows in which the first and the last days differ as much."""
    share = (one.ships + other.ships) / (one.days + other.days)
    share = min(max(share, 0.5 / window), 1 - 0.5 / window)
    chain = Chain(np.full(DRAWS, share), np.full(DRAWS, stay))
    busy = simulated(np.arange(window, dtype=float), chain, rng)
    first, last = busy[: one.days].mean(axis=0), busy[window - other.days :].mean(axis=0)
    far = np.abs(first - last) >= abs(one.share - other.share) - TOUCH
    return float((1 + far.sum()) / (1 + DRAWS))


def equal_at(ships: int, other: Seen) -> float | None:
    """Of how many days [day] so many days with ships make the other's share; None where one saw none."""
    return ships / other.share if ships and other.ships else None


def agreeing(ships: int, other: Seen, window: int, alpha: float) -> tuple[int, int] | None:
    """Least and most days looked at [day] at which independent days (Fisher 1922) do not set the two apart."""
    fits = [days for days in range(max(ships, 1), window + 1) if independent(Seen(ships, days), other) >= alpha]
    return (fits[0], fits[-1]) if fits else None
