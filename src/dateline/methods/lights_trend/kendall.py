"""The seasonal Mann-Kendall test and Sen's slope, with variances that know about correlation between looks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from dateline.imagery.tables import F8


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """A monotone trend of one series.

    s: Kendall's S summed over seasons. variance: of S, corrected for correlation. p: two-sided.
    slope, low, high: Sen's slope and its interval [unit of the values per year]. n: values used.
    """

    s: float
    variance: float
    p: float
    slope: float
    low: float
    high: float
    n: int


def seasonal_trend(values: F8, *, level: float) -> Trend:
    """The trend of a table of years by seasons.

    values: (years, seasons), consecutive years, all seasons of the year in order; NaN where one was not seen, which is
    left out and not filled. level: of the interval, 0 to 1.

    With several seasons the variance of S takes the covariance between the seasons of one year from the data (Hirsch
    and Slack 1984, 10.1029/WR020i006p00727), after Sen's line is taken out, since a trend that all seasons share would
    count as covariance; it is inflated for what a first-order autoregression carries over from year to year, and S is
    compared with Student's t on years − 2 degrees of freedom. With one season (yearly looks) there is only the
    inflation (Yue and Wang 2004, 10.1023/B:WARM.0000043140.61082.60), with the coefficient's small-sample bias taken
    out and t on the effective degrees of freedom. Slope: Sen 1968 (10.1080/01621459.1968.10480934); interval:
    Gilbert 1987, section 16.4. False alarms of this choice and of its rivals were simulated; docs/proof.md has them.
    """
    s, variance = seasonal_s(values)
    slope = _sen(values, half_width=0.0)[0]
    years = int(np.isfinite(values).any(axis=1).sum())
    inflation = _inflation(years, _carried_over(values, slope))
    freedom = years / inflation - 2
    if values.shape[1] > 1:
        variance = seasonal_s(values - slope * np.arange(len(values))[:, None])[1]
        freedom = years - 2
    law = stats.t(max(2.0, freedom))
    sd = float(np.sqrt(max(variance * inflation, 1e-12)))
    slope, low, high = _sen(values, half_width=float(law.ppf((1 + level) / 2)) * sd)
    return Trend(
        s=s,
        variance=sd**2,
        p=float(min(1.0, 2 * law.sf(max(abs(s) - 1, 0) / sd))),  # less 1: continuity correction
        slope=slope,
        low=low,
        high=high,
        n=int(np.isfinite(values).sum()),
    )


def seasonal_s(values: F8) -> tuple[float, float]:
    """Kendall's S over all seasons and its variance with the covariances between seasons.

    values: (years, seasons) with NaN gaps. Covariance: Dietz and Killeen 1981 (10.1080/01621459.1981.10477624),
    mid-ranks for missing values, as in Hirsch and Slack 1984. For one season it is the classical variance, with ties.
    """
    years = values.shape[0]
    signs = np.nan_to_num(np.sign(values[None, :, :] - values[:, None, :]))  # [i, j, g] = sgn(x_jg - x_ig)
    pairs = signs[np.triu_indices(years, 1)]
    seen = np.isfinite(values)
    count = seen.sum(axis=0)
    ranks = np.where(seen, (count + 1 + signs.sum(axis=0)) / 2, (count + 1) / 2)
    product = pairs.T @ pairs
    covariance = (product + 4 * ranks.T @ ranks - years * np.outer(count + 1, count + 1)) / 3
    return float(pairs.sum()), float(covariance.sum())


def _carried_over(values: F8, slope: float) -> F8:
    """(years − 1,) correlation between the sums of years 1, 2, … apart, for the first-order autoregression fitted.

    values: (years, seasons), NaN gaps. slope: [unit a year]. The autoregression runs from season to season; its
    coefficient is that of the residuals from season and Sen's line, 0 where it is negative. With one season the bias
    of a fitted level and slope is taken out: phi + (2 + 4 phi) / n (found by simulation).
    """
    years, seasons = values.shape
    residual = values - slope * np.arange(years)[:, None]
    seen = np.isfinite(residual)
    count = np.maximum(seen.sum(axis=0), 1)
    residual = (residual - np.where(seen, residual, 0).sum(axis=0) / count).ravel()
    both = np.isfinite(residual[1:]) & np.isfinite(residual[:-1])
    power = float(np.nansum(residual**2))
    raw = float(np.sum(residual[1:][both] * residual[:-1][both])) / power if power > 0 else 0.0
    raw *= max(seen.sum() - 1, 1) / max(int(both.sum()), 1)
    phi = min(max(raw + (2 + 4 * raw) / int(seen.sum()) if seasons == 1 else raw, 0.0), 0.95)
    inside = np.arange(seasons)
    apart = seasons * np.arange(years)[:, None, None] + inside[None, None, :] - inside[None, :, None]
    shared = np.power(phi, np.abs(apart)).sum(axis=(1, 2))
    carried: F8 = shared[1:] / shared[0]
    return carried


def _inflation(years: int, carried: F8) -> float:
    """How much correlation between years inflates the variance of S; at least 1 (Yue and Wang 2004)."""
    lag = np.arange(1, len(carried) + 1)
    return max(1.0, float(1 + 2 * np.sum(np.maximum(1 - lag / years, 0) * carried)))


def _sen(values: F8, *, half_width: float) -> tuple[float, float, float]:
    """Median of the slopes of all pairs within seasons, and the slopes `half_width` pairs of S away."""
    first, second = np.triu_indices(values.shape[0], 1)
    slopes = ((values[second] - values[first]) / (second - first)[:, None]).ravel()
    slopes = np.sort(slopes[np.isfinite(slopes)])
    last = len(slopes) - 1
    at = np.array([last / 2, (last - half_width) / 2, (last + half_width) / 2])
    best, low, high = np.interp(at, np.arange(last + 1), slopes)
    return float(best), float(low), float(high)


def false_discovery(p: F8) -> F8:
    """q-values of one family: the false-discovery rate at which each would be called.

    p: (P,), NaN where a place was not tested, which stays NaN and does not count. Benjamini and Hochberg 1995
    (10.1111/j.2517-6161.1995.tb02031.x).
    """
    q = np.full(p.shape, np.nan)
    tested = np.isfinite(p)
    if tested.any():
        q[tested] = stats.false_discovery_control(p[tested])
    return q
