"""How much more or less light one satellite shows than another where both looked: a factor with its interval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy import stats

from dateline.core.estimate import Estimate
from dateline.imagery.tables import F8

I8 = npt.NDArray[np.intp]
QUARTERS = {12: 0, 1: 0, 2: 0, 3: 1, 4: 1, 5: 1, 6: 2, 7: 2, 8: 2, 9: 3, 10: 3, 11: 3}
"""Month of the year to winter, spring, summer, autumn of the north."""

HUBER = 3.0
"""Residuals beyond this many robust deviations are pulled in."""

FEWEST_A_QUARTER = 6
SEASON_P = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """The calibration of one place, on logarithms: log(second) − log(first) where both saw the same light.

    log, error: the factor and its standard error. quarters: the same by quarter of the year, or empty when one factor
    serves all. spread: standard deviation of one common look about the factor, odd looks included. phi: correlation of
    successive ones. dof: degrees of freedom. n: common looks. drift_p, bright_p: chance of such a trend of the ratio
    in time, and with brightness, without one. least, most: brightness met in the overlap, geometric mean of both
    [unit]. months: months of the year met.
    """

    log: float
    error: float
    spread: float
    phi: float
    dof: float
    n: int
    drift_p: float
    bright_p: float
    least: float
    most: float
    months: frozenset[int]
    quarters: Mapping[int, tuple[float, float]] = field(default_factory=dict)

    def at(self, month: int | None) -> tuple[float, float]:
        """The log factor and its standard error for a month of the year (1 to 12), or for a yearly look (None)."""
        if month is None:
            return self.log, self.error
        return self.quarters.get(QUARTERS[month], (self.log, self.error))

    def estimate(self, level: float) -> Estimate:
        """The factor second over first [1]."""
        half = float(stats.t.ppf((1 + level) / 2, self.dof)) * self.error
        return Estimate(
            best=float(np.exp(self.log)),
            low=float(np.exp(self.log - half)),
            high=float(np.exp(self.log + half)),
            unit="1",
            level=level,
            n=self.n,
            how="robust mean log ratio over common looks, widened for correlation between them; Student's t",
        )


def calibrate(first: F8, second: F8, time: I8, months: I8 | None) -> Factor:
    """The factor between two records of one place over their common looks.

    first, second: (n,) positive means of the same looks [unit]; time: (n,) their position on the axis [step];
    months: (n,) month of the year, or None for yearly looks. Both records err, and neither is the truth: the mean of
    the log ratios treats them alike (a structural relation of slope 1 between logarithms), where a regression of one
    on the other would be drawn towards zero by the errors of the other. Robust: Huber's pseudo-values (1981, section
    7.8). Error: widened for the lag-one correlation of the residuals, its small-sample bias taken out, on the
    effective degrees of freedom. Whether quarters of the year differ is tested, and then each has its own factor.
    """
    ratio = np.log(second) - np.log(first)
    one = np.zeros(len(ratio), dtype=np.intp)
    group = one if months is None else np.array([QUARTERS[int(month)] for month in months], dtype=np.intp)
    tame, centre = _tamed(ratio, group)
    phi = _correlation(tame - centre, time)
    if not _quarters_differ(tame, group, inflation(len(ratio), phi)):
        group = one
        tame, centre = _tamed(ratio, group)
        phi = _correlation(tame - centre, time)
    groups, n = len(np.unique(group)), len(ratio)
    effective = n / inflation(n, phi)
    scale = _scale(tame - centre, groups)
    middle = (np.log(first) + np.log(second)) / 2
    return Factor(
        log=float(np.mean(tame)),
        error=scale / np.sqrt(effective),
        spread=max(scale, float(np.sqrt(np.sum((ratio - centre) ** 2) / max(n - groups, 1)))),
        phi=phi,
        dof=max(effective - groups, 1.0),
        n=n,
        drift_p=_slope_p(tame - centre, time.astype(float), effective),
        bright_p=_slope_p(tame - centre, middle, effective),
        least=float(np.exp(middle.min())),
        most=float(np.exp(middle.max())),
        months=frozenset() if months is None else frozenset(int(month) for month in months),
        quarters=_by_quarter(tame, group, scale, n / effective) if groups > 1 else {},
    )


def _scale(residual: F8, groups: int) -> float:
    """Standard deviation of pseudo-values about their centres, corrected for how many were pulled in (Huber 1981).

    Those that were pulled in all lie at the largest residual.
    """
    n = len(residual)
    inside = float(np.mean(np.abs(residual) < np.abs(residual).max() * (1 - 1e-9))) if n > 1 else 1.0
    return float(np.sqrt(np.sum(residual**2) / max(n - groups, 1))) / max(inside, 0.5)


def inflation(n: int, phi: float) -> float:
    """By how much a first-order autoregression inflates the variance of a mean of n successive values; at least 1."""
    lag = np.arange(1, n)
    return max(float(1 + 2 * np.sum((1 - lag / n) * phi**lag)), 1.0)


def _tamed(ratio: F8, group: I8) -> tuple[F8, F8]:
    """Pseudo-values with far residuals pulled in, and the centre of each value's group; a few rounds."""
    tame, centre = ratio, np.zeros_like(ratio)
    for _ in range(5):
        for one in np.unique(group):
            centre = np.where(
                group == one, np.mean(tame[group == one]) if _ else np.median(ratio[group == one]), centre
            )
        residual = ratio - centre
        limit = HUBER * max(1.4826 * float(np.median(np.abs(residual - np.median(residual)))), 1e-9)
        tame = centre + np.clip(residual, -limit, limit)
    return tame, centre


