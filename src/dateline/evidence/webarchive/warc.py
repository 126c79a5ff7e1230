"""WARC files (ISO 28500:2017): every record read to its end, its length and its digests checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from dateline.evidence.webarchive.chunked import Chunked
from dateline.evidence.webarchive.digest import Digest, read_digest
from dateline.evidence.webarchive.inflow import PIECE, Inflow, warc_fault

MOST_HEADERS = 1000
"""A record with more header lines than this is not one."""

_VERSIONS = (b"WARC/1.0", b"WARC/1.1", b"WARC/0.18", b"WARC/0.17")
_HTTP = ("response", "request", "revisit")


@dataclass(frozen=True, slots=True)
class Record:
    """One record, as its own headers and its bytes say. `offset`, `length`: where it lies in the file [bytes].

    `status` and `media_type` are those of the HTTP answer in it. `faults`: what its bytes contradict; `notes`: what
    could not be checked, or need not agree. `whole`: whether a digest covers every byte of it.
    """

    kind: str
    uri: str | None
    at: str | None
    offset: int
    length: int
    status: int | None
    media_type: str | None
    payload: Digest | None
    whole: bool
    faults: tuple[str, ...]
    notes: tuple[str, ...]


def records(stream: BinaryIO, *, name: str, start: int = 0) -> Iterator[Record]:
    """Every record of a WARC file that can seek, from `start` [bytes] on, each read to its end.

    Raises InputError: "warc" where it is not a WARC file all through (a record or a gzip member is cut off, a header
    is damaged), "zip-bomb".
    """
    inflow = Inflow(stream, name=name, start=start)
    while (offset := inflow.start_record()) is not None:
        yield _record(inflow, offset, name)


def _record(inflow: Inflow, offset: int, name: str) -> Record:
    version = inflow.line()
    if version not in _VERSIONS:
        raise warc_fault(name, offset, f"no WARC record begins here, but {version[:40]!r}")
    headers = _headers(inflow, offset, name)
    size = headers.get("content-length", "")
    if not (size.isascii() and size.isdigit()):
        raise warc_fault(name, offset, f"a record whose length is {size[:40]!r}")
    block = _Block(headers)
    left = int(size)
    while left:
        piece = inflow.read(min(left, PIECE))
        if not piece:
            raise warc_fault(name, offset, f"a record that breaks off {left:,} of {int(size):,} bytes before its end")
        left -= len(piece)
        block.update(piece)
    _end(inflow, offset, name)
    return block.record(offset, inflow.end_record() - offset)


def _end(inflow: Inflow, offset: int, name: str) -> None:
    """Two empty lines end a record; some writers leave them out at the end of the file."""
    for _ in range(2):
        if inflow.at_end():
            return
        line = inflow.line()
        if line:
            raise warc_fault(name, offset, f"a record that is longer than it says, by {line[:40]!r}")


def _headers(inflow: Inflow, offset: int, name: str) -> dict[str, str]:
    """Header lines by name in small letters; the first of several. Folded lines are joined."""
    headers: dict[str, str] = {}
    last = ""
    for _ in range(MOST_HEADERS):
        line = inflow.line().decode("utf-8", errors="replace")
        if not line:
            return headers
        if line[0] in " \t" and last:
            headers[last] += " " + line.strip()
            continue
        last, colon, value = line.partition(":")
        last = last.strip().lower()
        if not colon:
            raise warc_fault(name, offset, f"a header line without a colon: {line[:40]!r}")
        headers.setdefault(last, value.strip())
    raise warc_fault(name, offset, f"over {MOST_HEADERS:,} header lines")


class _Block:
    """The block of one record while it comes in: what it hashes to, and the HTTP headers at its start."""

    def __init__(self, headers: dict[str, str]) -> None:
        self.headers = headers
        self.kind = headers.get("warc-type", "")
        self.said_block, self.block_note = _said(headers.get("warc-block-digest"))
        self.said_payload, self.payload_note = _said(headers.get("warc-payload-digest"))
        self._block = self.said_block.new() if self.said_block else None
        self._payload = self.said_payload.new() if self.said_payload else None
        self._plain = self.said_payload.new() if self.said_payload else None  # of the payload out of its chunks
        self._head: bytearray | None = bytearray() if self._is_http() else None
        self._http: list[str] = []
        self._chunked: Chunked | None = None

    def _is_http(self) -> bool:
        return self.kind in _HTTP and self.headers.get("content-type", "").startswith("application/http")

    def update(self, piece: bytes) -> None:
        if self._block is not None:
            self._block.update(piece)
        if self._head is None:
            self._add(piece)
            return
        self._head += piece
        at = self._head.find(b"\r\n\r\n")
        if at >= 0 or len(self._head) > 1 << 20:
            head, self._head = bytes(self._head), None
            self._begin(head[:at] if at >= 0 else b"")
            self._add(head[at + 4 :] if at >= 0 else head)

    def _begin(self, head: bytes) -> None:
        self._http = head.decode("latin-1").split("\r\n")
        if (self._http_header("transfer-encoding") or "").lower() == "chunked":
            self._chunked = Chunked()

    def _add(self, piece: bytes) -> None:
        if self._payload is not None:
            self._payload.update(piece)
        if self._plain is not None and self._chunked is not None:
            self._plain.update(self._chunked.plain(piece))

    def _http_header(self, name: str) -> str | None:
        for line in self._http[1:]:
            key, _, value = line.partition(":")
            if key.strip().lower() == name:
                return value.strip()
        return None

    def _status(self) -> int | None:
        words = self._http[0].split() if self._http and self._http[0].startswith("HTTP/") else []
        return int(words[1]) if len(words) > 1 and words[1].isascii() and words[1].isdigit() else None

    def _is_payload_right(self) -> bool | None:
        """None where nothing was said, or where the digest is that of another record (a revisit)."""
        if self.said_payload is None or self.kind == "revisit" or "warc-segment-number" in self.headers:
            return None
        assert self._payload is not None
        assert self._plain is not None
        if self._payload.digest() == self.said_payload.value:
            return True
        return self._chunked is not None and self._plain.digest() == self.said_payload.value

    def record(self, offset: int, length: int) -> Record:
        if self._head is not None:  # headers without a body, or none
            self._begin(bytes(self._head))
        faults, notes = [], [note for note in (self.block_note, self.payload_note) if note]
        whole = self._block is not None
        if self._block is not None and self.said_block is not None and self._block.digest() != self.said_block.value:
            faults.append(f"its bytes are not those of its block digest {self.said_block}")
        if self._is_payload_right() is False:
            text = f"its payload is not that of its payload digest {self.said_payload}"
            # writers differ in what they call the payload; where the block's digest is right, no byte was changed
            (notes if whole and not faults else faults).append(text)
        kind = (self._http_header("content-type") or "").partition(";")[0].strip().lower() or None
        if not self._http:
            kind = self.headers.get("content-type", "").partition(";")[0].strip().lower() or None
        return Record(
            kind=self.kind,
            uri=self.headers.get("warc-target-uri", "").strip("<>") or None,
            at=self.headers.get("warc-date"),
            offset=offset,
            length=length,
            status=self._status(),
            media_type=kind,
            payload=self.said_payload,
            whole=whole,
            faults=tuple(faults),
            notes=tuple(notes),
        )


def _said(text: str | None) -> tuple[Digest | None, str | None]:
    if text is None:
        return None, None
    found = read_digest(text)
    return found, None if found else f"a digest of a kind that is not known here: {text[:60]!r}"
