"""How far the evidence goes between two explanations: likelihood ratios by origin, as a band in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import exp, fsum, log

from dateline.ledger.matrix import Strength
from dateline.methods.weighing.tally import Saying

RATIO: dict[Strength, float] = {"weak": 2.0, "moderate": 5.0, "strong": 20.0}
"""How many times likelier evidence is under what it is consistent with [1]; the words of the scale."""
DEPENDENCE = (0.0, 0.5, 1.0)
"""Shares of dependence between origins at which the ratio is shown [1]."""
MOVERS = 3
_SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Band:
    """One explanation over another: the ratio [1] at each dependence, from how many origins, which move it most."""

    explanation: str
    over: str
    ratios: tuple[float, ...]
    origins: int
    movers: tuple[int, ...]
    """Numbers of the groups of origins, the weightiest first."""

    @property
    def words(self) -> str:
        """ "weak to strong for", "moderate against", "slight either way"."""
        ends = (min(self.ratios), max(self.ratios))
        if all(_word(ratio) == "slight" for ratio in ends):
            return "slight either way"
        side = "for" if ends[1] > 1 else "against"
        low, high = sorted(ends, key=lambda ratio: abs(log(ratio)))
        return f"{' to '.join(dict.fromkeys((_word(low), _word(high))))} {side}"


def bands(sayings: Iterable[Saying], groups: Sequence[frozenset[str]], explanations: Sequence[str]) -> Iterator[Band]:
    """A band for every two explanations that graded evidence bears on, in the order of explanations.

    groups: roots that count as one origin. Of one origin the strongest row for and the strongest against count, once
    each; a sum of n logarithms is divided by 1 + (n - 1) rho (the design effect: Kish 1965).
    """
    graded = [one for one in sayings if one.strength is not None]
    for explanation, over in combinations(explanations, 2):
        found = {
            number: weight
            for number, group in enumerate(groups)
            if (weight := _weight([one for one in graded if one.needs <= group], explanation, over)) is not None
        }
        if found:
            total, n = fsum(found.values()), len(found)
            ratios = tuple(exp(total / (1 + (n - 1) * rho)) for rho in DEPENDENCE)
            movers = sorted(found, key=lambda number: (-abs(found[number]), number))[:MOVERS]
            yield Band(explanation, over, ratios, n, tuple(movers))


def _weight(sayings: Iterable[Saying], explanation: str, over: str) -> float | None:
    """The logarithm of one origin's ratio; None where nothing of it bears on the two."""
    favour, oppose = [], []
    for one in sayings:
        assert one.strength is not None
        match (one.ratings.get(explanation), one.ratings.get(over)):
            case ("consistent", "inconsistent"):
                favour.append(log(RATIO[one.strength]))
            case ("inconsistent", "consistent"):
                oppose.append(log(RATIO[one.strength]))
    return max(favour, default=0.0) - max(oppose, default=0.0) if favour or oppose else None


def _word(ratio: float) -> str:
    size = max(ratio, 1 / ratio) + _SLACK
    return next((word for word, least in reversed(RATIO.items()) if size >= least), "slight")
