"""When something began, seen with gaps between the looks: the chance of each gap, and the likeliest gaps together.

Shared by methods that date an onset. Times are in days from any zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dateline.imagery.tables import F8

B1 = NDArray[np.bool_]
SHORT, LONG = 8, 24
"""Parts into which a look's own interval is cut: one of at most two days, and a longer one."""
TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Gaps:
    """N gaps between looks with the chance that the onset lies in each.

    edges: (N + 1,) [day]; gap i is after edges[i] and by edges[i + 1]. chance: (N + 2,) [1] with "before the first
    look" first and "not by the last look" last; sums to 1. likelihood: (N + 2,) logarithm.
    """

    edges: F8
    chance: F8
    likelihood: F8

    @property
    def before(self) -> float:
        """Chance that it began before the first look [1]."""
        return float(self.chance[0])

    @property
    def never(self) -> float:
        """Chance that it had not begun by the last look [1]."""
        return float(self.chance[-1])

    def chosen(self, level: float) -> B1:
        """(N + 2,) which outcomes make up the set of this level: those of highest likelihood, ties together.

        Highest posterior density under a flat prior, where density is chance over prior (Hyndman 1996,
        10.1080/00031305.1996.10474359).
        """
        order = np.argsort(-self.likelihood, kind="stable")
        gathered = np.cumsum(self.chance[order])
        last = int(np.searchsorted(gathered, level - 1e-9))
        least = self.likelihood[order[min(last, len(order) - 1)]]
        kept: B1 = self.likelihood >= least - 1e-9
        return kept

    def spans(self, level: float) -> Iterator[tuple[float, float]]:
        """The gaps of that set joined where they touch: (after, by) [day]."""
        kept = np.concatenate([[False], self.chosen(level)[1:-1], [False]])
        turns = np.flatnonzero(kept[1:] != kept[:-1])
        yield from ((float(self.edges[a]), float(self.edges[b])) for a, b in turns.reshape(-1, 2))

    def longest(self, level: float) -> float:
        """Length of the longest single gap in that set [day]; 0 where it has none."""
        return float(np.max(np.diff(self.edges)[self.chosen(level)[1:-1]], initial=0.0))


def weigh(edges: F8, likelihood: F8, *, before: float, never: float) -> Gaps:
    """Gaps from the logarithm of the likelihood of each outcome, (N + 2,).

    The prior is flat over the time between the looks; before, never: its shares for the two ends [1].
    """
    lengths = np.diff(edges)
    inner = (1 - before - never) * lengths / lengths.sum() if len(lengths) else lengths
    prior = np.concatenate([[before], inner, [never]])
    with np.errstate(divide="ignore"):
        joint = np.log(prior) + likelihood
    joint = np.exp(joint - joint.max())
    return Gaps(edges, joint / joint.sum(), np.where(prior > 0, likelihood, -np.inf))


def of_looks(start: F8, end: F8, seen: B1, detection: F8, false_alarm: F8, *, before: float, never: float) -> Gaps:
    """Gaps from answers with known rates; every array is (n,), n looks, independent of each other.

    start, end: when each look was taken [day], equal for an instant, an interval for a mosaic, which may show the
    site at any moment of it. seen: whether the thing was seen. detection, false_alarm: chance of that when it is there
    and when it is not [1]. P(answers | onset) is the product over looks (Bernoulli); an onset at a look's own moment
    counts as there.
    """
    edges = _edges(start, end)
    middle = (edges[:-1] + edges[1:]) / 2
    # the share of a look's interval that lies after the onset, for each gap: (N + 2, n)
    length = np.maximum(end - start, TINY)
    there = np.clip((end - middle[:, None]) / length, 0, 1)
    there = np.vstack([np.ones(len(start)), there, np.zeros(len(start))])
    yes = there * detection + (1 - there) * false_alarm
    rates = np.clip(np.where(seen, yes, 1 - yes), TINY, 1)
    return weigh(edges, np.log(rates).sum(axis=1), before=before, never=never)


def _edges(start: F8, end: F8) -> F8:
    """Every moment at which the likelihood changes; within a look's own interval it bends, so that is cut finely."""
    long = np.flatnonzero(end > start)
    inner = [np.linspace(start[i], end[i], (SHORT if end[i] - start[i] <= 2 else LONG) + 1) for i in long]
    found: F8 = np.unique(np.concatenate([start, end, *inner]))
    return found
