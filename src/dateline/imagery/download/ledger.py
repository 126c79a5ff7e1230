"""The ledger of a folder of granules: one line for each file that was fetched, with its hash; only ever added to."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from dateline.evidence.atomic import sync_folder
from dateline.evidence.lock import exclusive
from dateline.imagery.download.unfinished import FOLDER

NAME = "downloads.jsonl"
"""The ledger's name in its folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One file as it was fetched. `url` is the published address, never a signed one.

    `checked` names what the bytes were compared with: signature, size, the service's own checksum.
    """

    schema: int = 1
    name: str
    sha256: str
    size: int
    """[bytes]"""
    service: str
    collection: str
    made: str | None
    """When the provider produced this version, UTC."""
    url: str
    version: str | None
    """The server's ETag or Last-Modified."""
    at: str
    """When it was fetched, UTC; of a file whose fetching was not entered, when it was found."""
    status: int | None = None
    """What the server answered; None of a file whose fetching was not entered."""
    checked: tuple[str, ...] = ()
    window: Mapping[str, str | int] | None = None
    """Of a part of an image: which pixels, of how big an image."""

    def line(self) -> bytes:
        """Its stored bytes, with the line feed."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def read(folder: Path) -> dict[str, Entry]:
    """The last entry of each file name. What a crash tore off the last line is passed over."""
    path = folder / NAME
    if not path.is_file():
        return {}
    entries = (_entry(line) for line in path.read_bytes().split(b"\n"))
    return {entry.name: entry for entry in entries if entry is not None}


def append(folder: Path, entry: Entry) -> None:
    """Adds a line and waits until it lies on the disk; one writer at a time, a torn last line is ended first."""
    path = folder / NAME
    with exclusive(folder / FOLDER / f"{NAME}.lock"):
        new = not path.exists()
        with path.open("ab", buffering=0) as stream:
            rest = (b"\n" if _is_torn(path) else b"") + entry.line()
            while rest:
                rest = rest[stream.write(rest) :]
            os.fsync(stream.fileno())
        if new:
            sync_folder(folder)


def _is_torn(path: Path) -> bool:
    size = path.stat().st_size
    if size == 0:
        return False
    with path.open("rb") as stream:
        stream.seek(size - 1)
        return stream.read(1) != b"\n"


def _entry(line: bytes) -> Entry | None:
    try:
        data = json.loads(line)
        return Entry(**(data | {"checked": tuple(data["checked"])}))
    except (ValueError, TypeError, KeyError):
        return None
