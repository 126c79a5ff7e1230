"""How far a ratio can be wrong: noise of months, of years and within the picture, measured where that is possible.

The log ratio of one pair of looks is modelled as truth + year + month + picture. Month and picture noise is new in each
pair of months and averages out over them; year noise is shared by all months of a year and does not. Both are block
variances: the blocks are months and years, and the variance of a mean over resampled blocks is known in closed form
(Efron and Tibshirani 1993, An Introduction to the Bootstrap, ch. 5), so nothing is drawn for them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import stats

from dateline.imagery.tables import F8
from dateline.methods.night_lights.blocks import Picture
from dateline.methods.night_lights.sums import I8, Pairs

ENOUGH = 3.0
"""Degrees of freedom from which a measured spread stands alone."""
PRIOR_DF = 4.0
"""What an assumed noise counts as, in degrees of freedom, where too little was measured (Smyth 2004,
doi:10.2202/1544-6115.1027)."""

Route = Literal["years", "months", "picture"]


@dataclass(frozen=True, slots=True)
class Spread:
    """A variance and the degrees of freedom it was measured with; 0 degrees: nothing was measured."""

    variance: float
    df: float

    @property
    def enough(self) -> bool:
        """Whether it stands without an assumption."""
        return self.df >= ENOUGH

    def times(self, factor: float) -> Spread:
        """The spread of something scaled so that its variance is multiplied by this."""
        return Spread(self.variance * factor, self.df)


NOTHING = Spread(0.0, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumed:
    """Standard deviations of log ratios of two same-month looks, used where nothing measures them.

    month: shared by all pixels of a place in one pair. year: shared by all months of a pair of years.
    """

    month: float
    year: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """The noise of a place's log ratio: its variance and degrees of freedom.

    route: what was measured. "years": all of it, between pairs of years; "months": the months, while what years share
    was assumed, wholly or in part; "picture": the noise within the picture only.
    month: one pair of months around its year. year: one pair of years around the mean of its kind, of which there
    are `pairs_of_years`.
    """

    variance: float
    df: float
    route: Route
    month: Spread
    year: Spread
    pairs_of_years: int

    def half_width(self, level: float) -> float:
        """Half of the interval of log R at `level`."""
        return float(stats.t.ppf((1 + level) / 2, self.df) * np.sqrt(self.variance))

    def p_value(self, log_ratio: float) -> float:
        """Two-sided chance of a log ratio at least this far from 0 had nothing changed."""
        return p_value(log_ratio, Spread(self.variance, self.df))

    def plus(self, other: Spread) -> Noise:
        """With a further, independent source of error, such as a calibration's."""
        total = welch((Spread(self.variance, self.df), other))
        return replace(self, variance=total.variance, df=total.df)


@dataclass(frozen=True, slots=True, kw_only=True)
class Years:
    """Pairs gathered into G pairs of years: mean log ratio, number of months, kind and years of each.

    of_pair: (K,) the group of each pair. `full` marks the groups with at least half of the question's months.
    """

    of_pair: I8
    mean: F8
    months: F8
    change: npt.NDArray[np.bool_]
    year_a: I8
    year_b: I8

    @property
    def full(self) -> npt.NDArray[np.bool_]:
        """(G,) groups that may stand for a pair of years."""
        asked = self.months[self.change].mean() if self.change.any() else 0.0
        enough: npt.NDArray[np.bool_] = self.change | (self.months >= asked / 2)
        return enough

    @property
    def history(self) -> npt.NDArray[np.bool_]:
        """(G,) full groups of the history."""
        past: npt.NDArray[np.bool_] = self.full & ~self.change
        return past

    def typical_months(self, chosen: npt.NDArray[np.bool_]) -> float:
        """Harmonic mean of the number of months of the chosen groups; 1 when there is none."""
        return float(1 / np.mean(1 / self.months[chosen])) if chosen.any() else 1.0


def overlap(a: I8, b: I8) -> F8:
    """(N, N) correlation of pairs whose looks have equal, independent noise: 1, and 1/2 for each look they share.

    A look that ends one pair and begins the next makes the two move against each other (-1/2).
    """
    same = np.equal.outer
    shared: F8 = 0.5 * (
        same(a, a).astype(float) + same(b, b).astype(float) - same(a, b).astype(float) - same(b, a).astype(float)
    )
    np.fill_diagonal(shared, 1.0)
    return shared


def pooled_spread(values: F8, group: npt.NDArray[np.generic], correlation: F8) -> Spread:
    """Variance of values around the means of their groups, unbiased when they correlate as stated.

    Degrees of freedom by Satterthwaite (1946, doi:10.2307/3002019): (tr MC)^2 / tr(MCMC), M taking out group means.
    """
    if len(values) < 2:
        return NOTHING
    member = np.equal.outer(group, group).astype(float)
    centre = np.eye(len(values)) - member / member.sum(axis=1)
    spread = centre @ correlation
    expected, square = float(np.trace(spread)), float((spread * spread.T).sum())
    if expected < 1e-9 or square < 1e-12:
        return NOTHING
    residual = centre @ values
    return Spread(float(residual @ residual) / expected, expected**2 / square)


