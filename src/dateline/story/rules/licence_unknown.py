"""A picture whose licence says nothing about this use."""

from __future__ import annotations

from dateline.evidence.item import Use
from dateline.story.fault import Faults, Level, Rule
from dateline.story.reading import Reading

RULE = Rule(
    code="licence-unknown",
    name="nobody has looked whether the licence allows this use",
    level=Level.SIGN_OFF,
    why="Unknown is not a yes.",
    do="Read the licence and write publish, and embed for the figure's embed, into the item's [licence].",
)


def find(reading: Reading, faults: Faults) -> None:
    """Adds items on the page whose licence leaves publishing open. What it leaves open of embedding is not embedded."""
    for item, spot in reading.embedded_items():
        if item.licence.permits(Use.PUBLISH) == "unknown":
            faults.add(spot, f"{item.id}: whether {item.licence.name} allows to {Use.PUBLISH.value} is not recorded")
