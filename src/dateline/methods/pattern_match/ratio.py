"""From distances to a likelihood ratio: how much more often layouts of one template lie so near than unrelated ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dateline.methods.pattern_match.features import F8

DRAWS = 400
"""Bootstrap draws of the ratio's interval."""
PRIOR = 0.5
"""Precision of a normal prior around no slope [per squared slope on standardised log distances]: a ratio never grows
without bound from few layouts."""
STEPS, MOST = 15, 4.0
"""Newton steps, and how far one goes at most."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Distances [spreads]. same: (n,) of layouts of one template. apart: (m,) of unrelated ones; of: (m, 2) which."""

    same: F8
    apart: F8
    of: np.ndarray


@dataclass(frozen=True, slots=True)
class Ratio:
    """Likelihood ratio at one distance [1] with its interval, and how often unrelated layouts get as high a one [1]."""

    best: float
    low: float
    high: float
    as_high: float


def likelihood_ratio(scores: Scores, distance: float, level: float, rng: np.random.Generator) -> Ratio:
    """The ratio at a distance, by logistic calibration of log distances (Morrison 2013), layouts drawn anew for bounds.

    The distance is kept within what was seen: the ratio is never drawn out beyond the layouts that it rests on.
    """
    low, high = np.quantile(np.concatenate([scores.same, scores.apart]), (0.02, 0.98))
    at = float(np.log(np.clip(distance, low, high)))
    best = _calibrated(scores.same, scores.apart, at)
    draws = []
    count = int(scores.of.max()) + 1
    for _ in range(DRAWS):
        same = rng.choice(scores.same, len(scores.same))
        times = np.bincount(rng.integers(0, count, count), minlength=count)
        weights = times[scores.of[:, 0]] * times[scores.of[:, 1]]
        if weights.sum() > 0:
            draws.append(_calibrated(same, scores.apart, at, weights))
    tail = (1 - level) / 2
    bounds = np.quantile(draws, (tail, 1 - tail))
    return Ratio(
        float(np.exp(best)),
        float(np.exp(min(bounds[0], best))),
        float(np.exp(max(bounds[1], best))),
        float((scores.apart <= distance).mean()),
    )


def _calibrated(same: F8, apart: F8, at: float, weights: np.ndarray | None = None) -> float:
    """Log of the ratio at a log distance: a logistic line through both kinds, each kind weighing as much in all."""
    x = np.log(np.maximum(np.concatenate([same, apart]), 1e-3))
    y = np.concatenate([np.ones(len(same)), np.zeros(len(apart))])
    own = np.ones(len(apart)) if weights is None else weights
    w = np.concatenate([np.ones(len(same)), own * len(same) / own.sum()])
    middle, unit = x.mean(), max(float(x.std()), 1e-6)
    design = np.stack([np.ones(len(x)), (x - middle) / unit], axis=1)
    line, pull = np.zeros(2), np.diag([0.0, PRIOR])
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-design @ line))
        slope = design.T @ (w * (y - p)) - pull @ line
        curve = (design * (w * p * (1 - p))[:, None]).T @ design + pull
        step = np.linalg.solve(curve + 1e-9 * np.eye(2), slope)
        line += np.clip(step, -MOST, MOST)
    return float(line[0] + line[1] * (at - middle) / unit)


def ranked(distance: float, others: Sequence[float]) -> int:
    """Place of a distance among others, 1 the nearest; equal ones come before it."""
    return 1 + int((np.asarray(others) <= distance).sum())
