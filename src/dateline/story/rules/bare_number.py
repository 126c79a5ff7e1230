"""A best value whose interval the reader of the paragraph does not see."""

from __future__ import annotations

from dateline.story.document import Run
from dateline.story.fault import Faults, Level, Rule
from dateline.story.reading import Reading

RULE = Rule(
    code="bare-number",
    name="a number without its interval",
    level=Level.SIGN_OFF,
    why="Readers take a single number for exact. The interval stands in the sentence, not behind a click.",
    do="Print the estimate whole ({{x.ratio.change}}), or its .interval in the same paragraph.",
)


def find(reading: Reading, faults: Faults) -> None:
    """Adds `.best` and `| bare` where no interval of the same estimate stands in the same paragraph."""
    for passage in reading.story.passages:
        shown = {_estimate(run) for run in passage.runs if _shows_interval(reading, run)}
        for run in passage.runs if passage.role not in {"title", "heading"} and passage.block is None else ():
            if _is_bare(reading, run) and _estimate(run) not in shown:
                faults.add(run.spot, f"{{{{{run.text}}}}} alone")


def _estimate(run: Run) -> str:
    """The estimate that a reference prints a part of: a ratio and its change are one."""
    steps = run.text.split(".")
    while steps and steps[-1] in {"best", "low", "high", "interval", "change"}:
        steps.pop()
    return ".".join(steps)


def _shows_interval(reading: Reading, run: Run) -> bool:
    reference = reading.found(run.text) if run.kind == "reference" else None
    if reference is None:
        return False
    return reference.sort == "interval" or (reference.sort == "estimate" and "bare" not in run.forms)


def _is_bare(reading: Reading, run: Run) -> bool:
    reference = reading.found(run.text) if run.kind == "reference" else None
    if reference is None:
        return False
    best = reference.sort == "number" and reference.path.split(".")[-1] == "best"
    return best or (reference.sort == "estimate" and "bare" in run.forms)
