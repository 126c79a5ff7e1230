"""How strong a line must be, told by what the same rule finds at dates at which nothing is thought to be new."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2

TAIL = 12
"""Strongest placebo lines at most whose scores make the tail beyond what was seen."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """score: that a line must reach [1]. found: placebo lines that reach it, on `area` [km2, all placebo dates].

    candidates: placebo lines of any score.
    """

    score: float
    found: int
    area: float
    candidates: int

    def rate(self, level: float) -> tuple[float, float, float]:
        """False lines a km2 and date: measured, and the exact Poisson interval (Garwood 1936) of this level [km-2]."""
        tail = (1 - level) / 2
        low = chi2.ppf(tail, 2 * self.found) / 2 if self.found else 0.0
        high = chi2.ppf(1 - tail, 2 * (self.found + 1)) / 2
        return self.found / self.area, float(low) / self.area, float(high) / self.area


def threshold(scores: Sequence[float], area: float, rate: float) -> Threshold:
    """The score that `rate` placebo lines a km2 and date reach; beyond the strongest by the exponential of the tail.

    scores: of all placebo lines [1]. area: summed over the placebo dates [km2].
    """
    ordered = np.sort(np.asarray(scores, np.float64))[::-1]
    wanted = rate * area
    if not len(ordered):
        return Threshold(0.0, 0, area, 0)
    if wanted >= 1:
        at = min(int(wanted), len(ordered) - 1)
        score = float(np.nextafter(ordered[at], np.inf))
    else:
        # the strongest m scores over the next one: their mean excess is the tail's scale
        count = min(TAIL, len(ordered) - 1)
        base = float(ordered[count]) if count else 0.0
        scale = float((ordered[: max(count, 1)] - base).mean())
        score = max(base + scale * math.log(max(count, 1) / wanted), float(np.nextafter(ordered[0], np.inf)))
    return Threshold(score, int((ordered >= score).sum()), area, len(ordered))
