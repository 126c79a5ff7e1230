"""A graphic picture that nobody has asked to see."""

from __future__ import annotations

from dateline.ledger.graphic import is_graphic
from dateline.story.fault import Faults, Level, Rule
from dateline.story.reading import Reading

RULE = Rule(
    code="graphic",
    name="a graphic picture without a veil",
    level=Level.SIGN_OFF,
    why="Whoever opens a page has not asked to see somebody hurt; and whoever is hurt in it has people who read.",
    do="Show it as a still of a :::video block, which veils it until a reader asks; or sign why it must stand open.",
)
VEILED = "video"
"""The block that veils what is graphic."""


def find(reading: Reading, faults: Faults) -> None:
    """Adds pictures of items that a media record calls graphic, or that were made from one, outside a veil."""
    for use, name, spec, spot in reading.pictures():
        if use.name == VEILED:
            continue
        for item in reading.items_behind(spec):
            if is_graphic(reading.case, item.id):
                faults.add(spot, f"{name} of the :::{use.name} block: {item.id} is marked graphic")
