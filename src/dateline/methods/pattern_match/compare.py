"""Two layouts against each other and against unrelated ones: distance, rank, likelihood ratio."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dateline.imagery.shapes import Line, Pattern
from dateline.methods.pattern_match.distance import NAMES, differences, distance, spreads
from dateline.methods.pattern_match.features import F8, Content, Features, content, features
from dateline.methods.pattern_match.pieces import halves, piece
from dateline.methods.pattern_match.ratio import Ratio, Scores, likelihood_ratio, ranked

SHORTEST, LEGS, TURNS = 120.0, 10, 6
"""A layout with less than this length [m], legs and turns has no pattern to compare."""
ENOUGH = 30
"""Unrelated layouts and pieces at least."""
PIECES = 5
"""Pieces of one unrelated layout at most."""
PAIRS = 1500
"""Pairs of unrelated layouts at most that make the ratio's lower part."""


@dataclass(frozen=True, slots=True)
class Unrelated:
    """Layouts that have nothing to do with what is asked: features of each, and of which site it is a part."""

    features: tuple[Features, ...]
    of: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """distance: between the two [spreads]. ranks: of the second among the unrelated seen from the first, and the
    reverse; among: how many they are. parts: each feature's difference [spreads]. scores: what the ratio rests on."""

    distance: float
    ranks: tuple[int, int]
    among: int
    ratio: Ratio
    parts: dict[str, float | None]
    scores: Scores


def is_enough(found: Content) -> bool:
    """Whether a layout has a pattern to compare."""
    return found.length >= SHORTEST and found.legs >= LEGS and found.turns >= TURNS


def unrelated_of(patterns: Sequence[Pattern], length: float, rng: np.random.Generator) -> Unrelated:
    """Unrelated layouts cut to about `length` [m]; of few layouts several pieces each, until there are ENOUGH."""
    each = min(PIECES, max(1, -(-ENOUGH // max(len(patterns), 1))))
    found, of = list[Features](), list[int]()
    for number, pattern in enumerate(patterns):
        for _ in range(1 if pattern.length < 1.5 * length else each):
            lines = pattern.lines if pattern.length < 1.5 * length else piece(pattern.lines, length, rng)
            if lines:
                found.append(features(lines))
                of.append(number)
    return Unrelated(tuple(found), tuple(of))


def compare(
    first: Pattern,
    second: Pattern,
    unrelated: Unrelated,
    related: Sequence[tuple[Sequence[Line], Sequence[Line]]],
    *,
    level: float,
    rng: np.random.Generator,
) -> Comparison:
    """Distance, ranks and likelihood ratio of two layouts.

    unrelated: ENOUGH layouts at least. related: pairs of layouts of one template. level: of the ratio's interval.
    """
    unit = spreads(unrelated.features)
    one, other = features(first.lines), features(second.lines)
    apart = distance(one, other, unit)
    scores = _scores(unrelated, related, unit, rng)
    shares = differences(one, other)
    return Comparison(
        distance=apart,
        ranks=(
            ranked(apart, [distance(one, each, unit) for each in unrelated.features]),
            ranked(apart, [distance(other, each, unit) for each in unrelated.features]),
        ),
        among=len(unrelated.features) + 1,
        ratio=likelihood_ratio(scores, apart, level, rng),
        parts={
            name: float(share) if np.isfinite(share) else None for name, share in zip(NAMES, shares / unit, strict=True)
        },
        scores=scores,
    )


def related_of(
    given: Sequence[Pattern], made: Sequence[Pattern], twins: Sequence[Pattern]
) -> list[tuple[Sequence[Line], Sequence[Line]]]:
    """Pairs of one template: the halves of given layouts that are long enough, and simulated twins.

    twins: of the last ones of `made`, in their order; the first ones have no plan and no twin.
    """
    pairs: list[tuple[Sequence[Line], Sequence[Line]]] = [
        halves(one) for one in given if is_enough(content(one)) and one.length >= 2 * SHORTEST
    ]
    planned = made[len(made) - len(twins) :]
    return [*pairs, *((one.lines, twin.lines) for one, twin in zip(planned, twins, strict=True))]


def _scores(
    unrelated: Unrelated,
    related: Sequence[tuple[Sequence[Line], Sequence[Line]]],
    unit: F8,
    rng: np.random.Generator,
) -> Scores:
    same = np.array([distance(features(one), features(other), unit) for one, other in related])
    of = np.asarray(unrelated.of)
    left, right = np.triu_indices(len(of), 1)
    keep = of[left] != of[right]
    left, right = left[keep], right[keep]
    if len(left) > PAIRS:
        chosen = np.sort(rng.choice(len(left), PAIRS, replace=False))
        left, right = left[chosen], right[chosen]
    apart = np.array(
        [distance(unrelated.features[a], unrelated.features[b], unit) for a, b in zip(left, right, strict=True)]
    )
    return Scores(same, apart, np.stack([of[left], of[right]], axis=1))
