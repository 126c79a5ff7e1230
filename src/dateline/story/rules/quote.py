"""A quotation set apart that its record does not carry."""

from __future__ import annotations

from collections.abc import Iterator

from dateline.ledger.agreed import standing
from dateline.ledger.claim import Claim
from dateline.ledger.media_item import MediaItem
from dateline.ledger.terms import strictest
from dateline.ledger.transcript import spoken, within
from dateline.story.document import BlockUse
from dateline.story.fault import Faults, Level, Rule
from dateline.story.quoted import quoted
from dateline.story.reading import Reading

RULE = Rule(
    code="quote",
    name="a quotation without its record",
    level=Level.BLOCK,
    why="Words set large are remembered as somebody's own. They are printed from the record, with who translated them.",
    do="Name a claim with `original`, a reply with an answer, or a stretch of a recording in which one voice speaks.",
)


def find(reading: Reading, faults: Faults) -> None:
    """Adds quotations whose record has no words, more than one voice, no translator, or another document."""
    for use in reading.story.blocks:
        if use.name == "quote" and use.model is not None:
            for saw in _lacking(reading, use):
                faults.add(use.spot, saw)


def _lacking(reading: Reading, use: BlockUse) -> Iterator[str]:
    name, start, end, item, words, translation = (
        getattr(use.model, key, None) for key in ("of", "start", "end", "item", "words", "translation")
    )
    record = reading.case.records.get(str(name))
    found = quoted(record, start, end)
    if found is None:
        where = f", {spoken(start, end)}" if isinstance(record, MediaItem) else ""
        yield f"of = {name!r}{where}: no words of one speaker"
        return
    if isinstance(record, MediaItem):
        own = standing(record, reading.case.records).are
        rows = within(record.transcript, start, end)
        if any(row.terms is not None and strictest([row.terms, own]) != own for row in rows):
            yield f"{spoken(start, end)} of {name}, told under closer terms than the rest"
    if found.translation and not found.translator:
        yield f"a translation of {name}, and nobody who made it"
    if found.translation and bool(words) != bool(translation):
        yield "words without their translation, or a translation without its words: cut both at the same places"
    if translation and not found.translation:
        yield f"a translation, and {name} has none"
    if item is not None and isinstance(record, Claim) and item not in record.evidence:
        yield f"item = {item!r}, which is no evidence of {name}"
