"""Something that was told off the record."""

from __future__ import annotations

from dateline.ledger.media_item import MediaItem
from dateline.ledger.terms import OFF
from dateline.ledger.trace import trace
from dateline.ledger.transcript import within
from dateline.story.fault import Faults, Level, Rule
from dateline.story.reading import Reading

RULE = Rule(
    code="off-record",
    name="something off the record",
    level=Level.BLOCK,
    why="A word given is kept: what was told off the record stands nowhere, in no other words, and nothing on the page "
    "rests on it.",
    do="Take it out. If the speaker agreed to other terms since, write them into the record, with who agreed and when.",
)


def find(reading: Reading, faults: Faults) -> None:
    """Adds references that rest on something off the record, and words and names that stand in the text."""
    if not reading.off_record and not reading.secrets.runs:
        return
    for text, spot in reading.reference_texts():
        reference = reading.found(text)
        below = trace(reading.case, reference.owner).walk() if reference is not None else ()
        away = sorted({node.id for node in below} & reading.off_record)
        if away:
            faults.add(spot, f"{{{{{text}}}}} rests on {away[0]}, which is off the record")
    for passage in reading.story.passages:
        for owner, what, at in reading.secrets.in_text(passage.whole):
            if what == "words" or owner in reading.off_record:
                words = "the name" if what == "name" else "words"
                faults.add(passage.spot_at(at), f"{words} of {owner}, which is off the record")
    _stretches(reading, faults)


def _stretches(reading: Reading, faults: Faults) -> None:
    """Stretches of a recording that a block asks for."""
    for use in reading.story.blocks:
        media = reading.case.media.get(getattr(use.model, "media", ""))
        for part in getattr(use.model, "part", ()) if isinstance(media, MediaItem) else ():
            rows = within(media.transcript, part.start, part.end) if media is not None else ()
            if any(row.terms == OFF for row in rows):
                faults.add(use.spot, f"a stretch of {getattr(use.model, 'media', '')} that is off the record")
