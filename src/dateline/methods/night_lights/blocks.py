"""The block bootstrap over space: how much the ratio would differ had other blocks of the place been drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dateline.imagery.tables import F8
from dateline.methods.night_lights.sums import I8, PlaceSums

RULE_SIDES = (8, 4)
"""Block sides that the rule chooses from [px]. In a real monthly cube (Mumbai, 2012-2022) the noise of neighbouring
pixels correlates by 0.6, at 4 pixels by 0.13, at 8 by 0.06."""
ENOUGH_BLOCKS = 12
FEWEST_BLOCKS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The noise within the picture at one block side.

    variance: of the log ratio. effective: the number of equal blocks that would say as much (Kish 1965).
    """

    side: int
    variance: float
    effective: float

    @property
    def enough(self) -> bool:
        """Whether there are blocks enough to speak of a spread between them."""
        return self.effective >= FEWEST_BLOCKS


def block_side(place: PlaceSums) -> int:
    """The rule: 8 pixels where that leaves 12 effective blocks or more, else 4 [px].

    Under 4 pixels blocks would be more alike than chance, and the interval too narrow.
    """
    wide = RULE_SIDES[0]
    return wide if effective_blocks(_block_sums(place, wide)[0]) >= ENOUGH_BLOCKS else RULE_SIDES[1]


def effective_blocks(light: F8) -> float:
    """(sum x)^2 / sum x^2 of the blocks' light (Kish 1965): how many equal blocks these amount to."""
    square = float((light**2).sum())
    return float(light.sum()) ** 2 / square if square > 0 else 0.0


def within_picture(place: PlaceSums, side: int, draws: int, rng: np.random.Generator) -> Picture:
    """Variance of log(B/A) over `draws` resamplings of the place's lit blocks, with replacement.

    All pairs of a block are drawn together. The variance is raised by n/(n-1), as the bootstrap of n blocks falls
    short by that factor (Efron and Tibshirani 1993, An Introduction to the Bootstrap, ch. 5; blocks: Hall 1985,
    doi:10.1016/0304-4149(85)90212-1).
    """
    a, b = _block_sums(place, side)
    lit = (a > 0) | (b > 0)
    a, b = a[lit], b[lit]
    effective = effective_blocks(a + b)
    count = len(a)
    if count < 2:
        return Picture(side=side, variance=0.0, effective=effective)
    drawn = rng.integers(count, size=(draws, count))
    drawn_a, drawn_b = a[drawn].sum(axis=1), b[drawn].sum(axis=1)
    usable = (drawn_a > 0) & (drawn_b > 0)
    if usable.sum() < 2:
        return Picture(side=side, variance=0.0, effective=effective)
    logs = np.log(drawn_b[usable] / drawn_a[usable])
    return Picture(side=side, variance=float(logs.var(ddof=1)) * count / (count - 1), effective=effective)


def _block_sums(place: PlaceSums, side: int) -> tuple[F8, F8]:
    """The change pairs' light of A and of B by block [unit px]."""
    change = place.pairs.change
    block = _block_of(place, side)
    count = int(block.max(initial=-1)) + 1
    a: F8 = np.bincount(block, place.sum_a[change].sum(axis=0), count).astype(np.float64)
    b: F8 = np.bincount(block, place.sum_b[change].sum(axis=0), count).astype(np.float64)
    return a, b


def _block_of(place: PlaceSums, side: int) -> I8:
    """(C,) the block of each cell, numbered from 0."""
    rows, columns = place.row // side, place.column // side
    height, width = (int(values.max(initial=0)) + 1 for values in (rows, columns))
    key = (place.part * height + rows) * width + columns
    block: I8 = np.unique(key, return_inverse=True)[1].astype(np.int64)
    return block
