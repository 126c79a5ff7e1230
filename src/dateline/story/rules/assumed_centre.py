"""A change map that takes the ratio 1 for no change because somebody says so."""

from __future__ import annotations

from dateline.story.fault import Faults, Level, Rule
from dateline.story.reading import Reading

RULE = Rule(
    code="assumed-centre",
    name="a change map centred by assumption",
    level=Level.SIGN_OFF,
    why="Haze, calibration and the nights that were used move all pixels together; only ground that did not change, or "
    "earlier years, tell by how much.",
    do="Name places that did not change under stable, or show a finding with earlier years.",
)


def find(reading: Reading, faults: Faults) -> None:
    """Adds every map whose centre is assumed, with the reason given."""
    for use in reading.story.blocks:
        if use.name == "change_map" and (why := getattr(use.model, "assumed", "")):
            faults.add(use.spot, f"no change is assumed at a ratio of 1: {why}")
