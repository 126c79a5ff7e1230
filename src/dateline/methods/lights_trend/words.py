"""The sentences and notes of a trend, from numbers to text."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dateline.core.estimate import Estimate
from dateline.core.when import When
from dateline.ledger.finding import Statement
from dateline.methods.card import Card
from dateline.methods.contract import say
from dateline.methods.lights_trend.kendall import Trend
from dateline.methods.lights_trend.place import BreakAnswer, PlaceTrend, Settings

RISE, FALL, NONE = "rise", "fall", "no trend found"
MIXED, CANNOT_TELL, REFUSED = "mixed", "cannot tell", "refused"
KEYS = {RISE: "rise", FALL: "fall", NONE: "none"}


def estimates_of(trend: PlaceTrend, unit: str, level: float) -> dict[str, Estimate]:
    """The slope in the unit a year, the change in per cent a year, and the step of a dated break."""
    found: dict[str, Estimate] = {}
    if trend.slope is not None:
        found["slope"] = _estimate(trend.slope, level, f"{unit} year-1", lambda value: value)
    if trend.relative is not None:
        found["per_cent_per_year"] = _estimate(
            trend.relative, level, "% year-1", lambda log: 100 * float(np.expm1(log))
        )
    if trend.broken.answer == "found" and trend.broken.step is not None:
        found["step"] = trend.broken.step
    return found


def _estimate(trend: Trend, level: float, unit: str, told: Callable[[float], float]) -> Estimate:
    best, low, high = told(trend.slope), told(trend.low), told(trend.high)
    return Estimate(
        best=best,
        low=min(low, best),
        high=max(high, best),
        unit=unit,
        level=level,
        n=trend.n,
        how="Sen's slope over all pairs of years within seasons; interval from the variance of Kendall's S with "
        "correlation between looks",
    )


def sentence(card: Card, trend: PlaceTrend, result: str, unit: str, settings: Settings) -> Statement:
    """The sentence for one place."""
    if trend.stop is not None or trend.slope is None or trend.span is None:
        return say(card, "cannot-tell", place=trend.place, reason=trend.stop.text if trend.stop else "")
    estimates = estimates_of(trend, unit, settings.level)
    relative = estimates.get("per_cent_per_year")
    shown, amount = (relative, " %") if relative else (estimates["slope"], f" {unit}")
    best, low, high = shown.spoken()
    if result == FALL:
        best, low, high = (_without_minus(text) for text in (best, high, low))
    dated = trend.broken.answer == "found"
    return say(
        card,
        KEYS[result] + _step_suffix(trend, result),
        place=trend.place,
        change=best + amount,
        low=str(low),
        high=f"{high}{amount}",
        level=f"{100 * settings.level:g}",
        period=months(trend.span),
        used=str(trend.used),
        looks=f"{trend.looks} {trend.step}s",
        **({"step": step_words(trend.broken), "when": dates(trend.broken)} if dated else {}),
    )


def _step_suffix(trend: PlaceTrend, result: str) -> str:
    """Which of a result's sentences: with a step beside the trend, by a step alone, or plain."""
    if trend.broken.answer != "found":
        return ""
    assert trend.slope is not None
    along = trend.slope.slope > 0 if result == RISE else trend.slope.slope < 0
    clear = trend.slope.low > 0 or trend.slope.high < 0
    return "-with-step" if result == NONE or (along and clear) else "-by-step"


def _without_minus(text: str | None) -> str:
    """A fall is told as an amount: −3 becomes 3, and a bound on the other side of zero becomes −1."""
    if text is None:
        return "open"
    if text.startswith("−"):
        return text[1:]
    return text if float(text.replace(",", "")) == 0 else "−" + text


def step_words(broken: BreakAnswer) -> str:
    """The step of a break: "a step up of 40 % (25 to 58 %)", or without an amount where there are zeros."""
    if broken.step is None:
        return "a step"
    best, low, high = broken.step.spoken()
    if broken.step.best >= 0:
        return f"a step up of {best} % ({low} to {high} %)"
    best, low, high = (_without_minus(text) for text in (best, high, low))
    return f"a step down of {best} % ({low} to {high} %)"


def dates(broken: BreakAnswer) -> str:
    """The sets of a break in words."""
    return ", or ".join(months(one) for one in broken.sets)


def months(span: When) -> str:
    """A span of whole months or years without its days: "March to May 2019", "2014 to 2018"."""
    first, last = span.earliest, span.latest
    assert first is not None
    assert last is not None
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        return f"{first.year}" if first.year == last.year else f"{first.year} to {last.year}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first:%B %Y}"
    if first.year == last.year:
        return f"{first:%B} to {last:%B %Y}"
    return f"{first:%B %Y} to {last:%B %Y}"
