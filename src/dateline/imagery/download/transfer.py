"""One file from a server to a part file: gone on with where it broke off, and never a page in place of the file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from dateline.core.errors import InputError
from dateline.core.identity import pieces
from dateline.evidence.door.answer import Answer
from dateline.evidence.door.client import Door, check_status
from dateline.evidence.door.errors import Unavailable
from dateline.evidence.door.request import Request
from dateline.evidence.media_type import HEAD, HTML, check_promise, sniff
from dateline.evidence.provenance import Certificate, Hop
from dateline.imagery.catalog.service import Asset
from dateline.imagery.download.unfinished import Mark, Unfinished

Told = Callable[[int], None]
"""Told how many more bytes are here [bytes]; less than nothing when bytes were thrown away. May raise Stopped."""

_SPARE = 1.1
"""How much bigger than expected a file may be where the service only says about how big it is."""

_BIGGEST = 20_000_000_000
"""No single file is bigger than this [bytes]."""


class Stopped(Exception):
    """The download was told to stop. What is here stays and is gone on with next time."""


class Denied(InputError):
    """The server wants a login, or a signature that has not run out (status 401 or 403)."""

    default_code = "login-refused"

    def __init__(self, asset: Asset, answer: Answer) -> None:
        super().__init__(
            "The server does not let us have this file.",
            saw=_about(asset, answer),
            do="`dateline doctor --online` tests the logins; some collections also ask for a licence to be accepted.",
        )


class Changed(Unavailable):
    """The bytes so far are of another version: they are thrown away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """How the last bytes came: what a capture record keeps. `version` is the server's ETag or Last-Modified."""

    url: str
    status: int
    at: datetime
    hops: tuple[Hop, ...]
    headers: tuple[tuple[str, str], ...]
    tls: Certificate | None
    address: str | None
    proxy: bool
    version: str | None
    resumed_at: int


@dataclass(frozen=True, slots=True)
class Sums:
    """The hashes of a whole file: SHA-256, and the service's own where it has one that we know [hex]."""

    size: int
    sha256: str
    other: str | None


def transfer(door: Door, request: Request, asset: Asset, unfinished: Unfinished, tell: Told) -> Received:
    """Asks for the bytes that are lacking and writes them to the part; gives what the server said.

    Bytes of an unchanged file are gone on with (Range and If-Range, RFC 9110, 2022, 13.1.5 and 14); those of a changed
    one are thrown away. Of a part that is complete the last byte is asked for again: the answer says whether the file
    is still the same. Raises InputError: `login-page`, `lfs-pointer`, `media-type`, `empty-file` (not the file),
    `too-big`, `size`; `not-there`; Denied; Unavailable: `http-status`, and all of Door.open().
    """
    mark = unfinished.mark(asset.url)
    if mark is None:
        _throw_away(unfinished, tell)
    start = _start(unfinished, mark)
    with door.open(_ranged(request, start, mark), most=_most(asset, mark)) as answer:
        _check(asset, answer)
        if _goes_on(answer, start, mark, asset):
            tell(start - unfinished.size())
            with unfinished.go_on(start) as stream:
                _write(answer.pieces(), stream, tell)
        else:
            start, mark = 0, _mark(asset, answer)
            pieces_ = _looked_at(answer, asset)
            first = next(pieces_)
            _throw_away(unfinished, tell)
            with unfinished.begin(mark) as stream:
                _write(chain((first,), pieces_), stream, tell)
        _check_whole(unfinished.size(), asset, mark)
        return _received(answer, mark, start)


def _throw_away(unfinished: Unfinished, tell: Told) -> None:
    tell(-unfinished.size())
    unfinished.discard()


def _start(unfinished: Unfinished, mark: Mark | None) -> int:
    size = unfinished.size()
    return size if mark is None or mark.total is None else max(0, min(size, mark.total - 1))


def _write(pieces_: Iterator[bytes], stream: BinaryIO, tell: Told) -> None:
    for piece in pieces_:
        stream.write(piece)
        tell(len(piece))


def sums(path: Path, asset: Asset) -> Sums:
    """Hashes of a whole file, read once."""
    sha256, size = hashlib.sha256(), 0
    other = None
    if asset.checksum is not None and can_sum(asset):
        other = hashlib.new(asset.checksum.algorithm, usedforsecurity=False)
    with path.open("rb") as stream:
        for piece in pieces(stream):
            sha256.update(piece)
            size += len(piece)
            if other is not None:
                other.update(piece)
    return Sums(size, sha256.hexdigest(), None if other is None else other.hexdigest())


def can_sum(asset: Asset) -> bool:
    """Whether the catalogue tells a checksum of the file, of a kind that we can compute."""
    return asset.checksum is not None and asset.checksum.algorithm in hashlib.algorithms_guaranteed


def check_sums(found: Sums, asset: Asset) -> tuple[str, ...]:
    """What the bytes were compared with. Raises InputError: `size`, `checksum` when they are other bytes."""
    checked = ["signature"]
    if asset.size is not None:
        checked.append("size")
        if found.size != asset.size:
            raise _wrong(asset, f"{found.size:,} bytes; the catalogue says {asset.size:,}", "size")
    if asset.checksum is not None and found.other is not None:
        checked.append(asset.checksum.algorithm)
        if found.other != asset.checksum.hex.lower():
            name = asset.checksum.algorithm
            raise _wrong(
                asset, f"{name} {found.other[:16]}…; the catalogue says {asset.checksum.hex[:16]}…", "checksum"
            )
    return tuple(checked)


