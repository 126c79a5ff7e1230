"""Statements that read alike and are not linked: a suggestion for a person, never a merge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import ceil

from dateline.ledger.claim import Claim
from dateline.methods.origins.facts import words
from dateline.methods.origins.roots import Resting

LIKE = 0.6
"""Share of common words (Jaccard) from which two statements read alike."""
MOST = 20
_COMMON = 12
"""A word of more statements than this is not looked up: it says little about any two."""


def alike(claims: Sequence[Claim], resting: Mapping[str, Resting]) -> list[tuple[str, str, float]]:
    """At most 20 pairs of different utterances that share at least 0.6 of their words, the likest first.

    Pairs are looked for by their rarest words (prefix filter: Bayardo, Ma and Srikant 2007).
    """
    told = {claim.id: frozenset(words(claim.statement)) for claim in claims if resting[claim.id].utterance == claim.id}
    often = Counter(word for spelled in told.values() for word in spelled)
    shelves: dict[str, list[str]] = {}
    found: dict[tuple[str, str], float] = {}
    for name in sorted(told):
        spelled = told[name]
        rare = sorted(spelled, key=lambda word: (often[word], word))
        for word in rare[: len(rare) - ceil(LIKE * len(rare)) + 1]:
            if often[word] > _COMMON:
                continue
            for other in shelves.setdefault(word, []):
                share = len(spelled & told[other]) / len(spelled | told[other])
                if share >= LIKE:
                    found[other, name] = share
            shelves[word].append(name)
    ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return [(one, other, round(share, 2)) for (one, other), share in ranked[:MOST]]
