"""Something that was hidden, or that we keep back."""

from __future__ import annotations

from dateline.evidence.amend import hidden
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
    """Adds embedded items that are hidden or withheld."""
    away = hidden(reading.case.root)
    for item, spot in reading.embedded_items():
        if item.id in away or item.status.value == "withheld":
            faults.add(spot, f"{item.id} is {'hidden' if item.id in away else 'withheld'}")
