"""A typed number beside a reference that says something else."""

from __future__ import annotations

from dateline.story.fault import Faults, Level, Rule
from dateline.story.reading import Reading
from dateline.story.rules.untraced_number import typed_numbers

RULE = Rule(
    code="number-differs",
    name="a number differs from its finding",
    level=Level.BLOCK,
    why="A digit that was changed or mistyped beside a true reference borrows that reference's trust.",
    do="Write the reference in place of the number.",
)


def find(reading: Reading, faults: Faults) -> None:
    """Adds typed numbers that no number of what their sentence refers to agrees with."""
    for sentence, number, compared in typed_numbers(reading):
        if compared.outcome == "differs" and compared.known is not None:
            known = compared.known
            faults.add(
                sentence.spot(number.start),
                f"{number.text!r}; {known.subject} says {known.printed}",
                f"Write {{{{{known.reference}}}}} if that is meant; otherwise [[{number.text}: why it may stand]].",
            )
