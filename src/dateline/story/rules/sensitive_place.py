"""A sensitive place on a picture or in prose."""

from __future__ import annotations

from dateline.story.fault import Faults, Level, Rule
from dateline.story.reading import Reading

RULE = Rule(
    code="sensitive-place",
    name="a sensitive position on the page",
    level=Level.BLOCK,
    why="A camera point, a landmark or a witness's place on a picture leads to a person.",
    do="Take the label off, or set sensitive = false in the place's record with the reason in its note.",
)


def find(reading: Reading, faults: Faults) -> None:
    """Adds labels of sensitive places on pictures."""
    for use in reading.story.blocks:
        for name in getattr(use.model, "labels", ()):
            place = reading.case.places.get(name)
            if place is not None and place.is_sensitive:
                faults.add(use.spot, f"the label {name!r} ({place.role})")
