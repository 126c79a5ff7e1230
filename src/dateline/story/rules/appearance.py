"""A nation or a name read off people's looks."""

from __future__ import annotations

from dateline.ledger.appearance import looks_as_proof
from dateline.story.axis_words import in_others_words
from dateline.story.fault import Faults, Level, Rule
from dateline.story.reading import Reading

RULE = Rule(
    code="appearance",
    name="nationality or identity told from how people look",
    level=Level.BLOCK,
    why="How people look is evidence of neither nationality nor identity. It puts strangers in danger.",
    do="Say what speaks for it: words heard, marks, documents, witnesses; or that it has not been possible to tell.",
)


def find(reading: Reading, faults: Faults) -> None:
    """Adds words such as "Asian-looking" and "by their faces", in the languages that the rule knows."""
    for sentence in reading.story.sentences():
        for at, words in looks_as_proof(sentence.text):
            if not in_others_words(reading, sentence, at):
                faults.add(sentence.spot(at), repr(words))
