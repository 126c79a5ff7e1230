"""How the seen values of an extent are spread, gathered window by window."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from dateline.imagery.tables import Profile

_SAMPLE = 1 << 16
"""Quantiles rest on at most about this many values, taken at even steps; of smaller extents on all."""
_PIECE_PIXELS = 1 << 19
_SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(slots=True)
class Spread:
    """A profile in the making. `step` thins the pixels behind the quantiles; the rest is exact."""

    step: int
    n: int = 0
    zeros: int = 0
    minimum: float = math.nan
    smallest_positive: float = math.nan
    sample: list[npt.NDArray[np.float32]] = field(default_factory=list)

    def add(self, values: npt.NDArray[np.float32], looked: npt.NDArray[np.bool_]) -> None:
        """A window more. values: (rows, columns) [unit]; looked: where they may be counted."""
        rows = max(1, _PIECE_PIXELS // values.shape[1])
        for top in range(0, len(values), rows):
            self._count(values[top : top + rows], looked[top : top + rows])
        step = self.step
        while math.gcd(step, values.shape[1]) > 1:  # else the sample would be a few columns
            step += 1
        self.sample.append(values.ravel()[::step][looked.ravel()[::step]])

    def _count(self, values: npt.NDArray[np.float32], looked: npt.NDArray[np.bool_]) -> None:
        bits = values.view(np.int32)
        counted = (bits | (looked.view(np.int8) - np.int8(1))).view(np.float32)  # all bits set is NaN
        positive = (bits | ((counted > 0).view(np.int8) - np.int8(1))).view(np.float32)
        self.n += int(np.count_nonzero(looked))
        self.zeros += int(np.count_nonzero(counted == 0))
        self.minimum = float(np.fmin(self.minimum, np.fmin.reduce(counted, axis=None)))
        self.smallest_positive = float(np.fmin(self.smallest_positive, np.fmin.reduce(positive, axis=None)))

    def profile(self) -> Profile:
        """The finished profile; NaN where there is no such value."""
        values = np.concatenate([*self.sample, np.empty(0, np.float32)])
        quantiles = np.quantile(values, _SHARES) if values.size else np.full(len(_SHARES), math.nan)
        low, lower, middle, upper, high = (float(value) for value in quantiles)
        return Profile(
            n=self.n,
            zero_share=self.zeros / self.n if self.n else math.nan,
            minimum=self.minimum,
            smallest_positive=self.smallest_positive,
            quantiles=(low, lower, middle, upper, high),
        )


def spread_over(pixels: int) -> Spread:
    """An empty spread for an extent of so many pixels."""
    return Spread(step=max(1, math.ceil(pixels / _SAMPLE)))
