"""How long new lines are together, and how far that errs for planted lines that stand out as much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from scipy.stats import norm, t

from dateline.core.estimate import Estimate
from dateline.methods.earthworks.found import Date, Search
from dateline.methods.earthworks.plant import LEVELS, LONG, Trial

F8 = npt.NDArray[np.float64]

HOW = (
    "corner-count length (Vossepoel and Smeulders 1982); bounds from what was found of lines of the same contrast "
    "planted in an older image"
)
FEWEST = 4
"""Fewest planted lines of a contrast that say what is lost."""
NEXT = 0.75
"""What would be found of one more planted line: none of a few was lost, and the next may be, by a quarter [1]."""
MOSTLY = 0.5
"""Where less than this is found again, what was found is only a least length."""
DRAWS = 1000


def total(found: Search, date: Date) -> Estimate:
    """Length of the lines that were found at a date, and what the lines of their contrasts may measure in truth [m].

    Open above where planted lines of this contrast are mostly lost; open on both sides where too few were planted.
    """
    count, level = len(date.counted), found.level
    pools = {one: np.array([trial.ratio for trial in found.trials if trial.level == one]) for one in LEVELS}
    shares = _shares(found, date)
    fewest = min((len(pools[one]) for one in shares), default=0)
    if fewest < FEWEST:
        bound = 0.0 if not count else None
        return Estimate(best=date.length, low=bound, high=None, unit="m", level=level, n=count, how=HOW)
    pools = {one: np.append(pool, min(NEXT, pool.mean() if len(pool) else 0.0)) for one, pool in pools.items()}
    kept = sum(share * float(pools[one].mean()) for one, share in shares.items())
    pieces = max(1, round(date.length / max(kept, 0.1) / (LONG * found.width)))
    tail = (1 - level) / 2
    wider = float(t.isf(tail, fewest) / norm.isf(tail) * np.sqrt((fewest + 1) / fewest))  # few planted lines vary more
    draws = date.length / np.maximum(kept + wider * (_drawn(pools, shares, pieces) - kept), 0.05)
    low, high = (float(one) for one in np.quantile(draws, (tail, 1 - tail)))
    best = float(date.length)
    bound = None if kept < MOSTLY else max(high, best)
    return Estimate(best=best, low=min(low, best), high=bound, unit="m", level=level, n=count, how=HOW)


def _shares(found: Search, date: Date) -> Mapping[float, float]:
    """How much of a date's length is of each planted contrast, lines between two of them being shared between both."""
    fading = _fading(found.trials)
    made: dict[float, float] = {}
    for line in date.counted:
        contrast = line.contrast / max(found.spread * fading, 1e-12)
        for level, share in zip(LEVELS, between(contrast), strict=True):
            if share > 0:
                made[level] = made.get(level, 0.0) + share * line.length / date.length
    return made


def between(contrast: float) -> F8:
    """Shares of the planted contrasts that make a contrast, by its logarithm; beyond the ends all of the last."""
    at = np.interp(np.log(max(contrast, 1e-9)), np.log(LEVELS), np.arange(len(LEVELS)))
    return np.asarray(np.maximum(1 - np.abs(np.arange(len(LEVELS)) - at), 0))


def _fading(trials: Sequence[Trial]) -> float:
    """Contrast as it is measured over contrast as it was planted: thin lines fade in the image's blur."""
    known = [one.contrast / one.level for one in trials if one.contrast is not None and one.seen >= MOSTLY]
    return float(np.median(known)) if known else 1.0


def _drawn(pools: Mapping[float, F8], shares: Mapping[float, float], pieces: int) -> F8:
    """(DRAWS,) mean ratios of as many planted lines as make the length found, from planted lines drawn again first."""
    rng = np.random.default_rng(pieces)
    levels = list(shares)
    weights = np.array([shares[one] for one in levels])
    made = np.empty(DRAWS)
    for number in range(DRAWS):
        again = [rng.choice(pools[one], len(pools[one])) for one in levels]
        counts = rng.multinomial(min(pieces, 400), weights / weights.sum())
        drawn = [rng.choice(pool, count) for pool, count in zip(again, counts, strict=True) if count]
        made[number] = np.concatenate(drawn).mean()
    return made
