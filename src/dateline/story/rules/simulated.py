"""Simulated input outside an exercise."""

from __future__ import annotations

from dateline.story.fault import Faults, Level, Rule
from dateline.story.reading import Reading

RULE = Rule(
    code="simulated",
    name="simulated input in a real case",
    level=Level.BLOCK,
    why="A made picture or number on a page about the world is a forgery, whatever its caption says. In exercises the "
    "page marks each by itself.",
    do="Take it out, or set exercise = true in case.toml if the whole case is invented.",
)


def find(reading: Reading, faults: Faults) -> None:
    """Adds every reference to something simulated when the case is no exercise."""
    if reading.case.head.exercise:
        return
    for text, spot in reading.reference_texts():
        if reading.is_simulated(text):
            faults.add(spot, f"{{{{{text}}}}}, which was simulated")
    for _, name, spec, spot in reading.pictures():
        if reading.is_simulated_picture(spec):
            faults.add(spot, f"{name}, which was simulated")
