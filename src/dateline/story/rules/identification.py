"""Words that say what a place is, beyond what was found out: "is a military base" where features only fit one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dateline.ledger.identification import Identification, State
from dateline.ledger.place import Place
from dateline.story.document import Sentence
from dateline.story.fault import Faults, Level, Rule
from dateline.story.phrases import hits, is_negated
from dateline.story.reading import Reading

RULE = Rule(
    code="identification",
    name="a place called what it has not been shown to be",
    level=Level.BLOCK,
    why="Huts in rows fit a base, a youth camp and a farm: what a place is needs evidence of its own.",
    do="Print {{PLACE.identification}}, name who calls it so, or take the place's record further.",
)
HEDGES: dict[State, tuple[str, ...]] = {
    "consistent": ("consistent_with",),
    "corroborated": ("consistent_with", "appears_to_be"),
}
"""Vocabularies of which a word must stand in the sentence, on the rungs that allow any."""


def find(reading: Reading, faults: Faults) -> None:
    """Adds names of what a place is taken for, where its rung does not carry the sentence."""
    asked = {name: place for name, place in reading.case.places.items() if place.identification}
    for sentence in reading.story.sentences() if asked else ():
        if reading.quotes_claim(sentence):
            continue
        for place in _named(reading, sentence, asked):
            for one in place.identification:
                _look(reading, sentence, place, one, faults)


def _named(reading: Reading, sentence: Sentence, asked: dict[str, Place]) -> Iterator[Place]:
    """The places with an identification that a sentence speaks of, by reference or by name."""
    owners = {reference.owner for run in sentence.references if (reference := reading.found(run.text)) is not None}
    for name, place in asked.items():
        called = place.name(reading.language.code)
        if name in owners or re.search(rf"(?<!\w){re.escape(called)}(?!\w)", sentence.text, re.IGNORECASE):
            yield place


def _look(reading: Reading, sentence: Sentence, place: Place, one: Identification, faults: Faults) -> None:
    if one.state == "confirmed":
        return
    for name in one.names:
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", sentence.text, re.IGNORECASE):
            if is_negated(reading.language, sentence.text, match.start()) or _hedged(reading, sentence, one, match):
                continue
            saw = f"{match[0]!r}, where the record of {place.id} says {one.state.replace('_', ' ')}"
            faults.add(sentence.spot(match.start()), saw, f"Say no more than: {one.sentence(place.name())}")
            return


def _hedged(reading: Reading, sentence: Sentence, one: Identification, match: re.Match[str]) -> bool:
    """Whether words that the rung asks for stand before the name."""
    before = sentence.text[: match.start()]
    return any(True for words in HEDGES.get(one.state, ()) for _ in hits(reading.language, words, before))
