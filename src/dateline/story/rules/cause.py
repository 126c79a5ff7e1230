"""A cause beside a finding that has none."""

from __future__ import annotations

from dateline.story.change_words import answers_of
from dateline.story.fault import Faults, Level, Rule
from dateline.story.phrases import hits
from dateline.story.reading import Reading

RULE = Rule(
    code="cause",
    name="“because of” without a finding on causes",
    level=Level.BLOCK,
    why="A method that measures a change does not measure why. An event beside a rise is not its cause.",
    do="Write “in the same month as”, or give the sentence to somebody who says it: refer to the claim.",
    reads=("cause",),
    rests_in_analysis=True,
)


def find(reading: Reading, faults: Faults) -> None:
    """Adds words of cause in sentences that stand on findings and name nobody who says so."""
    for sentence in reading.story.sentences():
        if not answers_of(reading, sentence) or reading.quotes_claim(sentence):
            continue
        for hit in hits(reading.language, "cause", sentence.text):
            if not hit.negated:
                faults.add(sentence.spot(hit.start), repr(hit.words))
