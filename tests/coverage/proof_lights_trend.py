"""Simulated months and years with known truth, and the figures of `lights_trend` for `make proof`.

Noise is a first-order autoregression with unit variance; a tenth of the months is missing at random. The rivals are
run by pymannkendall, so that the table says what choosing otherwise would have cost.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pymannkendall

from dateline.imagery.tables import F8
from dateline.methods.lights_trend.breaks import Break, Design, find_break
from dateline.methods.lights_trend.kendall import false_discovery, seasonal_trend

LEVEL = 0.9
PHIS = (0.0, 0.4, 0.7)
MISSING = 0.1


def noise(count: int, phi: float, rng: np.random.Generator) -> F8:
    """(count,) autoregressive noise of unit variance."""
    white = rng.standard_normal(count + 60)
    found = np.zeros(count + 60)
    for at in range(1, len(found)):
        found[at] = phi * found[at - 1] + np.sqrt(1 - phi**2) * white[at]
    return found[60:]


def months(years: int, phi: float, slope: float, rng: np.random.Generator) -> F8:
    """(years, 12): season, a trend of `slope` noise deviations a year, noise, gaps."""
    time = np.arange(12 * years)
    values = noise(12 * years, phi, rng) + 0.5 * np.sin(time * np.pi / 6) + slope * time / 12
    values[rng.random(12 * years) < MISSING] = np.nan
    return values.reshape(years, 12)


def trend_cell(years: int, phi: float, slope: float, runs: int, seed: int, *, monthly: bool) -> dict[str, Any]:
    """How often a trend is called, and how often the interval of the slope holds the truth."""
    rng = np.random.default_rng(seed)
    called = covered = 0
    for _ in range(runs):
        values = months(years, phi, slope, rng) if monthly else _yearly(years, phi, slope, rng)
        found = seasonal_trend(values, level=LEVEL)
        called += found.p <= 1 - LEVEL
        covered += found.low <= slope <= found.high
    return {"called": called / runs, "covered": covered / runs}


def _yearly(years: int, phi: float, slope: float, rng: np.random.Generator) -> F8:
    return (noise(years, phi, rng) + slope * np.arange(years))[:, None]


def rivals(years: int, phi: float, runs: int, seed: int) -> dict[str, Any]:
    """False calls of other tests on the same months, without gaps (they do not all take them), at the same level."""
    rng = np.random.default_rng(seed)
    alpha = 1 - LEVEL
    plain = hamed = hirsch = 0
    for _ in range(runs):
        values = noise(12 * years, phi, rng)
        free = values.reshape(years, 12)
        free = (free - np.median(free, axis=0)).ravel()
        with np.errstate(invalid="ignore"):  # Hirsch and Slack's variance can come out below zero there: no call
            plain += pymannkendall.seasonal_test(values, period=12, alpha=alpha).h
            hirsch += pymannkendall.correlated_seasonal_test(values, period=12, alpha=alpha).h
            hamed += pymannkendall.hamed_rao_modification_test(free, alpha=alpha).h
    return {"uncorrected": plain / runs, "Hamed and Rao": hamed / runs, "Hirsch and Slack, normal": hirsch / runs}


def break_of(count: int, phi: float, step: float, rng: np.random.Generator) -> tuple[Break, int]:
    """One series with a step (in noise deviations), its break as found, and the true first look at the new level."""
    keep = np.sort(rng.permutation(count)[: int(count * (1 - MISSING))])
    time = np.arange(count)
    values = noise(count, phi, rng) + 0.5 * np.sin(time * np.pi / 6) + 0.01 * time
    at = int(rng.integers(24, count - 24))
    values[at:] += step
    design = Design(time=keep, season=keep % 12, trim=12)
    found = find_break(design, values[keep], level=LEVEL, draws=199, rng=rng)
    return found, int(np.searchsorted(keep, at))


def break_cell(count: int, phi: float, step: float, runs: int, seed: int) -> dict[str, Any]:
    """How often a break is seen (p at most 0.1) and dated (0.01), and how often the dated set holds the truth."""
    rng = np.random.default_rng(seed)
    seen = dated = held = always = width = 0
    for _ in range(runs):
        found, truth = break_of(count, phi, step, rng)
        seen += found.p <= 1 - LEVEL
        always += truth in found.members
        if found.p <= 0.01:
            dated += 1
            held += truth in found.members
            width += len(found.members)
    return {
        "seen": seen / runs,
        "dated": dated / runs,
        "all sets hold it": always / runs if step else "–",
        "dated sets hold it": held / dated if dated and step else "–",
        "looks in a dated set": width / dated if dated else "–",
    }


def family_cell(places: int, share: float, runs: int, seed: int) -> dict[str, Any]:
    """False discoveries and power among places of which a share has a trend of 0.3 noise deviations a year."""
    rng = np.random.default_rng(seed)
    false, found = [], []
    for _ in range(runs):
        real = np.arange(places) < share * places
        p = np.array([seasonal_trend(months(10, 0.4, 0.3 * one, rng), level=LEVEL).p for one in real])
        called = false_discovery(p) <= 1 - LEVEL
        false.append(float((called & ~real).sum() / max(called.sum(), 1)))
        found.append(float((called & real).sum() / real.sum()))
    return {"false": float(np.mean(false)), "found": float(np.mean(found))}


def figures(runs: int = 1000) -> list[dict[str, Any]]:
    """All figures of the proof, one row each."""
    rows: list[dict[str, Any]] = []
    for number, (years, phi) in enumerate(itertools.product((6, 8, 12), PHIS)):
        still = trend_cell(years, phi, 0.0, runs, 100 + number, monthly=True)
        rising = trend_cell(years, phi, 0.25, runs, 200 + number, monthly=True)
        rows.append(
            {
                "what": "monthly trend",
                "years": years,
                "phi": phi,
                "runs": runs,
                "false calls": still["called"],
                "interval holds 0": still["covered"],
                "interval holds 0.25": rising["covered"],
                "power at 0.25": rising["called"],
                **rivals(years, phi, runs // 4, 300 + number),
            }
        )
    for number, (years, phi) in enumerate(itertools.product((8, 12, 20), PHIS)):
        still = trend_cell(years, phi, 0.0, runs, 400 + number, monthly=False)
        rows.append(
            {
                "what": "yearly trend",
                "years": years,
                "phi": phi,
                "runs": runs,
                "false calls": still["called"],
                "interval holds 0": still["covered"],
            }
        )
    for number, (phi, step) in enumerate(itertools.product(PHIS, (0.0, 1.0, 2.0, 3.0))):
        few = runs // 4
        cell = break_cell(96, phi, step, few, 500 + number)
        rows.append({"what": "break", "looks": 96, "phi": phi, "step": step, "runs": few, **cell})
    rows.append({"what": "family of 100", "runs": runs // 50, **family_cell(100, 0.2, runs // 50, 600)})
    return rows
