"""How far two people agree who looked at the same images without knowing each other's answers."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import Any

from dateline.core.estimate import Estimate
from dateline.ledger.site_look import SiteLook
from dateline.methods.presence import share_interval

WORDS = ("present", "absent", "not discernible", "obscured")


def kappa(pairs: Iterable[tuple[str, str]]) -> float | None:
    """Agreement beyond chance [1] of paired answers; None where chance alone would always agree, or without pairs.

    Cohen 1960, 10.1177/001316446002000104.
    """
    given = list(pairs)
    if not given:
        return None
    n = len(given)
    same = sum(one == other for one, other in given) / n
    chance = sum(sum(one == word for one, _ in given) * sum(other == word for _, other in given) for word in WORDS) / (
        n * n
    )
    return None if chance >= 1 else (same - chance) / (1 - chance)


def second_pass(looks: Iterable[SiteLook], level: float) -> tuple[dict[str, Any], Estimate | None]:
    """The two people with the most images in common: their agreement in numbers, and its share with an interval.

    Only answers given independently count. Share: Clopper and Pearson 1934, 10.1093/biomet/26.4.404.
    """
    answers: dict[str, dict[str, str]] = {}
    hidden = True
    for look in looks:
        if look.independent:
            answers.setdefault(look.by, {})[look.image] = look.answer
            hidden &= look.date_hidden
    both = [
        (one, other, sorted(answers[one].keys() & answers[other].keys()))
        for one, other in combinations(sorted(answers), 2)
    ]
    one, other, images = max(both, key=lambda pair: len(pair[2]), default=("", "", []))
    if not images:
        return {}, None
    pairs = [(answers[one][image], answers[other][image]) for image in images]
    same = sum(first == second for first, second in pairs)
    low, high = share_interval(same, len(pairs), level)
    found = {"by": [one, other], "images": len(pairs), "agreed": same, "kappa": kappa(pairs), "dates_hidden": hidden}
    share = Estimate(
        best=same / len(pairs), low=low, high=high, unit="1", level=level, n=len(pairs), how="Clopper-Pearson"
    )
    return found, share
