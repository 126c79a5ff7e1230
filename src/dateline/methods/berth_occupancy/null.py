"""Scores of empty and of occupied dates told apart: what chance makes of an empty slot, and how likely a ship is."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from dateline.methods.berth_occupancy.quay import F8

ROUNDS = 100
FEWEST = 12
"""Fewest scores from which empty and occupied dates can be told apart."""
GAIN = 6.0
"""Least gain in log likelihood for which some of the scores are taken for ships'."""
SHAPE = (1.5, 6.0)
"""Bounds of the shape of the gamma distribution of ships' scores over the null's place."""
SCALE = (0.8, 2.5)
"""Bounds of the null's scale, as factors of white noise's: neighbouring pixels are alike, cranes move a little."""
APART = 8.0
"""Least mean of ships' scores over the null's place, in scales of white noise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Null:
    """Scores of empty dates: normal with `place` and `scale` [1]. Of ships: gamma above the place.

    mean, shape: of what ships' scores have over the place. busy: share of ships' scores [1].
    """

    place: float
    scale: float
    mean: float = 1.0
    shape: float = 1.0
    busy: float = 0.0

    def threshold(self, rate: float) -> float:
        """The score that an empty slot passes on this share of the dates."""
        return float(stats.norm.isf(rate, self.place, self.scale))

    def chance(self, scores: F8) -> F8:
        """Chance that a ship is there, from the score alone [1]."""
        full, none = self._densities(scores)
        total = full + none
        beyond = (total == 0) & (scores > self.place)
        found: F8 = np.where(
            total > 0, full / np.where(total > 0, total, 1), np.where(beyond, float(self.busy > 0), 0.0)
        )
        return found

    def likelihood(self, scores: F8) -> float:
        """Logarithm of the likelihood of the scores."""
        full, none = self._densities(scores)
        return float(np.log(np.maximum(full + none, 1e-300)).sum())

    def _densities(self, scores: F8) -> tuple[F8, F8]:
        full = stats.gamma.pdf(scores - self.place, self.shape, scale=self.mean / self.shape)
        none = stats.norm.pdf(scores, self.place, self.scale)
        return self.busy * full, (1 - self.busy) * none


def white(scores: F8) -> Null:
    """The null of scores of white noise, by moments."""
    return Null(place=float(scores.mean()), scale=float(scores.std()))


def fit(scores: F8, expected: Null, reach: tuple[float, float]) -> Null:
    """The null and the ships' scores that make up a set of scores, by expectation and maximisation.

    scores: (n,) of slots and dates, some empty, some not. expected: the null of white noise, around which that of the
    scores is sought; reach: bounds of its place about that, in scales. The lowest mode is taken for the empty dates:
    where ships never leave, or never come, there is one mode only and `busy` is 0. Empirical null after Efron 2004
    (10.1198/016214504000000089).
    """
    best = _bounded(scores, np.ones(len(scores)), expected, reach)
    height = best.likelihood(scores) + GAIN
    for share in (0.05, 0.2, 0.4, 0.6, 0.8):
        edge = np.quantile(scores, 1 - share)
        found = _climb(scores, (scores > edge).astype(float), expected, reach)
        if found is not None and found.likelihood(scores) > height:
            best, height = found, found.likelihood(scores)
    return best


def _climb(scores: F8, ships: F8, expected: Null, reach: tuple[float, float]) -> Null | None:
    """From a first guess of each score's chance to be a ship's to the nearest maximum; None when a part vanishes."""
    found = None
    for _ in range(ROUNDS):
        if (1 - ships).sum() < 3 or ships.sum() < 1:
            return None
        null = _bounded(scores, 1 - ships, expected, reach)
        over = scores - null.place
        mean = max(float(np.average(over, weights=ships)), APART * expected.scale)
        variance = max(float(np.average((over - mean) ** 2, weights=ships)), 1e-6)
        shape = min(max(mean**2 / variance, SHAPE[0]), SHAPE[1])
        found = replace(null, mean=mean, shape=shape, busy=float(ships.mean()))
        fresh = found.chance(scores)
        if np.abs(fresh - ships).max() < 1e-3:
            break
        ships = fresh
    return found


def _bounded(scores: F8, weights: F8, expected: Null, reach: tuple[float, float]) -> Null:
    """A normal distribution by weighted moments, within the bounds around what white noise would give."""
    mean = float(np.average(scores, weights=weights))
    spread = float(np.sqrt(np.average((scores - mean) ** 2, weights=weights)))
    scale = min(max(spread, SCALE[0] * expected.scale), SCALE[1] * expected.scale)
    away = (mean - expected.place) / expected.scale
    return Null(place=expected.place + expected.scale * min(max(away, reach[0]), reach[1]), scale=scale)
