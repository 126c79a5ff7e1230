"""Words of change in a sentence, each with the answers that it is told of: rises and falls, and by how much."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dateline.story.document import REFERENCE, Sentence
from dateline.story.phrases import Hit, hits
from dateline.story.reading import CANNOT_TELL, NO_CHANGE, REFUSED, Answer, Reading

RISES = frozenset({"increase", "rise"})
FALLS = frozenset({"decrease", "fall", "outage"})
NEITHER = frozenset({CANNOT_TELL, REFUSED, NO_CHANGE, "no trend found", "no outage found", "mixed"})
"""Results of the methods that carry no word of change."""
_BY = re.compile(
    rf"\s*(?:by|from|,|:|\()?\s*(?:as much as|more than|at least|about|around|some|only|nearly)?\s*{REFERENCE}"
)


@dataclass(frozen=True, slots=True)
class Change:
    """One word of change that is not denied: its direction, what it is told of, and whether that stands behind it."""

    hit: Hit
    direction: str
    answers: tuple[Answer, ...]
    is_bound: bool
    """Whether the number of one answer stands right behind it: "fell by {{…}}"."""

    @property
    def results(self) -> frozenset[str]:
        """The results of what it is told of."""
        return frozenset(answer.result for answer in self.answers)

    @property
    def is_carried(self) -> bool:
        """Whether one of the answers says so."""
        return bool(self.results & (RISES if self.direction == "rise" else FALLS))

    @property
    def is_other_way(self) -> bool:
        """Whether none says so, and one says the contrary."""
        return not self.is_carried and bool(self.results & (FALLS if self.direction == "rise" else RISES))


def changes(reading: Reading, sentence: Sentence) -> Iterator[Change]:
    """Every word of change that the sentence's own findings, or that of the block which it is the title of, answer for.

    In a sentence that gives its words to somebody only those that have a finding's number right behind them.
    """
    answers = answers_of(reading, sentence)
    attributed = reading.quotes_claim(sentence)
    for direction in ("rise", "fall") if answers else ():
        for hit in hits(reading.language, direction, sentence.text):
            bound = _bound(reading, sentence, hit)
            if not hit.negated and (bound is not None or not attributed):
                yield Change(hit, direction, answers if bound is None else (bound,), bound is not None)


def answers_of(reading: Reading, sentence: Sentence) -> tuple[Answer, ...]:
    """The answers that a sentence prints; of a title, a label or a measured statement that prints none, those shown."""
    own = tuple(answer for _, answer in reading.answers(sentence))
    named = (reading.found(run.text) for run in sentence.references)
    prints = any(one is not None and one.owner_kind != "place" for one in named)
    shows = sentence.passage.role in {"title", "label"} or reading.standing_of(sentence.passage) == "measured"
    if own or prints or not shows:
        return own
    return tuple(one for text in reading.shown_by(sentence.passage) if (one := reading.answer(text)) is not None)


def told(answers: tuple[Answer, ...]) -> str:
    """Answers in words: lights-port: increase."""
    return " and ".join(sorted({f"{answer.finding.id}: {answer.result}" for answer in answers}))


def safe_statements(answers: tuple[Answer, ...]) -> str:
    """The references that print the findings' own sentences."""
    return ", ".join(sorted({f"{{{{{answer.finding.id}.statement}}}}" for answer in answers}))


def _bound(reading: Reading, sentence: Sentence, hit: Hit) -> Answer | None:
    """The answer whose number stands right behind a word."""
    match = _BY.match(sentence.text, hit.start + len(hit.words))
    run = sentence.reference_at(match.end() - 1) if match is not None else None
    reference = reading.found(run.text) if run is not None else None
    if run is None or reference is None or reference.sort not in {"estimate", "number", "interval"}:
        return None
    return reading.answer(run.text)
