"""A search in words and numbers: rows of growth, estimates with their intervals, and what was not seen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dateline.core.estimate import Estimate
from dateline.methods.earthworks.found import Search
from dateline.methods.earthworks.lengths import total
from dateline.methods.earthworks.plant import LEVELS


def false_lines(found: Search) -> Estimate:
    """False lines a km2 and date [km-2], measured on the older dates."""
    best, low, high = found.threshold.rate(found.level)
    return Estimate(
        best=best,
        low=low,
        high=high,
        unit="km-2",
        level=found.level,
        n=len(found.older),
        how="lines that the same rule finds in each older image against all others; exact Poisson interval",
    )


def estimates(found: Search) -> dict[str, Estimate]:
    """`length` of the last new date, `growth` since the first of several, `false_lines`."""
    last = total(found, found.dates[-1])
    made = {"length": two_digits(last), "false_lines": false_lines(found)}
    if len(found.dates) > 1:
        made["growth"] = two_digits(_growth(total(found, found.dates[0]), last))
    return made


def two_digits(estimate: Estimate) -> Estimate:
    """The same; without any bound no more than two digits of it mean something."""
    bounded = estimate.low is not None or estimate.high is not None
    return estimate if bounded else replace(estimate, best=float(f"{estimate.best:.2g}"))


def _growth(first: Estimate, last: Estimate) -> Estimate:
    low = None if last.low is None or first.high is None else last.low - first.high
    high = None if last.high is None or first.low is None else last.high - first.low
    return Estimate(
        best=last.best - first.best,
        low=low,
        high=high,
        unit="m",
        level=last.level,
        n=min(first.n, last.n),
        how="last less first new date; bounds from the bounds of both",
    )


def rows(found: Search) -> list[dict[str, Any]]:
    """One row a new date: the growth curve [m], lines, area [km2]."""
    made = []
    for date in found.dates:
        length = total(found, date)
        made.append(
            {
                "at": date.chip.at.isoformat(),
                "image": date.chip.id,
                "lines": len(date.counted),
                "length_m": length.best,
                "length_low_m": length.low,
                "length_high_m": length.high,
                "one_sided": len(date.lines) - len(date.counted),
                "narrow": date.narrow,
                "area_km2": date.area,
            }
        )
    return made


def values(found: Search) -> dict[str, Any]:
    """Threshold, the share of planted lines that was found by contrast, and what the contrasts are counted in."""
    return {
        "band": found.band,
        "threshold": {
            "score": found.threshold.score,
            "placebo_lines": found.threshold.found,
            "placebo_candidates": found.threshold.candidates,
            "placebo_area_km2": found.threshold.area,
        },
        "power": {
            "planted": len(found.trials),
            "spread": found.spread,
            "levels": list(LEVELS),
            "found_share": [found.power().get(level) for level in LEVELS],
        },
    }


def length_words(length: Estimate) -> tuple[str, str]:
    """A length and its interval for a sentence, with no more digits than the interval can carry."""
    best, low, high = two_digits(length).spoken()
    level = f"{length.level:.0%} interval".replace("%", " %")
    if low is None:
        return f"about {best} m", "interval not known"
    if high is None:
        return f"at least about {low} m", "lines as faint as these are mostly lost"
    return f"about {best} m", f"{level} {low} to {high} m"


def power_words(found: Search) -> str:
    """From which contrast on lines would have been found."""
    faintest = found.faintest()
    if not found.trials:
        return "How faint a line would have been found is not known: the area is too small to plant lines in."
    if faintest is None:
        return "Lines that were planted in an older image to see what would be found were mostly not found."
    times = "half" if faintest == 0.5 else f"{faintest:g} times"
    return (
        f"Lines planted in an older image were found again from a contrast of {times} the ground's own spread on "
        f"({found.power()[faintest] * 100:.0f} % of their length)."
    )


def rate_words(found: Search) -> str:
    """The false lines a km2 that arise where nothing is thought to be new."""
    _, low, high = found.threshold.rate(found.level)
    count, area = found.threshold.found, found.threshold.area
    span = f"fewer than {high:.2g}" if count == 0 else f"{low:.2g} to {high:.2g}"
    lines = "no such line" if count == 0 else f"{count} such line" + ("s" if count > 1 else "")
    return f"{lines} on {area:.3g} km² of older images, that is {span} a km² ({found.level:.0%} bound)".replace(
        "%", " %"
    )
