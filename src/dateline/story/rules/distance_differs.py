"""A distance or direction in prose that the places of the case contradict."""

from __future__ import annotations

from dateline.places.distance_check import check_distance
from dateline.places.told_distance import find_distances
from dateline.story.distances import lookup_in
from dateline.story.fault import GRAMMAR, Faults, Level, Rule
from dateline.story.reading import Reading

RULE = Rule(
    code="distance-differs",
    name="a distance or direction that is not so",
    level=Level.BLOCK,
    why="Distances in print are wrong by a quarter and more, because a road was read off a map, or a namesake, or the "
    "direction was guessed. A reader with a map sees it.",
    do="Measure it (method distance) and print {{FINDING.distance}}; say “by road” where it is one.",
    reads=(GRAMMAR,),
)


def find(reading: Reading, faults: Faults) -> None:
    """Adds told distances between places of the case that their positions contradict."""
    if reading.language.code != "en":
        return
    look = lookup_in(reading.case)
    for sentence in reading.story.sentences():
        for told in find_distances(sentence.text):
            checked = check_distance(told, look, reading.case.head.worldview)
            if checked.outcome == "differs":
                faults.add(sentence.spot(told.start), f"{told.text!r}: {checked.words}")
