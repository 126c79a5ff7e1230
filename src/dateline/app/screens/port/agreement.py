"""How far looks at the same images agree: a table, the share, kappa with its interval, and what they differ on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from dateline.app.screens.port.sitting import Look, named, question
from dateline.core.estimate import Estimate
from dateline.ledger.observation import Observation
from dateline.ledger.observed import ended_sittings, has_ended

ANSWERS: Mapping[str, str] = {
    "present": "ships", "absent": "empty", "obscured": "not seen", "not_discernible": "not seen",
}  # fmt: skip
"""States of observations in the three words of this screen."""
WORDS = ("ships", "empty", "not seen")
_STATES = {"ships": "present", "empty": "absent", "not seen": "obscured"}
Rater = tuple[str, str]
"""Who, and in which kind of sitting: a second look by the same person is another one's as far as agreement goes."""
Given = Mapping[Rater, Mapping[Look, str]]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two raters on the images that both looked at. table: first one's word -> the other's -> how many.

    kappa: None where chance alone would always agree, such as where all answers are alike.
    """

    one: str
    other: str
    images: int
    agreed: int
    table: tuple[tuple[int, ...], ...]
    kappa: Estimate | None

    @property
    def percent(self) -> float:
        """Share of images on which both say the same [%]."""
        return 100 * self.agreed / self.images


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One image of one place on which words differ. said: who said what. opposed: ships against empty."""

    look: Look
    said: tuple[tuple[str, str], ...]
    opposed: bool


def visible(marks: Mapping[str, Observation], among: Mapping[str, Observation], who: str) -> dict[str, Observation]:
    """Of the looks `among`, those that this person may see: their own, and others' ended ones where theirs has ended.

    marks: all observations of the case, with the ends of sittings.
    """
    every = tuple(marks.values())
    ended = ended_sittings(every)
    mine = [mark for mark in every if mark.by == who and mark.submitted]
    return {
        name: mark
        for name, mark in among.items()
        if mark.by == who
        or (
            (mark.sitting is None or (mark.by, mark.sitting) in ended)
            and has_ended(mine, by=who, item=mark.item, question=question(str(mark.place)))
        )
    }


def hidden(marks: Mapping[str, Observation], among: Mapping[str, Observation], who: str) -> int:
    """How many looks of others this person may not see yet."""
    return len(among) - len(visible(marks, among, who))


def given(looks: Iterable[Observation]) -> dict[Rater, dict[Look, str]]:
    """Each rater's words by image and place; of several of one rater the last."""
    found: dict[Rater, dict[Look, str]] = {}
    for mark in sorted(looks, key=lambda mark: (mark.at, mark.id)):
        sitting = None if mark.sitting is None else named(str(mark.sitting))
        rater = (mark.by, "first" if sitting is None else sitting.kind)
        found.setdefault(rater, {})[mark.item, str(mark.place)] = ANSWERS[mark.state]
    return found


def label(rater: Rater) -> str:
    """A rater in words."""
    who, kind = rater
    return {"first": who, "second": f"{who}, second look", "settle": f"{who}, to settle"}[kind]


def agreements(answers: Given, level: float) -> tuple[Agreement, ...]:
    """Every two raters who looked at the same images, those with most in common first."""
    found = []
    for one, other in combinations(sorted(answers), 2):
        both = sorted(answers[one].keys() & answers[other].keys())
        if both:
            pairs = [(answers[one][look], answers[other][look]) for look in both]
            found.append(_agreement(label(one), label(other), pairs, level))
    return tuple(sorted(found, key=lambda each: -each.images))


def _agreement(one: str, other: str, pairs: list[tuple[str, str]], level: float) -> Agreement:
    table = tuple(tuple(pairs.count((row, column)) for column in WORDS) for row in WORDS)
    agreed = sum(first == second for first, second in pairs)
    return Agreement(one, other, len(pairs), agreed, table, kappa(pairs, level))


def kappa(pairs: Iterable[tuple[str, str]], level: float) -> Estimate | None:
    """Agreement beyond chance [1] of paired words with its interval at `level`; None where it cannot be told.

    Cohen 1960, 10.1177/001316446002000104. Interval: that of the share of agreement (Clopper and Pearson 1934,
    10.1093/biomet/26.4.404) at the chance agreement that was seen, as in Cohen's own standard error. The asymptotic
    one of Fleiss, Cohen and Everitt 1969 (10.1037/h0028106) holds too seldom at twenty images, and has no width where
    all agree.
    """
    from dateline.methods.bracketing.agree import kappa as point
    from dateline.methods.presence import share_interval

    pairs = list(pairs)
    best = point((_STATES[one], _STATES[other]) for one, other in pairs)
    if best is None:
        return None
    n, same = len(pairs), sum(one == other for one, other in pairs)
    chance = sum(sum(a == word for a, _ in pairs) * sum(b == word for _, b in pairs) for word in WORDS) / n**2
    low, high = ((share - chance) / (1 - chance) for share in share_interval(same, n, level))
    return Estimate(
        best=best, low=min(low, best), high=max(high, best), unit="1", level=level, n=n, how="Clopper-Pearson"
    )


def disagreements(answers: Given) -> tuple[Disagreement, ...]:
    """Images on which words differ, ships against empty first. Who settles one supersedes nobody: it stays here."""
    by_look: dict[Look, list[tuple[str, str]]] = {}
    for rater in sorted(answers):
        for look, word in answers[rater].items():
            by_look.setdefault(look, []).append((label(rater), word))
    found = [
        Disagreement(look, tuple(said), {"ships", "empty"} <= {word for _, word in said})
        for look, said in sorted(by_look.items())
        if len({word for _, word in said}) > 1
    ]
    return tuple(sorted(found, key=lambda one: not one.opposed))
