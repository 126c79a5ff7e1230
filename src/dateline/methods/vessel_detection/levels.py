"""Where the threshold lies: what the law says, and what the area's own water says. The water is believed."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from dateline.imagery.cfar.clutter import ca_factor, k_factor, k_shape, log_normal_level
from dateline.imagery.cfar.ring import B1, F4
from dateline.methods.vessel_detection.settings import Law

TAIL = 1e-3
"""Share of the water's pixels that make the tail which is extrapolated."""
FEWEST = 40
"""Pixels that the tail needs; with fewer water the threshold is the law's own."""
PRINTED = 1e-4
"""The nominal probability whose empirical counterpart is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """The threshold of one band, as a score, and how it came about.

    nominal: what the law alone gives. exceeded: share of water pixels over the law's level for PRINTED. pixels: of
    water that were looked at. weak: the level that one water pixel in 10,000 exceeds. tail: scale of the tail's
    exponential law [score].
    """

    threshold: float
    weak: float
    nominal: float
    exceeded: float
    pixels: int
    tail: float | None

    def at(self, pfa: float, settings_pfa: float) -> float:
        """The threshold for another probability, along the same tail."""
        return self.threshold + (self.tail or 0.25) * math.log(settings_pfa / pfa)


def nominal_level(law: Law, pfa: float, *, looks: float | None, n: int, spread: float) -> float:
    """The law's level for a probability, as a score. looks, spread: of the logarithm, for gamma and K clutter."""
    if law in {"log-normal", "truncated log-normal"}:
        return log_normal_level(pfa)
    assert looks is not None
    shape = k_shape(spread**2, looks) if law == "K" else math.inf
    factor = ca_factor(pfa, looks, n) if math.isinf(shape) else k_factor(pfa, shape, looks)
    return math.log(factor)


def own_level(scores: list[F4], water: list[B1], law_level: dict[float, float], pfa: float) -> Level:
    """The level that water exceeds with probability `pfa`, from the tail of its own scores.

    scores, water: (rows, columns) of every image. law_level: the law's level at `pfa` and at PRINTED. The excess over
    a high level falls off exponentially (Pickands 1975, doi 10.1214/aos/1176343003; shape 0, which sea clutter's
    tail does not exceed), so the level is u + b ln(TAIL / pfa) with u the level of TAIL and b the median excess over
    it divided by ln 2, which a few craft too small to be detected do not move as they would the mean. What lies over
    the threshold or the law's level is left out with its surroundings, and the rest looked at again.
    """
    nominal = law_level[pfa]
    threshold, tail = nominal, None
    kept = [part & np.isfinite(score) for score, part in zip(scores, water, strict=True)]
    for _ in range(3):
        rest = _without(scores, kept, min(threshold, nominal))
        if len(rest) * TAIL < FEWEST:
            break
        start = float(np.quantile(rest, 1 - TAIL))
        tail = float(np.median(rest[rest > start] - start)) / math.log(2)
        threshold = start + tail * math.log(TAIL / pfa)
    rest = _without(scores, kept, threshold)
    size = max(1, len(rest))
    weak = float(np.quantile(rest, 1 - 1e-4)) if len(rest) >= 1000 else law_level[PRINTED]
    return Level(
        threshold=threshold,
        weak=min(weak, threshold),
        nominal=nominal,
        exceeded=float(np.sum(rest > law_level[PRINTED])) / size,
        pixels=len(rest),
        tail=tail,
    )


def _without(scores: list[F4], water: list[B1], threshold: float) -> npt.NDArray[np.float32]:
    """The scores of water, without what stands out and the five pixels around it."""
    parts = []
    for score, part in zip(scores, water, strict=True):
        bright = part & (score > threshold)
        near = ndimage.maximum_filter(bright, size=11) if bright.any() else bright
        parts.append(score[part & ~near])
    return np.concatenate(parts) if parts else np.empty(0, np.float32)
