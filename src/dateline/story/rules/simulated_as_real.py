"""A sentence that ties simulated input to something real."""

from __future__ import annotations

from dateline.ledger.trace import trace
from dateline.story.fault import Faults, Level, Rule
from dateline.story.reading import Reading

RULE = Rule(
    code="simulated-as-real",
    name="simulated input tied to something real",
    level=Level.BLOCK,
    why="An invented light beside an archived statement makes the statement look measured.",
    do="Keep exercises on invented ground: take the real record out of this sentence, or out of the case.",
)


def find(reading: Reading, faults: Faults) -> None:
    """Adds sentences that stand on simulated findings and on archived real items."""
    for sentence in reading.story.sentences():
        runs = sentence.references
        if not any(reading.is_simulated(run.text) for run in runs):
            continue
        for run in runs:
            real = _real_items(reading, run.text)
            if real:
                faults.add(
                    run.spot, f"{{{{{run.text}}}}} stands on {real[0]}, which is real, beside a simulated finding"
                )


def _real_items(reading: Reading, text: str) -> list[str]:
    if reading.found(text) is None or reading.is_simulated(text):
        return []
    below = {node.id for node in trace(reading.case, text).walk() if node.kind == "item"}
    items = reading.case.items
    return sorted(name for name in below if name in items and not items[name].simulated)
