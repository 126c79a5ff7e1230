"""Text that was pasted twice or torn while it was edited."""

from __future__ import annotations

import re

from dateline.story.document import Passage, Sentence
from dateline.story.fault import Faults, Level, Rule, Spot
from dateline.story.reading import Reading

RULE = Rule(
    code="torn-text",
    name="text doubled or torn",
    level=Level.SIGN_OFF,
    why="A sentence that stands twice, or stops in the middle, is how a late edit shows. What else it lost is unknown.",
    do="Delete the double, or end the sentence.",
)
_TWICE = re.compile(r"(?<![\w’'-])(\w{2,})[ \t\n]+\1(?![\w’'-])", re.IGNORECASE)
_RIGHTLY_TWICE = frozenset({"had", "that", "is"})
_LONG = 6
"""Words from which on two equal sentences are no accident."""
_ENDS = re.compile(r"[.!?…:;\"”’»)\]]\s*$|\ufffc\s*$")


def find(reading: Reading, faults: Faults) -> None:
    """Adds sentences that stand twice in the prose, words that stand twice in a row, paragraphs without an end."""
    first: dict[tuple[str, ...], Spot] = {}
    for passage in reading.story.passages:
        if passage.block is not None or passage.role in {"title", "heading"}:
            continue
        for sentence in passage.sentences():
            _doubled(sentence, first, faults)
        _unended(passage, faults)


def _doubled(sentence: Sentence, first: dict[tuple[str, ...], Spot], faults: Faults) -> None:
    words = tuple(re.findall(r"\w+", sentence.text.casefold()))
    named = (*words, *(run.text for run in sentence.references))
    if len(words) >= _LONG:
        there = first.setdefault(named, sentence.spot(0))
        if there != sentence.spot(0):
            faults.add(sentence.spot(0), f"the sentence of line {there.line} again")
    for match in _TWICE.finditer(sentence.text):
        if match[1].casefold() not in _RIGHTLY_TWICE:
            faults.add(sentence.spot(match.start()), repr(match[0]))


def _unended(passage: Passage, faults: Faults) -> None:
    """A paragraph of several words that stops without a sign that ends it."""
    text = "".join(run.flat for run in passage.runs).rstrip()
    if passage.role == "paragraph" and len(text.split()) >= _LONG and not _ENDS.search(text):
        faults.add(passage.spot_at(max(0, len(text) - 1)), f"“…{text[-40:]}” and no end")