def _quarters_differ(tame: F8, quarters: I8, wider: float) -> bool:
    """Whether the quarters of the year have factors of their own: all met often enough, and an F test says so.

    wider: by how much correlation inflates the variance of a mean; the F statistic is divided by it.
    """
    groups = [tame[quarters == one] for one in range(4)]
    if min(len(group) for group in groups) < FEWEST_A_QUARTER:
        return False
    f = float(stats.f_oneway(*groups).statistic) / wider
    return bool(stats.f.sf(f, 3, max(len(tame) / wider - 4, 1)) < SEASON_P)


def _by_quarter(tame: F8, quarters: I8, spread: float, wider: float) -> dict[int, tuple[float, float]]:
    return {
        int(one): (float(np.mean(tame[quarters == one])), spread * float(np.sqrt(wider / np.sum(quarters == one))))
        for one in np.unique(quarters)
    }


def _correlation(residual: F8, time: I8) -> float:
    """Correlation of neighbours in time, 0 to 0.9, corrected for the bias that fitting a mean brings."""
    near = np.diff(time) == 1
    power = float(np.sum(residual**2))
    if power <= 0 or not near.any():
        return 0.0
    raw = float(np.sum(residual[1:][near] * residual[:-1][near])) / power * len(residual) / (near.sum() + 1)
    return float(np.clip(raw + (2 + 4 * raw) / len(residual), 0.0, 0.9))


def _slope_p(residual: F8, against: F8, effective: float) -> float:
    """Chance of such a correlation of the ratio with time or brightness without one."""
    if effective <= 3 or np.ptp(against) == 0 or np.ptp(residual) == 0:
        return 1.0
    r = float(np.corrcoef(residual, against)[0, 1])
    t = abs(r) * np.sqrt((effective - 2) / max(1 - r**2, 1e-12))
    return float(2 * stats.t.sf(t, effective - 2))


def joint_ratio(first: F8, second: F8, factor: Factor, *, level: float, month: int | None = None) -> Estimate:
    """The change of light from looks of the first satellite to later looks of the second [1], with its interval.

    first, second: (n,), (m,) positive means of the same months of the year [unit]. month: one of these months, where
    the factor has quarters. The interval holds the calibration's error and the looks' own: each record's share of the
    spread in the overlap is taken as half of its variance, as the overlap cannot tell whose it is.
    """
    log, error = factor.at(month)
    own = factor.spread**2 / 2
    n, m = len(first), len(second)
    noise = own * inflation(n, factor.phi) / n + own * inflation(m, factor.phi) / m
    best = float(np.mean(np.log(second)) - np.mean(np.log(first)) - log)
    half = float(stats.t.ppf((1 + level) / 2, factor.dof)) * float(np.sqrt(error**2 + noise))
    return Estimate(
        best=float(np.exp(best)),
        low=float(np.exp(best - half)),
        high=float(np.exp(best + half)),
        unit="1",
        level=level,
        n=n + m,
        how="ratio of geometric means over the calibration factor; errors of both added; Student's t",
    )


def common_ratio(factors: list[Factor], *, level: float) -> Estimate:
    """The factor [1] that one more place of this kind may have: the mean of the places' factors with their spread.

    Random effects (DerSimonian and Laird 1986, 10.1016/0197-2456(86)90046-2), prediction interval of Higgins,
    Thompson and Spiegelhalter 2009 (10.1111/j.1467-985X.2008.00552.x). For one place its own factor.
    """
    if len(factors) == 1:
        return factors[0].estimate(level)
    logs = np.array([factor.log for factor in factors])
    fixed = 1 / np.array([factor.error**2 for factor in factors])
    centre = np.sum(fixed * logs) / np.sum(fixed)
    q, df = np.sum(fixed * (logs - centre) ** 2), len(factors) - 1
    between = max(0.0, (q - df) / (np.sum(fixed) - np.sum(fixed**2) / np.sum(fixed)))
    weight = 1 / (1 / fixed + between)
    mean = float(np.sum(weight * logs) / np.sum(weight))
    half = float(stats.t.ppf((1 + level) / 2, max(df - 1, 1)) * np.sqrt(between + 1 / np.sum(weight)))
    return Estimate(
        best=float(np.exp(mean)),
        low=float(np.exp(mean - half)),
        high=float(np.exp(mean + half)),
        unit="1",
        level=level,
        n=len(factors),
        how="random-effects mean of the places' factors; interval for one more place",
    )
