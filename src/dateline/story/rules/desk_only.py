"""A number that its method keeps for the desk."""

from __future__ import annotations

from dateline.story.fault import Faults, Level, Rule
from dateline.story.reading import NUMBERS, Reading

RULE = Rule(
    code="desk-only",
    name="a number that is for the desk only",
    level=Level.BLOCK,
    why="A detector's count that rests on fewer than 20 checked tiles is an estimate to work with, not to publish.",
    do="Check more tiles, drawn at random, and measure again.",
)
DESK_ONLY = "estimate only"


def find(reading: Reading, faults: Faults) -> None:
    """Adds every number and every sentence taken from a finding whose result is "estimate only"."""
    for text, spot in reading.reference_texts():
        reference, answer = reading.found(text), reading.answer(text)
        if reference is None or answer is None or answer.result != DESK_ONLY:
            continue
        if reference.sort in NUMBERS or reference.path.startswith("statement"):
            faults.add(spot, f"{{{{{text}}}}}, of a finding whose result is “{DESK_ONLY}”")
