"""A rise told as a fall, or a fall as a rise."""

from __future__ import annotations

from dateline.story.change_words import changes, safe_statements, told
from dateline.story.fault import Faults, Level, Rule
from dateline.story.reading import Reading

RULE = Rule(
    code="wrong-direction",
    name="a rise told as a fall, or a fall as a rise",
    level=Level.BLOCK,
    why="The number is right and the sentence says the contrary: readers remember the word.",
    do="Say what the finding says: its {{FINDING.statement}} is safe to print.",
    reads=("rise", "fall"),
)


def find(reading: Reading, faults: Faults) -> None:
    """Adds verbs of change that go the other way than what stands behind them, or than all of their sentence."""
    for sentence in reading.story.sentences():
        for change in changes(reading, sentence):
            if change.is_other_way:
                do = f"Say what the finding says; {safe_statements(change.answers)} is safe to print."
                faults.add(sentence.spot(change.hit.start), f"{change.hit.words!r} beside {told(change.answers)}", do)
