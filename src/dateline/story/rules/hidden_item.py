"""Something that was hidden, or that we keep back."""

from __future__ import annotations

from dateline.evidence.amend import away
from dateline.story.fault import Faults, Level, Rule
from dateline.story.reading import Reading

RULE = Rule(
    code="hidden-item",
    name="a picture that was hidden or withheld",
    level=Level.BLOCK,
    why="Somebody hid it with a reason that is in the custody log: a person may be at risk.",
    do="Take the picture out, or undo the hiding with its own reason (`dateline hide ITEM --undo`).",
)


def find(reading: Reading, faults: Faults) -> None:
    """Adds embedded items that are hidden or withheld, or were made from one that is."""
    reasons = away(reading.case.root, reading.case.items)
    for item, spot in reading.embedded_items():
        if item.id in reasons:
            faults.add(spot, f"{item.id} is {reasons[item.id]}, or made from one that is")
