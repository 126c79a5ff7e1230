"""Marks sized by what was measured: areas in proportion, the interval as rings; what has no number is never small."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from dateline.core.estimate import Estimate
from dateline.story.mapping.frame import round_length

LEAST, PLAIN, UNKNOWN = 4.0, 5.0, 9.0
"""[px] Radius of the smallest number, of a place without any, and of an answer that is no number."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Values to radii: the area of a mark is in proportion to the number. most: greatest number. widest: its radius."""

    most: float
    widest: float

    def radius(self, value: float) -> float:
        """The radius of a number [px], whatever its sign; never less than LEAST."""
        share = math.sqrt(min(abs(value) / self.most, 1.0)) if self.most > 0 else 0.0
        return round(max(LEAST, self.widest * share), 1)

    def ring(self, value: float) -> float:
        """The radius of a bound of the interval [px], which may be 0."""
        return round(self.widest * math.sqrt(abs(value) / self.most), 1) if self.most > 0 else 0.0

    def key(self) -> tuple[float, ...]:
        """Two round numbers for the key, great and small."""
        great = round_length(self.most) if self.most > 0 else 0.0
        return (great, great / 5) if great else ()


def sizes(estimates: Sequence[Estimate], widest: float) -> Sizes:
    """The scale on which all these are drawn: its end is the farthest closed bound, but no more than twice the best."""
    best = max((abs(one.best) for one in estimates), default=0.0)
    ends = [abs(end) for one in estimates for end in (one.low, one.high) if end is not None]
    far = max([best, *ends]) if ends else best
    return Sizes(min(far, 2 * best) if best else far, widest)


def rings(estimate: Estimate, scale: Sizes) -> tuple[float, float | None]:
    """Inner and outer ring of an interval [px]: the bounds nearest to and farthest from nothing; outer None if open."""
    low, high = estimate.low, estimate.high
    if low is None or high is None:
        return 0.0, None
    inner = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
    return scale.ring(inner), min(scale.ring(max(abs(low), abs(high))), 2 * scale.widest)
