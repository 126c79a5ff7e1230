"""How many there are, from a checked sample of tiles: ratio to a count that all tiles have, or plain expansion."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from dateline.core.estimate import Estimate
from dateline.methods.counting.matching import F8


@dataclass(frozen=True, slots=True)
class Checked:
    """Tiles whose truth is known. assist: what people or the detector counted there; truth: what was found by the
    check; total: the assist's count over all tiles; tiles: how many there are (None: not known, taken as many)."""

    assist: F8
    truth: F8
    total: float
    tiles: float | None

    @property
    def unseen(self) -> float:
        """Share of the tiles that was not checked: the finite population correction."""
        return 1.0 if self.tiles is None else max(0.0, 1 - len(self.truth) / self.tiles)


def ratio(sample: Checked, *, level: float) -> Estimate | None:
    """Total = assist over all tiles x checked truth / checked assist. None where the checked tiles hold nothing.

    The interval is a jackknife of the logarithm of the ratio with the finite population correction, so it is skewed as
    small samples are. Its degrees of freedom are the geometric mean of n - 1 and of that of the effective number of
    tiles (sum x)^2 / sum x^2: a few crowded tiles carry most of what is known. Never below what was found.
    Cochran 1977, Sampling Techniques, 6.3 to 6.17; Kish 1965 for the effective number. Coverage: docs/proof.md.
    """
    x, y, n = sample.assist, sample.truth, len(sample.truth)
    if n < 2 or x.sum() <= 0 or y.sum() <= 0:
        return None
    best = sample.total * y.sum() / x.sum()
    if sample.unseen == 0:
        return Estimate(best=y.sum(), low=y.sum(), high=y.sum(), unit="1", level=level, n=n, how="all tiles checked")
    rest_x, rest_y = x.sum() - x, y.sum() - y
    if (rest_x <= 0).any() or (rest_y <= 0).any():  # one tile holds everything: nothing is known of the spread
        return None
    logs = np.log(rest_y / rest_x)
    spread = math.sqrt(sample.unseen * (n - 1) / n * float(((logs - logs.mean()) ** 2).sum()))
    reach = math.exp(_student(x, level) * spread)
    low = max(best / reach, float(y.sum()))
    return Estimate(
        best=max(best, low), low=low, high=max(best * reach, low), unit="1", level=level, n=n,
        how="ratio to a checked sample of tiles, jackknife of its logarithm",
    )  # fmt: skip


def _student(x: F8, level: float) -> float:
    n = len(x)
    effective = float(x.sum() ** 2 / (x**2).sum())
    freedom = max(1.0, math.sqrt((n - 1) * max(effective - 1, 1.0)))
    return float(stats.t.ppf(0.5 + level / 2, freedom))


def expansion(truth: F8, tiles: float, *, level: float) -> Estimate | None:
    """Total = number of plots in the whole x mean count of a random sample of plots of one size.

    Student interval with the finite population correction on the logarithm (the delta method keeps it above what was
    found). None for fewer than two plots or nothing found. Cochran 1977, 2.
    """
    n = len(truth)
    if n < 2 or truth.sum() <= 0:
        return None
    return ratio(Checked(np.ones(n), truth, tiles, tiles), level=level)


def relative_error(truth: F8, tiles: float | None) -> float | None:
    """Standard error of the mean over the mean [1]; None where it is not known."""
    n = len(truth)
    if n < 2 or truth.sum() <= 0:
        return None
    unseen = 1.0 if tiles is None else max(0.0, 1 - n / tiles)
    return float(math.sqrt(unseen / n) * truth.std(ddof=1) / truth.mean())


def plots_needed(truth: F8, tiles: float | None, target: float) -> int | None:
    """The stop rule: how many plots bring the relative standard error to `target` [1], from the spread so far.

    n0 = (cv / target)^2; of a finite number of plots n0 / (1 + n0 / tiles). Cochran 1977, 4.6.
    """
    if len(truth) < 2 or truth.sum() <= 0:
        return None
    first = float((truth.std(ddof=1) / truth.mean() / target) ** 2)
    return math.ceil(first if tiles is None else first / (1 + first / tiles))
