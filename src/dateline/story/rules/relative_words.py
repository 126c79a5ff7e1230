"""Near, close, recently: words that leave the reader to guess how near, how close, when."""

from __future__ import annotations

from dateline.story.fault import Faults, Level, Rule
from dateline.story.phrases import hits
from dateline.story.reading import Reading

RULE = Rule(
    code="relative-words",
    name="nearness or recency without a measure",
    level=Level.NOTE,
    why="“Perilously close to the front” is an opinion; “4 to 7 km from the front as three map-makers drew it that "
    "day” is a finding. “Recently” is another day for every reader.",
    do="Say how far, how long ago, or further than what: print a finding's distance or a date in the same sentence. "
    "As an opinion, give it to somebody who says it.",
    reads=("relative",),
    rests_in_analysis=True,
)


def find(reading: Reading, faults: Faults) -> None:
    """Adds relative words of place and time in sentences that print no measure, no date and no speaker."""
    for sentence in reading.story.sentences():
        if sentence.references:
            continue
        for hit in hits(reading.language, "relative", sentence.text):
            faults.add(sentence.spot(hit.start), repr(hit.words))
