"""`build`: check first, render, write at once. A page with a blocking fault is not built and the old one stays."""

from __future__ import annotations

import html
import re
from collections.abc import Collection
from pathlib import Path

from dateline.core.errors import InputError
from dateline.evidence.atomic import write_atomic
from dateline.ledger.case import Case
from dateline.story.check import examine, read_story, reading_of
from dateline.story.fault import StoryError
from dateline.story.reading import Reading
from dateline.story.render import render

PAGE = "index.html"
_NOT_TEXT = re.compile(r"data:[\w.+-]+/[\w.+-]+;base64,[A-Za-z0-9+/=]*|<[^<>]*>")
"""Pictures and tags. Alt texts are words of the story and records that the rules have seen."""


def build(case: Case, out: Path | None = None, *, stale: Collection[str] = (), lacking: Collection[str] = ()) -> Path:
    """Builds the case's story as one self-contained page, in `out` or the case's site/, and gives its path.

    stale: ids of findings whose inputs have changed. lacking: ids of findings and items that cannot be had on this
    machine; what needs them is left out and the page says so (for trying the examples, not for publishing). Raises
    StoryError with every fault that stops the page, InputError (code "page-betrays"), and the errors of pictures and
    files; the page that was there before is then untouched.
    """
    reading = reading_of(case, read_story(case, lacking=lacking), stale=stale)
    report = examine(reading)
    if not report.passed:
        raise StoryError(report)
    page = render(reading)
    _check_silence(reading, page.decode())
    path = (out or case.root / "site") / PAGE
    write_atomic(path, page)
    return path


def _check_silence(reading: Reading, page: str) -> None:
    """The last look at a page, at all that any block printed: names that may stand nowhere, words off the record."""
    if not reading.secrets.names and not reading.secrets.runs:
        return
    text = html.unescape(_NOT_TEXT.sub(" ", page))
    found = sorted({f"the {what} of {owner}" for owner, what, _ in reading.secrets.in_text(text)})
    if found:
        raise InputError(
            "The page would betray somebody; it was not written.",
            saw="; ".join(found),
            do="Look for it in texts that the page prints of records: titles, notes, who in a chain. Say it otherwise.",
            code="page-betrays",
        )
