"""A change map of images that cannot be divided by each other, or without a measured place for no change."""

from __future__ import annotations

from typing import Any

from dateline.core.errors import DatelineError
from dateline.story.document import BlockUse
from dateline.story.fault import Faults, Level, Rule
from dateline.story.lights import light_of, look_of, unlike
from dateline.story.reading import Reading

RULE = Rule(
    code="change-map",
    name="a change map of unlike images, or around a centre that nobody measured",
    level=Level.BLOCK,
    why="Another product, collection, satellite or season, and a scale that is centred by guess, all draw a change "
    "where nothing changed.",
    do="Give two images of one product, collection, satellite and month of the year, and places that did not change.",
)


def find(reading: Reading, faults: Faults) -> None:
    """Adds pairs that the guards of the methods on night light would not compare, and maps without a centre."""
    for use in reading.story.blocks:
        if use.name == "change_map" and use.model is not None:
            block: Any = use.model
            if block.before is not None:
                _of_pair(reading, use, block, faults)
            elif not block.stable and not block.assumed and not _is_measured(reading, block.finding):
                do = "Add stable (places that did not change), or assumed (why a ratio of 1 may be taken)."
                faults.add(use.spot, f"{block.finding}: no earlier years measured where no change lies", do)


def _of_pair(reading: Reading, use: BlockUse, block: Any, faults: Faults) -> None:
    before, after = light_of(reading.case, block.before), light_of(reading.case, block.after)
    if before is None or after is None:
        faults.add(use.spot, "before or after is no measured image of light that can be read")
        return
    looks = look_of(before, block.before.layer), look_of(after, block.after.layer)
    for note in unlike(*looks, season=block.season):
        faults.add(use.spot, f"{note.code}: {note.text}")


def _is_measured(reading: Reading, name: str) -> bool:
    """Whether a finding's map is centred by its history. A finding that is not there is another rule's matter."""
    try:
        told = reading.case.finding(name).values.get("map")
    except DatelineError:
        return True
    return isinstance(told, dict) and told.get("noise_from") == "history"
