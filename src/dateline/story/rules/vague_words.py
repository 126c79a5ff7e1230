"""Many, significant, clearly: words that stand where an amount or a reason should."""

from __future__ import annotations

import re

from dateline.story.document import Sentence
from dateline.story.fault import Faults, Level, Rule
from dateline.story.phrases import hits
from dateline.story.quotes import quoted_spans
from dateline.story.reading import NUMBERS, Reading

RULE = Rule(
    code="vague-words",
    name="a word in place of an amount or a reason",
    level=Level.NOTE,
    why="“Many”, “massive” and “significant” are another size for every reader; “clearly” stands where the reason is "
    "missing.",
    do="Print how many, or how much, or strike the word; say what shows it in place of “clearly”.",
    reads=("vague_amount", "vague_sure"),
    rests_in_analysis=True,
)
AMOUNT = "Print how many or how much in the same sentence, {{FINDING.ESTIMATE}} or {{CLAIM.quantity}}; or strike it."
SURE = "Say what shows it, or strike the word: what is clear needs no “clearly”."
_ASKED = re.compile(r"\b(?:how|as|so|too|not|statistically|that)\s+$", re.IGNORECASE)
"""Before these an amount is asked for or compared: "how many", "as many as"; a test of statistics is no size."""


def find(reading: Reading, faults: Faults) -> None:
    """Adds vague amounts in sentences that print no amount, and words of certainty; not what others say in quotes.

    An alt text tells what can be seen, and how clearly.
    """
    for sentence in reading.story.sentences():
        if sentence.passage.role.split(".")[-1] == "alt":
            continue
        if not _prints_an_amount(reading, sentence):
            _look(reading, sentence, "vague_amount", AMOUNT, faults)
        _look(reading, sentence, "vague_sure", SURE, faults)


def _look(reading: Reading, sentence: Sentence, vocabulary: str, do: str, faults: Faults) -> None:
    for hit in hits(reading.language, vocabulary, sentence.text):
        quoted = any(start < hit.start < end for start, end in quoted_spans(sentence.text))
        asked = hit.negated or _ASKED.search(sentence.text[: hit.start])
        if not asked and not quoted:
            faults.add(sentence.spot(hit.start), repr(hit.words), do)


def _prints_an_amount(reading: Reading, sentence: Sentence) -> bool:
    """Whether the sentence says how many, by a reference to a number of a finding or the quantity of a claim."""
    found = (reading.found(run.text) for run in sentence.references)
    return any(
        one is not None and (one.sort in NUMBERS or one.sort in {"quantity", "finding", "value"}) for one in found
    )
