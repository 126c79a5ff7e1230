"""The ratio and the difference of light on fixed masks, its two margins, and what the floor could hide."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from dateline.imagery.tables import F8
from dateline.methods.night_lights.sums import PlaceSums


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """What one place's change pairs add up to; means over the paired months.

    a, b: mean total light of the two periods [unit px]. area_a, area_b: light times area [unit km2].
    seen: mean number of pixels seen in both looks [px]. lit_a, lit_b: mean number of pixels above the floor [px], NaN
    where a table does not say.
    both_a, both_b: mean light of the pixels that are above the floor in both looks [unit px].
    """

    a: float
    b: float
    seen: float
    lit_a: float
    lit_b: float
    both_a: float
    both_b: float
    area_a: float
    area_b: float

    @property
    def lit(self) -> float | None:
        """The larger of the two numbers of lit pixels [px]; None where that is not known."""
        return max(self.lit_a, self.lit_b) if math.isfinite(self.lit_a + self.lit_b) else None

    @property
    def dark_a(self) -> float | None:
        """Seen pixels below the floor in A [px]; None where unknown."""
        return None if self.lit is None else max(self.seen - self.lit_a, 0.0)

    @property
    def dark_b(self) -> float | None:
        """Seen pixels below the floor in B [px]; None where unknown."""
        return None if self.lit is None else max(self.seen - self.lit_b, 0.0)

    def log_ratio(self, floor_worth: float = 0.0) -> float:
        """log(B/A) with each pixel below the floor taken as `floor_worth` [unit]; infinite where a side is dark.

        Where the number of those pixels is unknown they count nothing; `lit` says so.
        """
        a, b = self.a + floor_worth * (self.dark_a or 0.0), self.b + floor_worth * (self.dark_b or 0.0)
        if a <= 0 or b <= 0:
            return math.nan if max(a, b) <= 0 else math.copysign(math.inf, b - a)
        return math.log(b / a)

    def difference(self, floor_worth: float = 0.0) -> float:
        """B - A with each pixel below the floor taken as `floor_worth` [unit px]."""
        return self.b - self.a + floor_worth * ((self.dark_b or 0.0) - (self.dark_a or 0.0))


def light_of(place: PlaceSums) -> Light:
    """The means over the change pairs of one place; all zero where it has none."""
    change = place.pairs.change
    pairs = max(int(change.sum()), 1)

    def mean(values: F8) -> float:
        return float(values[change].sum()) / pairs

    return Light(
        a=mean(place.sum_a),
        b=mean(place.sum_b),
        seen=mean(place.weight),
        lit_a=mean(place.lit_a),
        lit_b=mean(place.lit_b),
        both_a=mean(place.both_a),
        both_b=mean(place.both_b),
        area_a=mean(place.sum_a * place.pixel_area),
        area_b=mean(place.sum_b * place.pixel_area),
    )


def pair_log_ratios(place: PlaceSums) -> F8:
    """(K,) log(B/A) of each pair, change and history; NaN where a side has no light at all."""
    a, b = place.sum_a.sum(axis=1), place.sum_b.sum(axis=1)
    lit = (a > 0) & (b > 0)
    ratios: F8 = np.full(len(a), np.nan)
    ratios[lit] = np.log(b[lit] / a[lit])
    return ratios


def shares_of_light(place: PlaceSums) -> F8:
    """(K,) the weight of each change pair in the ratio: its share of A's light; 0 for history; sums to 1."""
    a = np.where(place.pairs.change, place.sum_a.sum(axis=1), 0.0)
    total = a.sum()
    if total > 0:
        share: F8 = a / total
        return share
    even: F8 = place.pairs.change / max(int(place.pairs.change.sum()), 1)
    return even
