"""The words that a :::quote block prints: whose record they are of, as spoken and as translated, and who did that."""

from __future__ import annotations

from dataclasses import dataclass

from dateline.core.when import When
from dateline.ledger.claim import Claim, Original
from dateline.ledger.media_item import MediaItem
from dateline.ledger.record import Record
from dateline.ledger.reply import Reply
from dateline.ledger.transcript import Stretch, within


@dataclass(frozen=True, slots=True)
class Quoted:
    """Somebody's words of one record. language "" where the record does not say in which they were spoken."""

    text: str
    language: str = ""
    translation: str = ""
    by: Original | Stretch | None = None
    """What says who translated it and who looked at that."""
    translator: str = ""
    said: When | None = None
    heard: str | None = None
    """id of the recording in which it is heard."""
    start: float | None = None
    end: float | None = None


def quoted(record: Record | None, start: float | None = None, end: float | None = None) -> Quoted | None:
    """The words of a claim's speaker, of a reply, or of one voice in a stretch of a recording; None where none are."""
    match record:
        case Claim(original=original) if original is not None:
            return Quoted(
                original.text, original.language, original.translation or "", original, original.translator or "",
                record.said, original.media, original.start, original.end,
            )  # fmt: skip
        case Reply() if record.answer:
            return Quoted(
                record.answer, record.language or "", record.translation or "", None, record.translator or "",
                record.answered,
            )  # fmt: skip
        case MediaItem():
            return _heard(record, tuple(within(record.transcript, start, end)), start, end)
    return None


def _heard(media: MediaItem, rows: tuple[Stretch, ...], start: float | None, end: float | None) -> Quoted | None:
    if not rows or len({(row.speaker, row.voice, row.language) for row in rows}) != 1:
        return None
    told = [row.translation for row in rows]
    return Quoted(
        " ".join(row.original for row in rows), rows[0].language or "",
        " ".join(text for text in told if text) if all(told) else "", rows[0], rows[0].translator or "",
        media.taken, media.id, rows[0].start if start is None else start, rows[-1].end if end is None else end,
    )  # fmt: skip


def speaker(record: Record | None, start: float | None = None, end: float | None = None) -> str | None:
    """The id of the source whose words they are."""
    match record:
        case Claim():
            return record.speaker
        case Reply():
            return record.party
        case MediaItem():
            found = {row.speaker for row in within(record.transcript, start, end)}
            return found.pop() if len(found) == 1 else None
    return None
