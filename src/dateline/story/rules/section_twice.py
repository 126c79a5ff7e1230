"""A closing section that is placed twice: only the first would be printed."""

from __future__ import annotations

from dateline.story.block import SECTIONS
from dateline.story.fault import Faults, Level, Rule
from dateline.story.reading import Reading

RULE = Rule(
    code="section-twice",
    name="a block placed twice",
    level=Level.BLOCK,
    why="Corrections, credits and the like stand once on a page. A second block of the same name would be lost.",
    do="Write its entries into the first one.",
)


def find(reading: Reading, faults: Faults) -> None:
    """Adds each closing block after the first of its name, and blocks that stand there once already, key by key."""
    met: dict[str, int] = {}
    same: dict[tuple[str, str], int] = {}
    for use in reading.story.blocks:
        if use.name in SECTIONS and use.name in met:
            faults.add(use.spot, f":::{use.name} again, after line {met[use.name]}")
        met.setdefault(use.name, use.spot.line)
        if use.model is not None and not use.tokens and use.name not in SECTIONS:
            first = same.setdefault((use.name, use.model.model_dump_json()), use.spot.line)
            if first != use.spot.line:
                faults.add(use.spot, f"the :::{use.name} of line {first} again", "Delete one of the two.")
