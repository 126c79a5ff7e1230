"""`build`: check first, render, write at once. A page with a blocking fault is not built and the old one stays."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from dateline.evidence.atomic import write_atomic
from dateline.ledger.case import Case
from dateline.story.check import examine, read_story, reading_of
from dateline.story.fault import StoryError
from dateline.story.render import render

PAGE = "index.html"


def build(case: Case, out: Path | None = None, *, stale: Collection[str] = (), lacking: Collection[str] = ()) -> Path:
    """Builds the case's story as one self-contained page, in `out` or the case's site/, and gives its path.

    stale: ids of findings whose inputs have changed. lacking: ids of findings and items that cannot be had on this
    machine; what needs them is left out and the page says so (for trying the examples, not for publishing). Raises
    StoryError with every fault that stops the page, and the errors of pictures and files; the page that was there
    before is then untouched.
    """
    reading = reading_of(case, read_story(case, lacking=lacking), stale=stale)
    report = examine(reading)
    if not report.passed:
        raise StoryError(report)
    path = (out or case.root / "site") / PAGE
    write_atomic(path, render(reading))
    return path
