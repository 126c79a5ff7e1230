"""A finding whose inputs have changed since it was computed."""

from __future__ import annotations

from dateline.story.fault import Faults, Level, Rule
from dateline.story.reading import Reading

RULE = Rule(
    code="stale",
    name="a finding that is out of date",
    level=Level.BLOCK,
    why="A number whose files, parameters or method have changed is the answer to another question.",
    do="Run `dateline measure` and read the sentence again.",
)


def find(reading: Reading, faults: Faults) -> None:
    """Adds every reference to a finding whose id was passed in as stale."""
    for text, spot in reading.reference_texts():
        reference = reading.found(text)
        if reference is not None and reference.owner in reading.stale:
            do = f"Run `dateline measure {reference.owner}` and read the sentence again."
            faults.add(spot, f"{reference.owner}: its inputs have changed since it was computed", do)
