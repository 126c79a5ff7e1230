"""A quotation that is not what was said."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from dateline.ledger.claim import Claim
from dateline.ledger.media_item import MediaItem
from dateline.ledger.record import Record
from dateline.ledger.reply import Reply
from dateline.ledger.verbatim import difference, is_said, words
from dateline.story.fault import Faults, Level, Rule
from dateline.story.quotes import Quote, quotes
from dateline.story.reading import Reading

RULE = Rule(
    code="quote-differs",
    name="a quotation that differs from the record",
    level=Level.BLOCK,
    why="Between quotation marks stand somebody's own words, or a translation that a named person made. A word changed "
    "on the way is put into a mouth.",
    do="Quote the record's words, {{CLAIM.quote}} or {{CLAIM.translation}}; mark what you leave out with … and what "
    "you put in with [ ]; or take the quotation marks away.",
)


def find(reading: Reading, faults: Faults) -> None:
    """Adds quotations that no verbatim text of the records has to which their sentence gives them."""
    for quote in quotes(reading):
        if any(record.id in reading.off_record for record in quote.records) or not words(quote.text):
            continue
        texts = [text for record in quote.records for text in verbatim(record)]
        if not any(is_said(quote.text, text) for text in texts):
            faults.add(quote.spot, _saw(quote, texts))


def _saw(quote: Quote, texts: list[str]) -> str:
    owners = " and ".join(record.id for record in quote.records)
    shown = quote.text if len(quote.text) <= 90 else quote.text[:89] + "…"
    if not texts:
        return f"“{shown}”, and {owners} has no words of its speaker's: write them into `original`"
    near = max(texts, key=lambda text: len(set(words(text)) & set(words(quote.text))))
    return f"“{shown}”; in {owners}: {difference(quote.text, near)}"


def verbatim(record: Record) -> Iterator[str]:
    """The words of a record that are the speaker's, and their translations. A claim's statement is ours."""
    told: list[str | None] = []
    match record:
        case Claim(original=original, quantity=quantity, hedge=hedge, period=period):
            told += [original.text, original.translation] if original is not None else []
            told += [quantity.text] if quantity is not None else []
            told += [f"{quantity.text} {quantity.unit}", f"{quantity.text} {quantity.unit}s"] if quantity else []
            told += [hedge.text] if hedge is not None else []
            told += [period.text] if period is not None else []
        case Reply():
            told += [record.answer, record.translation]
        case MediaItem():
            # nobody's words run into another's
            for _, turn in groupby(record.transcript, key=lambda row: (row.speaker, row.voice)):
                rows = list(turn)
                told.append(" ".join(row.original for row in rows))
                told.append(" ".join(row.translation for row in rows if row.translation is not None))
    return (text for text in told if text)
