"""A state, or a body of one, that is named and was not asked."""

from __future__ import annotations

from dateline.story.fault import Faults, Level, Rule
from dateline.story.parties import STATES, parties
from dateline.story.reading import Reading
from dateline.story.rules.right_of_reply import replies_of

RULE = Rule(
    code="state-not-asked",
    name="a state named, and not asked",
    level=Level.NOTE,
    why="States speak through their own pages and spokespeople; still, an answer may say what nobody published.",
    do="Ask, and add the reply; or add one with not_asked = {why = …, by = …, date = …}.",
)


def find(reading: Reading, faults: Faults) -> None:
    """Adds one note with every state and state body that the story names, and that has no reply."""
    named = {source: spot for source, spot in parties(reading).items() if reading.case.sources[source].type in STATES}
    silent = {source: spot for source, spot in named.items() if not replies_of(reading, reading.case.sources[source])}
    if silent:
        first = min(silent.values(), key=lambda spot: (spot.line, spot.column))
        faults.add(first, ", ".join(silent))
