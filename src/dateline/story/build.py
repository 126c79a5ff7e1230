"""`build`: check first, render, write at once. A page with a blocking fault is not built and the old one stays."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dateline.core.errors import InputError
from dateline.ledger.case import Case
from dateline.story import card, twin
from dateline.story.check import examine, read_story, reading_of
from dateline.story.embed import embed
from dateline.story.fault import StoryError
from dateline.story.feed import feed
from dateline.story.figure import Figure, figures, left_out
from dateline.story.output import Output, text_output
from dateline.story.page import Drawings
from dateline.story.reading import Reading
from dateline.story.render import render
from dateline.story.site import PAGE, write_site
from dateline.story.still import stills, without_png

_NOT_TEXT = re.compile(r"data:[\w.+-]+/[\w.+-]+;base64,[A-Za-z0-9+/=]*|<[^<>]*>")
"""Pictures and tags. Alt texts are words of the story and records that the rules have seen."""


@dataclass(frozen=True, slots=True)
class Built:
    """A site as it stands after a build. notes: what was left out, removed or left alone, in sentences."""

    folder: Path
    files: tuple[Output, ...]
    notes: tuple[str, ...]

    @property
    def page(self) -> Path:
        """The page itself."""
        return self.folder / PAGE


def build(case: Case, out: Path | None = None, *, stale: Collection[str] = (), lacking: Collection[str] = ()) -> Path:
    """Builds the case's story as `build_site` does, and gives the page's path."""
    return build_site(case, out, stale=stale, lacking=lacking).page


def build_site(
    case: Case,
    out: Path | None = None,
    *,
    stale: Collection[str] = (),
    lacking: Collection[str] = (),
    largest: int = twin.LARGEST,
    going_out: tuple[int, date] | None = None,
) -> Built:
    """Builds the page, and beside it one embed a figure, drawings and pictures, the social card and the feed.

    All go to `out` or the case's site/. stale: ids of findings whose inputs have changed. lacking: ids of findings and
    items that cannot be had on this machine; what needs them is left out and the page says so (for trying the examples,
    not for publishing). largest: size of a page above which it gets its twin in a folder [bytes]. going_out: number and
    day of the version that is being published now, for the feed. Raises StoryError with every fault that stops the
    page, InputError (codes "page-betrays", "site", "published-changed"), and the errors of pictures and files; what was
    there before is then untouched.
    """
    reading = reading_of(case, read_story(case, lacking=lacking), stale=stale)
    report = examine(reading)
    if not report.passed:
        raise StoryError(report)
    notes: list[str] = []
    outputs = list(_outputs(reading, largest, going_out, notes))
    check_silence(reading, outputs)
    folder = out or case.root / "site"
    written = write_site(folder, outputs)
    notes += [f"removed, because the story no longer has it: {name}" for name in written.removed]
    notes += [f"left as it is, because somebody else wrote or changed it: {name}" for name in written.kept]
    return Built(folder, written.files, tuple(notes))


def _outputs(reading: Reading, largest: int, going_out: tuple[int, date] | None, notes: list[str]) -> Iterator[Output]:
    """Everything that leaves the house, and into `notes` what does not."""
    drawn: Drawings = {}
    told = card.said(reading)
    lacking = card.lacking(told)
    page = render(reading, drawn=drawn, card="" if lacking else told.words).decode()
    yield text_output(PAGE, page)
    if len(page.encode()) > largest:
        yield from twin.twin(page, reading.language)
    yield from _figures(figures(reading, drawn), notes)
    notes += [f"{name} has no embed, drawing or picture of its own: {why}" for name, why in left_out(reading)]
    if lacking:
        notes.append(f"{card.NAME} left out: its font has no {' '.join(lacking)}")
    else:
        yield card.card(told)
    news = feed(reading, going_out=going_out)
    if news is None:
        notes.append("feed.xml left out: no date in the front matter, no version published, no correction")
    else:
        yield news


def _figures(found: Sequence[Figure], notes: list[str]) -> Iterator[Output]:
    """Embeds, drawings and pictures."""
    rows = []
    for figure in found:
        yield embed(figure)
        alone = list(stills(figure))
        yield from alone
        notes += [f"{name} has no PNG: {why}" for name, why in without_png(figure)]
        if not alone:
            rows.append(figure.name)
    if rows:
        notes.append(f"no drawing or picture of its own, only its embed: {', '.join(rows)}")


def check_silence(reading: Reading, outputs: Sequence[Output]) -> None:
    """The last look at all that any block printed: names that may stand nowhere, words off the record.

    Raises InputError (code "page-betrays").
    """
    if not reading.secrets.names and not reading.secrets.runs:
        return
    texts = (html.unescape(_NOT_TEXT.sub(" ", output.words)) for output in outputs)
    found = {f"the {what} of {owner}" for text in texts for owner, what, _ in reading.secrets.in_text(text)}
    if found:
        raise InputError(
            "The page would betray somebody; nothing was written.",
            saw="; ".join(sorted(found)),
            do="Look for it in texts that the page prints of records: titles, notes, who in a chain. Say it otherwise.",
            code="page-betrays",
        )