def _ranged(request: Request, start: int, mark: Mark | None) -> Request:
    if mark is None:
        return request
    wanted = (("Range", f"bytes={start}-"), ("If-Range", mark.version))
    return Request(request.url, request.method, (*request.headers, *wanted), request.body)


def _most(asset: Asset, mark: Mark | None) -> int:
    expected = asset.size or (mark.total if mark else None)
    return int(expected * _SPARE) + HEAD if expected else _BIGGEST


def _check(asset: Asset, answer: Answer) -> None:
    """Raises for an answer that is no file: a status, a page."""
    status = answer.status
    if status in {401, 403}:
        raise Denied(asset, answer)
    if status in {404, 410}:
        raise InputError(
            "The server does not have this file.",
            saw=_about(asset, answer),
            do="Search again: it may have moved, or been replaced by a newer version.",
            code="not-there",
        )
    if status in {412, 416}:  # the bytes that are here are not what the server has now
        raise Changed("The file has changed at the server.", saw=_about(asset, answer), do="Try again.", again=True)
    check_status(answer.url, status, answer.headers, now=answer.at)
    if status not in {200, 206}:
        raise Unavailable("The server sent no file.", saw=_about(asset, answer), do="Try again later.", again=False)
    kind = (answer.header("content-type") or "").partition(";")[0].strip().lower()
    if kind == HTML:
        raise _page(asset, answer)


def _goes_on(answer: Answer, start: int, mark: Mark | None, asset: Asset) -> bool:
    """Whether the answer is the rest of the bytes that are here, and of the same version. Raises Changed.

    One that does not say its version (RFC 9110, 2022, 15.3.7: a 206 must) counts only where a checksum tells in the
    end whether the two halves are of one file.
    """
    if answer.status != 206:
        return False
    span = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+|\*)", (answer.header("content-range") or "").strip())
    version = _version(answer)
    whole = span[3] if span else "*"
    at_place = span is not None and int(span[1]) == start
    same = mark is not None and (version == mark.version or (version is None and can_sum(asset)))
    if mark is not None and same and at_place and whole in {"*", str(mark.total or whole)}:
        return True
    raise Changed(
        "The server sent another part than was asked for, or does not say of which version.",
        saw=f"{answer.url.partition('?')[0]}: {answer.header('content-range')!r}, version {version}, from {start:,}",
        do="Try again.",
        code="truncated",
        again=True,
    )


def _mark(asset: Asset, answer: Answer) -> Mark | None:
    version, length = _version(answer), answer.header("content-length")
    total = int(length) if length is not None and length.isdigit() else asset.size
    return None if version is None else Mark(asset.url, version, total)


def _version(answer: Answer) -> str | None:
    """A strong ETag, else the date of the last change; a weak ETag does not promise the same bytes."""
    etag = answer.header("etag")
    return etag if etag is not None and not etag.startswith("W/") else answer.header("last-modified")


def _looked_at(answer: Answer, asset: Asset) -> Iterator[bytes]:
    """The pieces of a whole answer; the first is given out only when it begins as the file must."""
    head, rest = b"", answer.pieces()
    for piece in rest:
        head += piece
        if len(head) >= HEAD:
            break
    _check_head(head, asset)
    yield head
    yield from rest


def _check_head(head: bytes, asset: Asset) -> None:
    check_promise(asset.name, sniff(head[:HEAD]))
    if asset.begins and not head.startswith(asset.begins):
        raise _wrong(asset, f"its bytes are {sniff(head[:HEAD])}, beginning {head[:8]!r}", "media-type")


def _check_whole(size: int, asset: Asset, mark: Mark | None) -> None:
    total = mark.total if mark is not None else asset.size
    if total is not None and size < total:
        raise Unavailable(
            "The answer was cut off.",
            saw=f"{asset.name}: {size:,} of {total:,} bytes",
            do="Try again: what is here is kept.",
            code="truncated",
            again=True,
        )
    if total is not None and size > total:
        raise _wrong(asset, f"{size:,} bytes; {total:,} were promised", "size")


def _received(answer: Answer, mark: Mark | None, start: int) -> Received:
    return Received(
        url=answer.url,
        status=answer.status,
        at=answer.at,
        hops=answer.hops,
        headers=answer.headers,
        tls=answer.tls,
        address=answer.address,
        proxy=answer.proxy,
        version=None if mark is None else mark.version,
        resumed_at=start,
    )


def _page(asset: Asset, answer: Answer) -> InputError:
    return InputError(
        "The server sent a web page in place of the file: a login is missing or has run out.",
        saw=f"{asset.name}: status {answer.status}, text/html, from {answer.url.partition('?')[0]}",
        do="Log in again (`dateline doctor --online` tests logins). Nothing was saved.",
        code="login-page",
    )


def _wrong(asset: Asset, saw: str, code: str) -> InputError:
    return InputError(
        "What was downloaded is not the file that the catalogue tells of.",
        saw=f"{asset.name}: {saw}",
        do="Nothing of it is kept. Try again; if it stays so, tell the service: its catalogue or its file is wrong.",
        code=code,
    )


def _about(asset: Asset, answer: Answer) -> str:
    return f"{asset.name}: status {answer.status} from {answer.url.partition('?')[0]}"
