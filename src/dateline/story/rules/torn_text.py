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
_ENDS = re.compile(r"[.!?…:\"”’»)\]]\s*$|\ufffc\s*$")


def find(reading: Reading, faults: Faults) -> None:
    """Adds what stands twice in the prose: words in a row, sentences, paragraphs, headings; and what has no end."""
    first: dict[tuple[str, ...], Spot] = {}
    _standing_twice(reading, faults)
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


def _standing_twice(reading: Reading, faults: Faults) -> None:
    """Headings, and paragraphs of short sentences, that are there already."""
    first: dict[tuple[str, ...], Spot] = {}
    for passage in reading.story.passages:
        if passage.block is not None or passage.role not in {"paragraph", "heading"}:
            continue
        named = (passage.role, passage.flat.casefold().strip(), *(run.text for run in passage.runs if run.text))
        there = first.setdefault(named, passage.spot)
        is_short = all(len(re.findall(r"\w+", one.text)) < _LONG for one in passage.sentences())
        if there != passage.spot and is_short:
            faults.add(passage.spot, f"the {passage.role} of line {there.line} again")


def _unended(passage: Passage, faults: Faults) -> None:
    """A paragraph of several words that stops without a sign that ends it."""
    text = "".join(run.flat for run in passage.runs).rstrip()
    if passage.role == "paragraph" and len(text.split()) >= _LONG and not _ENDS.search(text):
        faults.add(passage.spot_at(max(0, len(text) - 1)), f"“…{text[-40:]}” and no end")
