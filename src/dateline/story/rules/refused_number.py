"""A number taken from a finding that refused to give one."""

from __future__ import annotations

from dateline.story.fault import Faults, Level, Rule
from dateline.story.reading import NUMBERS, REFUSED, Reading

RULE = Rule(
    code="refused-number",
    name="a number that the method refused",
    level=Level.BLOCK,
    why="The method says that any number here would mislead; what its record holds explains the refusal.",
    do="Print {{FINDING.statement}}, or put the finding into a :::refusal block.",
)


def find(reading: Reading, faults: Faults) -> None:
    """Adds every reference to an estimate of a refused finding or place."""
    for text, spot in reading.reference_texts():
        reference, answer = reading.found(text), reading.answer(text)
        if reference is not None and answer is not None and reference.sort in NUMBERS and answer.result == REFUSED:
            faults.add(spot, f"{{{{{text}}}}}, of a finding whose result is “{REFUSED}”")
