"""A file behind an https address as a plain stream, for what only reads streams."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from dateline.core.errors import InputError
from dateline.evidence.door.client import Door, check_status
from dateline.evidence.door.request import Request


@contextmanager
def https(url: str) -> Iterator[BinaryIO]:
    """The bytes behind an https address. Raises InputError: `address` for another kind, and all of Door.open()."""
    if not url.startswith("https:"):
        raise InputError("Only https addresses are opened.", saw=url, do="Fetch the file yourself.", code="address")
    with Door() as door, door.open(Request(url)) as answer:
        check_status(answer.url, answer.status, answer.headers, now=answer.at)
        yield cast(BinaryIO, io.BufferedReader(_Pieces(answer.pieces())))


class _Pieces(io.RawIOBase):
    """Pieces of bytes as a readable stream."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = piece
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size