def years_of(values: F8, pairs: Pairs) -> Years:
    """Pairs by kind and years, with the plain mean of their log ratios. values: (K,) without NaN."""
    key = np.stack([pairs.change.astype(np.int64), pairs.year_a, pairs.year_b])
    names, of_pair = np.unique(key, axis=1, return_inverse=True)
    of_pair = of_pair.reshape(-1).astype(np.int64)
    months = np.bincount(of_pair, minlength=names.shape[1]).astype(float)
    return Years(
        of_pair=of_pair,
        mean=np.bincount(of_pair, weights=values, minlength=names.shape[1]) / months,
        months=months,
        change=names[0].astype(bool),
        year_a=names[1],
        year_b=names[2],
    )


def month_spread(values: F8, pairs: Pairs, years: Years) -> Spread:
    """Spread of the months of one pair of years around their mean: month and picture noise of one pair."""
    return pooled_spread(values, years.of_pair, overlap(pairs.look_a, pairs.look_b))


def year_spread(years: Years, chosen: npt.NDArray[np.bool_]) -> Spread:
    """Spread of whole pairs of years around the mean of their kind."""
    return pooled_spread(years.mean[chosen], years.change[chosen], overlap(years.year_a[chosen], years.year_b[chosen]))


def reach(share: F8, a: I8, b: I8) -> float:
    """How much of one pair's variance the ratio keeps: half the sum of the squared shares of each look (or year).

    1 for one pair, 1/K for K pairs of equal weight that share no look. The two sides are never set off.
    """
    sides = (np.bincount(np.unique(side, return_inverse=True)[1].reshape(-1), weights=share) for side in (a, b))
    return 0.5 * sum(float((weights**2).sum()) for weights in sides)


def noise_of(values: F8, share: F8, pairs: Pairs, picture: Picture, assumed: Assumed) -> Noise:
    """The noise of one place's log ratio, by the rule on the card.

    values: (K,) log ratios of the pairs, NaN where dark. share: (K,) weight of each pair in the ratio, summing to 1.
    """
    change, known = pairs.change, np.isfinite(values)
    month_reach = reach(share[change], pairs.look_a[change], pairs.look_b[change])
    year_reach = reach(share[change], pairs.year_a[change], pairs.year_b[change])
    years = years_of(values[known], pairs.kept(known))
    of_months = month_spread(values[known], pairs.kept(known), years)
    of_years = year_spread(years, years.full)
    blocks = Spread(picture.variance / month_reach, max(picture.effective - 1, 1.0))
    month = moderated(of_months, welch((Spread(assumed.month**2, PRIOR_DF), blocks)))
    months = years.typical_months(years.full)
    of_a_year = Spread(assumed.year**2, PRIOR_DF)
    if of_years.df > 0:  # a pair of years carries its months' noise along
        prior = welch((of_a_year, month.times(1 / months)))
        year = moderated(of_years, Spread(prior.variance, min(prior.df, PRIOR_DF)))
        rest = max(month_reach - year_reach / months, 0.0)
    else:
        year, rest = of_a_year, month_reach
    total = welch((year.times(year_reach), month.times(rest)))
    assumes = not of_years.enough and (assumed.year > 0 or (assumed.month > 0 and not of_months.enough))
    df = min(total.df, year.df) if assumes else total.df  # adding to an assumption does not make it surer
    route: Route = "years" if of_years.enough else "months" if of_months.enough else "picture"
    return Noise(
        variance=total.variance,
        df=df,
        route=route,
        month=of_months,
        year=of_years,
        pairs_of_years=int(years.full.sum()),
    )


def moderated(measured: Spread, assumed: Spread) -> Spread:
    """A measured spread as it is when it has 3 degrees of freedom or more; else drawn towards the assumed one."""
    if measured.enough:
        return measured
    df = measured.df + assumed.df
    return Spread((assumed.df * assumed.variance + measured.df * measured.variance) / df, df)


def welch(parts: tuple[Spread, ...]) -> Spread:
    """A sum of independent variances with its degrees of freedom (Welch 1947, doi:10.1093/biomet/34.1-2.28)."""
    total = sum(part.variance for part in parts)
    if total <= 0:
        return Spread(0.0, PRIOR_DF)
    return Spread(total, total**2 / sum(part.variance**2 / part.df for part in parts if part.variance > 0))


def p_value(distance: float, spread: Spread) -> float:
    """Two-sided p of a distance from 0 with the given variance and degrees of freedom (Student's t)."""
    if spread.variance <= 0:
        return 0.0 if distance else 1.0
    return float(2 * stats.t.sf(abs(distance) / np.sqrt(spread.variance), spread.df))
