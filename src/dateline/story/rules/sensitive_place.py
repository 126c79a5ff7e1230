"""A sensitive place on a picture or on a map."""

from __future__ import annotations

from dateline.story.fault import Faults, Level, Rule
from dateline.story.reading import Reading
from dateline.story.spots import may_be_shown

RULE = Rule(
    code="sensitive-place",
    name="a sensitive position on the page",
    level=Level.BLOCK,
    why="A camera point, a landmark or a witness's place on a picture leads to a person.",
    do="Take it off, or set sensitive = false in the place's record with the reason in its note. A map may show it as "
    "coarsely as publish_precision in the record says [m].",
)


def find(reading: Reading, faults: Faults) -> None:
    """Adds labels of sensitive places on pictures, such ground as a map's measure, and such places on maps."""
    for use in reading.story.blocks:
        for name in (*getattr(use.model, "labels", ()), *getattr(use.model, "stable", ())):
            place = reading.case.places.get(name)
            if place is not None and (place.is_sensitive or place.publish_precision is not None):
                faults.add(use.spot, f"the label {name!r} ({place.role})")
    for named in reading.named():
        place = reading.case.places.get(named.text) if (named.block.name, named.sort) == ("map", "place") else None
        if place is not None and not may_be_shown(reading, place.id):
            faults.add(named.spot, f"the place {named.text!r} ({place.role}), whose position is not printed")
