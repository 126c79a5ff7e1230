"""An analysis that no person signs."""

from __future__ import annotations

from dateline.story.fault import Faults, Level, Rule, Spot
from dateline.story.phrases import hits
from dateline.story.reading import Reading

RULE = Rule(
    code="analysis-unsigned",
    name="an analysis without a person's name",
    level=Level.BLOCK,
    why="Within an analysis words may go further than the findings. Somebody must answer for them, and a desk cannot.",
    do='Write who answers for it: :::analysis by = "First Last".',
    reads=("no_person",),
)


def find(reading: Reading, faults: Faults) -> None:
    """Adds analyses under the name of a desk, a house or a source that is no person, and empty ones."""
    others = {
        name.casefold(): source.id
        for source in reading.case.sources.values()
        if source.type != "person"
        for name in source.names.values()
    }
    for use in reading.story.blocks:
        by = str(getattr(use.model, "by", "")).strip() if use.name == "analysis" else ""
        spot = Spot(use.spot.line, reading.story.column(use.spot.line, by))
        if by and any(hits(reading.language, "no_person", by)):
            faults.add(spot, f"by = {by!r}")
        elif by.casefold() in others:
            faults.add(spot, f"by = {by!r}: {others[by.casefold()]} is no person")
