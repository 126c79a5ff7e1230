"""A typed date that no record of the case speaks of."""

from __future__ import annotations

from dateline.story.compare import is_known_time, known_times
from dateline.story.fault import Faults, Level, Rule
from dateline.story.numbers import find_numbers
from dateline.story.reading import Reading

RULE = Rule(
    code="untraced-date",
    name="a date that the case does not know",
    level=Level.BLOCK,
    why="Dates get corrupted on the way like numbers: the wrong year, a date after the page that states it.",
    do="Write a reference such as {{EVENT.when}} or {{CLAIM.said}}, add the event, or say why it may stand: "
    "[[1953: common knowledge]].",
)


def find(reading: Reading, faults: Faults) -> None:
    """Adds typed dates in which no event, claim, picture or finding of the case begins or ends."""
    pictures = (spec.date for _, _, spec, _ in reading.pictures() if spec.date is not None)
    known = (*known_times(reading.case), *pictures)
    for sentence in reading.story.sentences():
        for number in find_numbers(sentence.text):
            if number.sort == "date" and (number.when is None or not is_known_time(number.when, known)):
                faults.add(sentence.spot(number.start), repr(number.text))
