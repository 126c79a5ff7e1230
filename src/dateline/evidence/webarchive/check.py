"""Is a WACZ or a WARC sound, and what is in it? Either kind, told from its first bytes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from dateline.evidence.webarchive import wacz
from dateline.evidence.webarchive.report import Capture, Gathered, Report
from dateline.evidence.webarchive.warc import records

WACZ, WARC = "application/wacz", "application/warc"


def is_web_archive(name: str, kind: str) -> bool:
    """Whether a file of this media type is (or calls itself) a WACZ or a WARC."""
    return kind in {WACZ, WARC} or name.lower().endswith((".wacz", ".warc", ".warc.gz"))


def check_web_archive(path: Path, *, name: str) -> Report:
    """Reads a WACZ or WARC to its end. Raises InputError: "web-archive" with every reason, and what reading raises."""
    with path.open("rb") as stream:
        if is_zip(stream):
            report = wacz.check_wacz(stream, name=name)
        else:
            seen = Gathered()
            seen.read(name, records(stream, name=name))
            report = seen.report("WARC", None)
    report.check(name)
    return report


def captures(path: Path, *, name: str) -> Iterator[Capture]:
    """Every answer of a server in a WACZ or WARC, in the order of the file. Raises InputError ("warc", "zip")."""
    with path.open("rb") as stream:
        if is_zip(stream):
            yield from wacz.captures(stream, name=name)
        else:
            found = (Capture.of(name, record) for record in records(stream, name=name))
            yield from (capture for capture in found if capture is not None)


def is_zip(stream: BinaryIO) -> bool:
    """Whether a stream that can seek is a zip; leaves it at its start."""
    head = stream.read(4)
    stream.seek(0)
    return head in {b"PK\x03\x04", b"PK\x05\x06"}
