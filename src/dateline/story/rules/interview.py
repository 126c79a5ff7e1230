"""An interview that its record does not carry."""

from __future__ import annotations

from collections.abc import Iterator

from dateline.ledger.media_item import MediaItem
from dateline.ledger.source import Source
from dateline.ledger.transcript import spoken, within
from dateline.story.document import BlockUse
from dateline.story.fault import Faults, Level, Rule
from dateline.story.reading import Reading

RULE = Rule(
    code="interview",
    name="an interview without its transcript",
    level=Level.BLOCK,
    why="Question and answer are printed from the record: nobody types them again, and each leads to its second.",
    do="Name a recording or notes with a transcript (`dateline add media --transcript FILE`), and who answers.",
)


def find(reading: Reading, faults: Faults) -> None:
    """Adds interviews whose recording, person or stretch is not there."""
    for use in reading.story.blocks:
        if use.name == "interview" and use.model is not None:
            for saw in _lacking(reading, use):
                faults.add(use.spot, saw)


def _lacking(reading: Reading, use: BlockUse) -> Iterator[str]:
    media = reading.case.records.get(getattr(use.model, "media", ""))
    person = reading.case.records.get(getattr(use.model, "person", ""))
    if not isinstance(person, Source):
        yield f"person = {getattr(use.model, 'person', '')!r}, which is no source"
    if not isinstance(media, MediaItem) or not media.transcript:
        yield f"media = {getattr(use.model, 'media', '')!r}, which has no transcript"
        return
    if isinstance(person, Source) and all(row.speaker != person.id for row in media.transcript):
        yield f"{person.id} speaks in no row of {media.id}"
    for part in getattr(use.model, "part", ()):
        if not any(within(media.transcript, part.start, part.end)):
            yield f"{spoken(part.start, part.end)} of {media.id}, in which nothing is said"
