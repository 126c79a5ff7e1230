"""When it went dark, how deep, and when it was back: dates as brackets between observed nights."""

from __future__ import annotations

from datetime import date

import numpy as np
from scipy import stats

from dateline.core.estimate import Estimate
from dateline.core.when import When
from dateline.imagery.tables import F8
from dateline.methods.outage.nights import D8, Outage, Rules, logarithms

AFTER = 30
"""Days from the first dark night within which the depth is measured [day]."""

TRIM = 0.2
"""Share of nights left out at either end of a trimmed mean."""

TAILS = 3
"""Degrees of freedom of the noise that judges onset dates: hazy nights are common."""


def onset_bracket(days: D8, values: F8, outage: Outage, rules: Rules, *, level: float) -> When:
    """(last normal night, first night that is dark beyond doubt], which holds the onset.

    days, values: (n,) observed nights [unit]. A normal night after the onset would mean that the light was on, so the
    bracket begins with the last one. It does not simply end with the first dark night, since one hazy night can stand
    at the head of a dark run: it ends with the last night that may still be the first dark one, judged by likelihood
    with heavy-tailed noise (Student's t, 3 degrees of freedom) about the level before and the level after, within the
    limit of Eo and Morley 2015 (10.3982/QE186) at `level`.
    """
    start, end = outage.first_dark, _end_of_depth(days, outage)
    logs = logarithms(values[start:end], outage.baseline.level)
    dark, lit = _dark_and_lit(logs, outage)
    # gain[i]: what is gained when the first i nights of the run are taken as ordinary ones
    gain = np.concatenate([[0.0], np.cumsum(lit - dark)[:-1]])
    last = int(np.flatnonzero(2 * (gain.max() - gain) <= _limit(level))[-1])
    earliest = outage.last_normal if outage.last_normal is not None else _window_start(days, outage, rules)
    return When.bracket(day(days, earliest), day(days, start + last))


def _window_start(days: D8, outage: Outage, rules: Rules) -> int:
    return int(np.searchsorted(days, days[outage.first_dark] - np.timedelta64(rules.window, "D")))


def back_bracket(days: D8, values: F8, outage: Outage, *, level: float) -> When | None:
    """(last night that is dark beyond doubt, first of the normal nights that confirm the return], or None.

    None while the return is not confirmed. A hazy night after the true return looks dark: the bracket begins before
    the first night that may already be lit, judged as in `onset_bracket`.
    """
    if outage.back is None:
        return None
    start, end = outage.first_dark, outage.back
    logs = logarithms(values[start:end], outage.baseline.level)
    dark, lit = _dark_and_lit(logs, outage)
    # gain[i]: what is gained when the last i nights before the return are taken as ordinary ones
    gain = np.concatenate([[0.0], np.cumsum((lit - dark)[::-1])])[:-1]
    last = int(np.flatnonzero(2 * (gain.max() - gain) <= _limit(level))[-1])
    return When.bracket(day(days, end - 1 - last), day(days, end))


def _dark_and_lit(logs: F8, outage: Outage) -> tuple[F8, F8]:
    """Log likelihood of each night about the level of the dark nights, and about the level before."""
    middle = float(np.median(logs))
    spread = max(1.4826 * float(np.median(np.abs(logs - middle))), outage.baseline.spread)
    dark: F8 = stats.t.logpdf(logs, TAILS, middle, spread)
    lit: F8 = stats.t.logpdf(logs, TAILS, outage.baseline.middle, outage.baseline.spread)
    return dark, lit


def _limit(level: float) -> float:
    """Twice the loss of log likelihood up to which a date stays in (Eo and Morley 2015)."""
    return float(-2 * np.log(1 - np.sqrt(level)))


def day(days: D8, index: int) -> date:
    """One of the days as a plain date."""
    plain: date = days[index].astype("datetime64[D]").item()
    return plain


def _end_of_depth(days: D8, outage: Outage) -> int:
    """Index after the last night by which the depth is measured."""
    limit = int(np.searchsorted(days, days[outage.first_dark] + np.timedelta64(AFTER, "D"), side="right"))
    return limit if outage.back is None else min(limit, outage.back)


def depth_nights(days: D8, outage: Outage, rules: Rules) -> tuple[slice, slice]:
    """The nights before (the baseline's) and after by which the depth is measured."""
    return slice(_window_start(days, outage, rules), outage.first_dark), slice(
        outage.first_dark, _end_of_depth(days, outage)
    )


def depth(before: F8, after: F8, *, level: float, drift: float) -> Estimate | None:
    """Level after over level before [1], with its interval; None when the level before is not clear of zero.

    before, after: (n,), (m,) observed nights in order [unit]. drift: assumed standard deviation of the logarithm of
    what season and weather do to the level between the two spans [1]. Ratio of 20 % trimmed means (Yuen 1974,
    10.1093/biomet/61.1.165) with Fieller's interval (Fieller 1954) on Welch's degrees of freedom, the errors widened
    for correlation between successive nights; never below 0.
    """
    (top, top_error, top_df), (base, base_error, base_df) = _trimmed(after), _trimmed(before)
    if min(top_df, base_df) < 1 or base <= 0:
        return None
    wider = _succession(before, after)
    top_error, base_error = wider * top_error, wider * base_error + (drift * base) ** 2
    ratio = max(top / base, 0.0)
    error = top_error + ratio**2 * base_error
    df = error**2 / (top_error**2 / top_df + (ratio**2 * base_error) ** 2 / base_df) if error > 0 else top_df
    t = float(stats.t.ppf((1 + level) / 2, df))
    g = t**2 * base_error / base**2
    if g >= 1:
        return None
    half = t / base * np.sqrt(max(top_error * (1 - g) + ratio**2 * base_error, 0.0)) / (1 - g)
    centre = ratio / (1 - g)
    return Estimate(
        best=ratio,
        low=float(min(max(centre - half, 0.0), ratio)),
        high=float(max(centre + half, ratio)),
        unit="1",
        level=level,
        n=len(after),
        how=f"ratio of 20 % trimmed means of {len(after)} observed nights after and {len(before)} before; Fieller",
    )


def _succession(*groups: F8) -> float:
    """How much correlation between successive observed nights inflates the variance of a mean, from 1 to 4.

    Lag-one correlation of the ranks about each group's median, pooled, with its small-sample bias taken out.
    """
    above = power = 0.0
    count = sum(len(group) for group in groups)
    for group in groups:
        ranks = stats.rankdata(group) - (len(group) + 1) / 2
        above += float(np.sum(ranks[1:] * ranks[:-1]))
        power += float(np.sum(ranks**2))
    raw = above / power if power > 0 else 0.0
    correlation = min(max(raw + (1 + 3 * raw) * len(groups) / count, 0.0), 0.6)
    return (1 + correlation) / (1 - correlation)


def _trimmed(values: F8) -> tuple[float, float, float]:
    """A trimmed mean, the square of its standard error, and its degrees of freedom."""
    n = len(values)
    cut = int(TRIM * n)
    kept = n - 2 * cut
    if kept < 2:
        return float(np.mean(values)) if n else 0.0, 0.0, 0.0
    rising = np.sort(values)
    winsorised = np.clip(values, rising[cut], rising[n - cut - 1])
    error = float(np.var(winsorised, ddof=1)) * (n - 1) / (kept * (kept - 1))
    return float(rising[cut : n - cut].mean()), error, float(kept - 1)
