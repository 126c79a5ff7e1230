"""A picture whose licence says no."""

from __future__ import annotations

from dateline.evidence.item import Use
from dateline.story.fault import Faults, Level, Rule
from dateline.story.reading import Reading

RULE = Rule(
    code="licence-forbids",
    name="the licence does not allow this use",
    level=Level.BLOCK,
    why="The page carries the picture's bytes to everybody who opens it: that is publishing. To embed it elsewhere "
    "is another use: where the licence forbids that, the figure stays on the page and has no embed.",
    do="Take the picture out, or get permission and write it into the item's [licence].",
)


def find(reading: Reading, faults: Faults) -> None:
    """Adds items on the page whose licence forbids publishing."""
    for item, spot in reading.embedded_items():
        if item.licence.permits(Use.PUBLISH) == "no":
            faults.add(spot, f"{item.id}: {item.licence.name} does not allow to {Use.PUBLISH.value}")
