"""Whether the bytes of a clip may and can stand on the page, and the captions that go with them. No bytes here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dateline.evidence.item import Item, Use
from dateline.ledger.agreed import Standing, called, standing
from dateline.ledger.case import Case
from dateline.ledger.clock_time import spell_clock
from dateline.ledger.graphic import family, is_graphic
from dateline.ledger.media_item import MediaItem
from dateline.ledger.terms import OFF, OPEN, Agreed, strictest
from dateline.ledger.transcript import Stretch

LARGEST = 4_000_000
"""[bytes] A page stays small enough to be sent by mail."""
COPIED = {"video/mp4", "video/quicktime"}
"""Containers whose streams are copied into a new file that says nothing of who filmed, with what, and where."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What is heard in one stretch, as it may be printed. is_gap: something stands there that may not."""

    start: float
    end: float
    who: str = ""
    original: str = ""
    language: str = ""
    translation: str = ""
    is_gap: bool = False


def agreed_of(row: Stretch, media: MediaItem, case: Case) -> Agreed:
    """What was agreed of a stretch: of itself, of the recording, and with whoever speaks in it."""
    source = case.sources.get(row.speaker or "")
    own = source.terms.are if source is not None and source.terms is not None else OPEN
    return strictest([row.terms or OPEN, standing(media, case.records).are, own])


def heard(media: MediaItem, case: Case, language: str) -> Iterator[Heard]:
    """The transcript without what is off the record; whoever may not be named is not."""
    is_cut = False
    for row in media.transcript:
        are = agreed_of(row, media, case)
        if are == OFF:
            if not is_cut:
                yield Heard(row.start, row.end, is_gap=True)
            is_cut = True
            continue
        is_cut = False
        source = case.sources.get(row.speaker or "")
        who = called(source, Standing(are=are), language) if source is not None else None
        yield Heard(
            row.start, row.end, who or "", row.original, row.language or language, translation=row.translation or ""
        )


def why_not(case: Case, media: MediaItem, item: Item | None) -> Iterator[tuple[str, str]]:
    """Everything that keeps a clip's bytes off the page, with what to do about it."""
    if item is None:
        yield "no file of the clip", "Archive the clip, name it in the media record's items, and in `item`."
        return
    for use in (Use.PUBLISH, Use.EMBED):
        allowed = item.licence.permits(use)
        if allowed != "yes":
            said = f"forbids to {use.value}" if allowed == "no" else f"does not say whether one may {use.value}"
            yield (
                f"{item.id}: {item.licence.name} {said}",
                "Show stills, or get permission and write it into [licence].",
            )
    if item.media_type not in COPIED:
        do = "Make an MP4 of it and archive that as derived: its streams can be copied without what the file tells."
        yield f"{item.id} is {item.media_type or 'of an unknown type'}", do
    if (item.bytes or 0) > LARGEST:
        do = "Cut out the part that matters, or make it smaller, and archive that as derived; or show stills."
        yield f"{item.id}: {item.bytes:,} bytes; at most {LARGEST:,} fit", do
    if media.graphic or is_graphic(case, item.id):
        yield (
            f"{media.id} is marked graphic",
            "Show stills: they stay veiled until a reader asks. Moving pictures do not.",
        )
    if masked := to_mask(case, item.id):
        yield f"{item.id} shows {', '.join(masked)} that are to be masked", "Name the masked copy (`dateline mask`)."
    for one in (one for one in case.media.values() if item.id in one.items):
        if any(agreed_of(row, one, case) != OPEN for row in one.transcript):
            do = "Archive a cut without that stretch, as a media record of its own; a voice is known as a face is."
            yield f"{one.id}: a stretch that is heard in it is not on the record", do


def to_mask(case: Case, item: str) -> tuple[str, ...]:
    """What is to be masked in a file and was not, as any media record says of it or of what it was made from."""
    origins = family(case, item)
    made = (case.items[name].derived for name in origins)
    if any(one is not None and one.command.startswith("dateline mask") and "--box" in one.command for one in made):
        return ()
    told = (media.mask for media in case.media.values() if not origins.isdisjoint(media.items))
    return tuple(sorted({what for mask in told for what in mask}))


def webvtt(rows: list[Heard]) -> str:
    """Captions: what is heard and its translation (WebVTT, W3C 2019), times from the beginning of the clip."""
    cues = [
        f"{_stamp(row.start)} --> {_stamp(row.end)}\n" + "\n".join(_line(text) for text in _texts(row))
        for row in rows
        if not row.is_gap
    ]
    return "WEBVTT\n\n" + "\n\n".join(cues) + "\n"


def _texts(row: Heard) -> Iterator[str]:
    yield f"{row.who}: {row.original}" if row.who else row.original
    if row.translation:
        yield row.translation


def _stamp(seconds: float) -> str:
    told = spell_clock(seconds)
    return told if "." in told else f"{told}.000"


def _line(text: str) -> str:
    """One line of a cue: nothing in it is a tag, and no arrow begins another cue."""
    return " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
