""" "Could not be independently verified", which hides the question that failed."""

from __future__ import annotations

from dateline.story.axis_words import in_others_words, names_axis
from dateline.story.fault import Faults, Level, Rule
from dateline.story.phrases import hits
from dateline.story.reading import Reading

RULE = Rule(
    code="independently",
    name="“could not be independently verified” without saying what",
    level=Level.BLOCK,
    why="It hides which question failed: the place, the day, the file, or what it shows. Often only one of them did.",
    do="Name it: “where it was filmed could not be independently verified”; or print {{MEDIA.location}} and its like.",
    reads=("independently",),
)


def find(reading: Reading, faults: Faults) -> None:
    """Adds each such phrase whose clause names none of the four axes."""
    for sentence in reading.story.sentences():
        for hit in hits(reading.language, "independently", sentence.text):
            end = hit.start + len(hit.words)
            if not names_axis(reading.language, sentence.text, hit.start, end) and not in_others_words(
                reading, sentence, hit.start
            ):
                faults.add(sentence.spot(hit.start), repr(hit.words))
