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

    values: (years, seasons), consecutive years; NaN where a season was not seen, which is left out and not filled.
    level: of the interval, 0 to 1.

    With several seasons the variance of S takes the covariance between the seasons of one year from the data
    (Hirsch and Slack 1984, 10.1029/WR020i006p00727) and S is compared with Student's t on years − 1 degrees of
    freedom, since the variance is estimated from that many year rows. With one season (yearly looks) there is no
    such information: the variance is inflated for a first-order autoregression (Yue and Wang 2004,
    10.1023/B:WARM.0000043140.61082.60) whose coefficient is corrected for its small-sample bias, on the effective
    degrees of freedom. Slope: Sen 1968 (10.1080/01621459.1968.10480934); interval: Gilbert 1987, section 16.4.
    The false alarms of this choice and of its rivals were simulated; docs/proof.md has the table.
    """
    s, variance = seasonal_s(values)
    if values.shape[1] > 1:
        dof = float(np.isfinite(values).any(axis=1).sum() - 1)
    else:
        inflation = _inflation(values[:, 0])
        variance *= inflation
        dof = max(2.0, np.isfinite(values).sum() / inflation - 2)
    sd = float(np.sqrt(max(variance, 1e-12)))
    z = max(abs(s) - 1, 0) / sd  # continuity correction
    slope, low, high = _sen(values, half_width=float(stats.t.ppf((1 + level) / 2, dof)) * sd)
    return Trend(
        s=s,
        variance=variance,
        p=float(min(1.0, 2 * stats.t.sf(z, dof))),
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


def _inflation(series: F8) -> float:
    """How much a first-order autoregression inflates the variance of S; 1 without positive correlation.

    series: (years,), NaN gaps. The coefficient is that of the residuals from Sen's line, with the bias of a
    fitted level and slope taken out: phi + (2 + 4 phi) / n (Kendall 1954 for the level; both, by simulation).
    """
    slope = _sen(series[:, None], half_width=0.0)[0]
    residual = series - slope * np.arange(len(series))
    residual = residual - np.nanmean(residual)
    both = np.isfinite(residual[1:]) & np.isfinite(residual[:-1])
    power = np.nansum(residual**2)
    if power == 0:
        return 1.0
    n = int(np.isfinite(residual).sum())
    raw = float(np.sum(residual[1:][both] * residual[:-1][both]) / power)
    phi = min(max(raw + (2 + 4 * raw) / n, 0.0), 0.95)
    lag = np.arange(1, n)
    return float(1 + 2 * np.sum((1 - lag / n) * phi**lag))


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
