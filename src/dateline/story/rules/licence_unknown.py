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
    do="Read the licence and write publish and embed into the item's [licence].",
)


def find(reading: Reading, faults: Faults) -> None:
    """Adds items on the page whose licence leaves publishing or embedding open."""
    for item, spot in reading.embedded_items():
        for use in (Use.PUBLISH, Use.EMBED):
            if item.licence.permits(use) == "unknown":
                faults.add(spot, f"{item.id}: whether {item.licence.name} allows to {use.value} is not recorded")
