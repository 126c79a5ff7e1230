"""What a change is measured against: the place's own years, its controls, and the number of places asked about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from dateline.imagery.tables import F8
from dateline.methods.night_lights.noise import Noise, Spread, overlap, p_value, welch, year_spread, years_of
from dateline.methods.night_lights.sums import Pairs

FEWEST_CONTROLS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSpread:
    """How much the same months differed from one year to another before the question, as log ratios.

    years: pairs of years. mean, deviation: of their log ratios. low, high: the band in which one more pair of years
    would fall at the level asked. beyond: the change less the mean. p: two-sided, of the change against that band.
    """

    years: int
    mean: float
    deviation: float
    low: float
    high: float
    beyond: float
    p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BesideControls:
    """A place against its control places, as log ratios.

    controls: their number. mean, deviation: of the controls' own log ratios. relative, low, high: the place's log
    ratio less the controls' mean (difference in differences), with its interval. p: two-sided.
    """

    controls: int
    mean: float
    deviation: float
    relative: float
    low: float
    high: float
    p: float

    @property
    def beyond(self) -> float:
        """The change less that of the controls, as a log ratio."""
        return self.relative


def own_spread(log_ratio: float, values: F8, pairs: Pairs, level: float) -> OwnSpread | None:
    """The band of ordinary years, or None with fewer than two pairs of years of history.

    values: (K,) log ratios of all pairs, NaN where dark. The band is Student's prediction interval for one more pair
    of years around the mean of the past ones, so that few years make it wide.
    """
    known = np.isfinite(values)
    years = years_of(values[known], pairs.kept(known))
    past = years.history
    spread = year_spread(years, past)
    if spread.df <= 0:
        return None
    count = int(past.sum())
    even = np.full(count, 1 / count)
    of_mean = float(even @ overlap(years.year_a[past], years.year_b[past]) @ even)
    mean = float(years.mean[past].mean())
    next_year = Spread(spread.variance * (1 + of_mean), spread.df)
    half = float(stats.t.ppf((1 + level) / 2, next_year.df) * np.sqrt(next_year.variance))
    return OwnSpread(
        years=count,
        mean=mean,
        deviation=float(np.sqrt(spread.variance)),
        low=mean - half,
        high=mean + half,
        beyond=log_ratio - mean,
        p=p_value(log_ratio - mean, next_year),
    )


def beside_controls(log_ratio: float, noise: Noise, controls: Sequence[float], level: float) -> BesideControls | None:
    """Difference in differences against control places, or None with fewer than three.

    controls: their log ratios. The place is taken to scatter as the controls do, or by its own noise where that is
    larger; the controls' mean adds its own error.
    """
    count = len(controls)
    if count < FEWEST_CONTROLS:
        return None
    among = Spread(float(np.var(controls, ddof=1)), count - 1.0)
    own = max(among, Spread(noise.variance, noise.df), key=lambda spread: spread.variance)
    total = welch((own, among.times(1 / count)))
    relative = log_ratio - float(np.mean(controls))
    half = float(stats.t.ppf((1 + level) / 2, total.df) * np.sqrt(total.variance))
    return BesideControls(
        controls=count,
        mean=float(np.mean(controls)),
        deviation=float(np.sqrt(among.variance)),
        relative=relative,
        low=relative - half,
        high=relative + half,
        p=p_value(relative, total),
    )


def false_discovery(p_values: Sequence[float]) -> list[float]:
    """The q-value of each place of one family (Benjamini and Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x).

    Calling the places with q at or under a rate keeps the expected share of false calls at that rate.
    """
    if not p_values:
        return []
    return [float(q) for q in stats.false_discovery_control(np.asarray(p_values), method="bh")]
