"""Origins against and for each explanation, what separates them, and which remain. Rows are never counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from dateline.ledger.claim import Claim
from dateline.ledger.matrix import Rating, Strength
from dateline.methods.origins.count import Count, count
from dateline.methods.origins.shares import Merge
from dateline.methods.weighing.evidence import Evidence, Piece

ENOUGH = 2
"""Origins, at least, that must separate the explanations before any is said to remain."""

Separates = Literal["separates", "leans", "does not separate"]
Answer = Literal["one remains", "several remain", "none remains", "cannot tell"]


@dataclass(frozen=True, slots=True)
class Saying:
    """What rows that repeat one another say together: one utterance, one picture, one measurement."""

    utterance: str
    needs: frozenset[str]
    ratings: Mapping[str, Rating]
    strength: Strength | None
    methods: frozenset[str]
    pieces: tuple[Piece, ...]
    disputed: tuple[str, ...] = ()
    """Explanations that its rows rate apart, with no row of the original to decide."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One answer: what remains, on how many origins each explanation has against and for it."""

    answer: Answer
    remaining: tuple[str, ...]
    against: Mapping[str, Count]
    support: Mapping[str, Count]
    separating: Count


def sayings_of(evidence: Evidence, claims: Mapping[str, Claim]) -> tuple[tuple[Saying, ...], dict[str, str]]:
    """Rows collapsed to what they repeat, in order of utterance; and those replaced by a later statement, by which.

    The row of the original decides its rating; retellings decide only where it has no row, and where they agree.
    """
    replaced = _replaced(evidence.pieces, claims)
    by_utterance: dict[str, list[Piece]] = {}
    for piece in evidence.pieces:
        if piece.resting.utterance not in replaced:
            by_utterance.setdefault(piece.resting.utterance, []).append(piece)
    return tuple(_saying(name, by_utterance[name]) for name in sorted(by_utterance)), replaced


def _saying(utterance: str, pieces: Sequence[Piece]) -> Saying:
    original = [piece for piece in pieces if piece.key in {utterance, f"claim {utterance}"}]
    deciding = original or sorted(pieces, key=lambda piece: piece.key)
    told: dict[str, set[Rating]] = {}
    for piece in deciding:
        for name, rating in piece.row.ratings.items():
            told.setdefault(name, set()).add(rating)
    strengths = {piece.row.strength for piece in deciding}
    return Saying(
        utterance=utterance,
        needs=pieces[0].resting.needs,
        ratings={name: next(iter(ratings)) for name, ratings in told.items() if len(ratings) == 1},
        strength=next(iter(strengths)) if len(strengths) == 1 else None,
        methods=frozenset(method for piece in deciding for method in piece.methods),
        pieces=tuple(pieces),
        disputed=tuple(sorted(name for name, ratings in told.items() if len(ratings) > 1)),
    )


def _replaced(pieces: Iterable[Piece], claims: Mapping[str, Claim]) -> dict[str, str]:
    """Utterances that another row's claim replaces, itself or by way of others, and by which claim."""
    found: dict[str, str] = {}
    for name in sorted({piece.resting.utterance for piece in pieces if piece.row.claim == piece.resting.utterance}):
        waiting, seen = list(claims[name].supersedes), {name}
        while waiting:
            earlier = waiting.pop()
            if earlier in seen or earlier not in claims:
                continue
            seen.add(earlier)
            found.setdefault(earlier, name)
            waiting += claims[earlier].supersedes
    return found


def separates(ratings: Mapping[str, Rating], explanations: Sequence[str]) -> Separates:
    """Whether evidence tells rivals apart: it goes against some and not all; or it only favours some; or neither."""
    marks = Counter(ratings.get(name) for name in explanations)
    if 0 < marks["inconsistent"] < len(explanations):
        return "separates"
    return "leans" if not marks["inconsistent"] and 0 < marks["consistent"] < len(explanations) else "does not separate"


def read(sayings: Iterable[Saying], merges: Sequence[Merge], explanations: Sequence[str]) -> Reading:
    """The cautious answer: those with the fewest origins against them in the least count, if enough separate any."""
    there = tuple(sayings)
    against = {name: _count(there, merges, name, "inconsistent") for name in explanations}
    support = {name: _count(there, merges, name, "consistent") for name in explanations}
    telling = (one.needs for one in there if separates(one.ratings, explanations) == "separates")
    separating = count(telling, merges)
    left, fewest = remaining({name: each.minimum for name, each in against.items()})
    answer: Answer = "none remains" if fewest else "one remains" if len(left) == 1 else "several remain"
    if separating.minimum < ENOUGH:
        answer, left = "cannot tell", ()
    return Reading(answer, left, against, support, separating)


def remaining(against: Mapping[str, int]) -> tuple[tuple[str, ...], int]:
    """The explanations with the fewest origins against them, and how many those are."""
    fewest = min(against.values())
    return tuple(name for name, number in against.items() if number == fewest), fewest


def _count(sayings: Iterable[Saying], merges: Sequence[Merge], name: str, rating: Rating) -> Count:
    return count((one.needs for one in sayings if one.ratings.get(name) == rating), merges)


def without(sayings: Iterable[Saying], gone: frozenset[str]) -> tuple[Saying, ...]:
    """What stands when the roots `gone` fall."""
    return tuple(one for one in sayings if not one.needs & gone)
