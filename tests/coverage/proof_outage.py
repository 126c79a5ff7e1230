"""Simulated nights with known truth, and the figures of `outage` for `make proof`.

A year of nights, 30 % of them observed; light with a season of 20 %, autoregressive noise, and hazy nights that show 10
to 60 % of the light. A third regime has what would be a bad site: much haze and noise that lasts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from dateline.imagery.tables import F8
from dateline.methods.outage.nights import D8, Rules, Scan, scan
from dateline.methods.outage.onset import back_bracket, depth, depth_nights, onset_bracket

LEVEL, DRIFT = 0.9, 0.1
RULES = Rules()


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Nights of one place. phi, spread: noise of the logarithm. haze: share of hazy nights. seen: share observed."""

    phi: float = 0.4
    spread: float = 0.3
    haze: float = 0.05
    seen: float = 0.3
    season: float = 0.2
    confirmations: int = 3


SITES = {
    "white noise": Site(phi=0.0),
    "usual": Site(),
    "lasting noise": Site(phi=0.7),
    "noisy": Site(spread=0.5),
    "hazy": Site(haze=0.15),
    "hazy, five confirmations": Site(haze=0.15, confirmations=5),
    "noisy, hazy and lasting": Site(phi=0.7, spread=0.5, haze=0.15),
    "every second night": Site(seen=0.5),
    "one night in eight": Site(seen=0.125),
}


def year(site: Site, rng: np.random.Generator, *, dark: tuple[int, int, float] | None = None) -> tuple[D8, F8]:
    """Observed days and values [unit]; dark: first dark night, how many, and what is left of the light."""
    count = 365
    noise = np.zeros(count)
    white = rng.standard_normal(count)
    for at in range(1, count):
        noise[at] = site.phi * noise[at - 1] + np.sqrt(1 - site.phi**2) * white[at]
    season = site.season * np.sin(np.arange(count) * 2 * np.pi / 365 + rng.uniform(0, 2 * np.pi))
    values = 10 * np.exp(site.spread * noise + season)
    hazy = rng.random(count) < site.haze
    values[hazy] *= rng.uniform(0.1, 0.6, hazy.sum())
    if dark:
        values[dark[0] : dark[0] + dark[1]] *= dark[2]
    seen = rng.random(count) < site.seen
    days = np.datetime64("2013-01-01", "D") + np.arange(count)
    return days[seen], values[seen]


def walk(site: Site, days: D8, values: F8, first: int = 60, last: int = 364) -> Scan:
    """The scan of one year, an onset sought between two days of it."""
    start = np.datetime64("2013-01-01", "D")
    searched = (days >= start + first) & (days <= start + last)
    return scan(days, values, searched, Rules(confirmations=site.confirmations))


def false_finds(site: Site, runs: int, seed: int) -> dict[str, Any]:
    """Share of places and years without an outage that show one, and in which none is said."""
    rng = np.random.default_rng(seed)
    found = none = 0
    for _ in range(runs):
        days, values = year(site, rng)
        met = walk(site, days, values)
        found += met.outage is not None
        none += met.outage is None and len(met.judged) >= 0.9 * (met.kinds < 6).sum()
    return {"false a place and year": found / runs, "none said": none / runs}


def true_finds(site: Site, runs: int, seed: int) -> dict[str, Any]:
    """Outages of 10 to 90 nights that leave 3 to 40 % of the light: found, and what their brackets and depths hold."""
    rng = np.random.default_rng(seed)
    found = onset = deep = judged = back = returned = 0
    for _ in range(runs):
        first, length, left = int(rng.integers(130, 230)), int(rng.integers(10, 90)), float(rng.uniform(0.03, 0.4))
        days, values = year(site, rng, dark=(first, length, left))
        met = walk(site, days, values, first - 20, first + length)
        if met.outage is None:
            continue
        found += 1
        truth = np.datetime64("2013-01-01", "D") + first
        bracket = onset_bracket(days, values, met.outage, RULES, level=LEVEL)
        assert bracket.earliest is not None
        assert bracket.latest is not None
        onset += bracket.earliest < truth.item() <= bracket.latest
        before, after = depth_nights(days, met.outage, RULES)
        if days[after][-1] < truth + length and days[after][0] >= truth:
            estimate = depth(values[before], values[after], level=LEVEL, drift=DRIFT)
            judged += 1
            deep += estimate is not None and estimate.contains(left)
        there = back_bracket(days, values, met.outage, level=LEVEL)
        if there is not None and there.earliest is not None and there.latest is not None:
            returned += 1
            back += there.earliest < (truth + length).item() <= there.latest
    return {
        "found": found / runs,
        "onset held": onset / max(found, 1),
        "depth held": deep / max(judged, 1),
        "return confirmed": returned / max(found, 1),
        "return held": back / max(returned, 1),
    }


def figures(runs: int = 1000) -> list[dict[str, Any]]:
    """All figures of the proof, one row each."""
    return [
        {
            "what": "outage",
            "site": name,
            "runs": runs,
            **false_finds(site, runs, 10 + i),
            **true_finds(site, runs, 50 + i),
        }
        for i, (name, site) in enumerate(SITES.items())
    ]
