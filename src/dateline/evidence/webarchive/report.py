"""What a look into a web archive found: what is in it, what is wrong with it, who vouches for it."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np

from dateline.core.errors import InputError
from dateline.evidence.webarchive.signature import Signed
from dateline.evidence.webarchive.warc import Record

_MOST_TOLD = 20
"""So many faults and notes are spelled out; the rest is counted."""

_MOST_KEPT = 1000


@dataclass(frozen=True, slots=True)
class Capture:
    """One answer of a server in a web archive: where it lies, of what address, when, with which status."""

    file: str
    offset: int
    url: str
    at: str | None
    status: int | None
    media_type: str | None

    @classmethod
    def of(cls, file: str, record: Record) -> Capture | None:
        """The answer in a record; None for a record of another kind."""
        if record.kind not in {"response", "resource"} or record.uri is None:
            return None
        return cls(file, record.offset, record.uri, record.at, record.status, record.media_type)

    def to_json(self) -> dict[str, Any]:
        """As `--list --json` prints it."""
        return {"url": self.url, "at": self.at, "status": self.status, "media_type": self.media_type, "file": self.file}


@dataclass(frozen=True, slots=True)
class Report:
    """The result. An archive with faults is not kept."""

    kind: str
    faults: tuple[str, ...]
    notes: tuple[str, ...]
    records: int
    responses: int
    files: int
    entries: int
    pages: int
    signed: Signed | None

    def check(self, name: str) -> None:
        """Raises InputError (code "web-archive") when something is wrong, with the reasons."""
        if self.faults:
            raise InputError(
                f"This {self.kind} is not sound, and was not kept.",
                saw=f"{name}: " + "; ".join(_short(self.faults)),
                do="Get it again from whoever made it, and ask what happened to it.",
                code="web-archive",
            )

    def line(self) -> str:
        """The same in one short line, for the log."""
        signed = "" if self.signed is None else f"; {self.signed.words()}"
        return f"{self.kind} checked: {self.records:,} records whole{signed}"

    def words(self) -> str:
        """What was checked, in one sentence a line."""
        lines = [f"{self.kind}: {self.records:,} records, {self.responses:,} of them answers of servers; all whole."]
        if self.kind == "WACZ":
            lines.append(f"{self.files:,} files as listed, {self.entries:,} index entries, {self.pages:,} pages.")
        if self.signed is not None:
            lines.append(f"Signature: {self.signed.words()}.")
        return "\n".join([*lines, *(f"Note: {note}." for note in _short(self.notes))])

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        signed = None
        if self.signed is not None:
            when = {"created": self.signed.created, "stamped": self.signed.stamped}
            spelt = {key: value.isoformat() if value else None for key, value in when.items()}
            signed = {"grade": self.signed.grade, "signer": self.signed.signer, "words": self.signed.words()} | spelt
        counts = {"records": self.records, "responses": self.responses, "files": self.files, "pages": self.pages}
        return {"kind": self.kind, "notes": list(self.notes), "signature": signed} | counts


@dataclass(slots=True)
class Gathered:
    """What is known so far, while an archive is read."""

    faults: list[str] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)
    places: array[int] = field(default_factory=lambda: array("q"))
    addresses: array[int] = field(default_factory=lambda: array("q"))
    """Hashes of (file, offset), and of (file, offset, address), of every record: there may be millions."""
    records: int = 0
    responses: int = 0
    files: int = 0
    entries: int = 0
    pages: int = 0

    def fault(self, text: str) -> None:
        """Something that makes the archive unsound; a thousand of them are enough."""
        if len(self.faults) < _MOST_KEPT:
            self.faults.append(text)

    def note(self, text: str) -> None:
        """Something that people should know."""
        if text in self.notes or len(self.notes) < _MOST_KEPT:
            self.notes[text] += 1

    def page(self, url: str, at: datetime) -> None:
        """One page of the list of pages."""
        if not url or at is None:
            raise ValueError("no address")
        self.pages += 1

    def read(self, file: str, found: Iterable[Record]) -> None:
        """Takes in the records of a WARC file to its end, or to where it is damaged."""
        try:
            for record in found:
                self.records += 1
                self.responses += record.kind == "response"
                self.places.append(hash((file, record.offset)))
                self.addresses.append(hash((file, record.offset, record.uri)))
                for fault in record.faults:
                    self.fault(f"{file}, byte {record.offset:,}: {fault}")
                for note in record.notes:
                    self.note(f"in {file}, {note}")
                if record.kind in {"response", "resource"} and not record.whole:
                    self.note(f"{file} has records without a digest of their own")
        except InputError as error:
            self.fault(error.saw)

    def sort(self) -> None:
        """Makes has_record() and is_about() quick; call it when all records were read."""
        for hashes in (self.places, self.addresses):
            np.frombuffer(hashes, dtype=np.int64).sort()

    def has_record(self, file: str, offset: int) -> bool:
        """Whether a record begins there."""
        return _has(self.places, hash((file, offset)))

    def is_about(self, file: str, offset: int, url: str) -> bool:
        """Whether the record that begins there is about this address."""
        return _has(self.addresses, hash((file, offset, url)))

    def report(self, kind: str, signed: Signed | None) -> Report:
        """The result."""
        notes = [text if count == 1 else f"{text} ({count:,} times)" for text, count in self.notes.items()]
        counts = (self.records, self.responses, self.files, self.entries, self.pages)
        return Report(kind, tuple(self.faults), tuple(notes), *counts, signed)


def _has(hashes: array[int], wanted: int) -> bool:
    at = bisect_left(hashes, wanted)
    return at < len(hashes) and hashes[at] == wanted


def _short(texts: tuple[str, ...]) -> list[str]:
    rest = len(texts) - _MOST_TOLD
    return [*texts[:_MOST_TOLD], *([f"and {rest:,} more"] if rest > 0 else [])]
