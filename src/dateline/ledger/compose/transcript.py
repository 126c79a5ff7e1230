"""Subtitles become the transcript of a recording: voices that are known become sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dateline.core.errors import RecordFault
from dateline.ledger.media_item import MediaItem
from dateline.ledger.source import Source
from dateline.ledger.subtitles import read_subtitles
from dateline.ledger.transcript import Stretch


@dataclass(frozen=True, slots=True)
class Heard:
    """The rows of a transcript, or every fault; and notes."""

    rows: tuple[Stretch, ...] = ()
    faults: tuple[RecordFault, ...] = ()
    notes: tuple[str, ...] = ()

    def put_into(self, media: MediaItem) -> MediaItem:
        """The recording with this transcript."""
        return media.model_copy(update={"transcript": self.rows})


def heard(data: bytes, *, file: str, sources: Mapping[str, Source], language: str | None = None) -> Heard:
    """The transcript in the bytes of an SRT or WebVTT file. A voice that is a source's name becomes that source."""
    read = read_subtitles(data, file=file, language=language)
    known = _by_name(sources)
    rows = tuple(
        row.model_copy(update={"speaker": known[row.voice.casefold()], "voice": None})
        if row.voice is not None and row.voice.casefold() in known
        else row
        for row in read.rows
    )
    strangers = sorted({row.voice for row in rows if row.voice is not None})
    notes = [f"nobody among the sources is called {', '.join(strangers)}: written as voice"] if strangers else []
    return Heard(rows, read.faults, (*read.notes, *notes))


def _by_name(sources: Mapping[str, Source]) -> Mapping[str, str]:
    """Ids by name, without names that several have."""
    found: dict[str, set[str]] = {}
    for source in sources.values():
        for name in (source.id, *source.names.values()):
            found.setdefault(name.casefold(), set()).add(source.id)
    return {name: next(iter(ids)) for name, ids in found.items() if len(ids) == 1}
