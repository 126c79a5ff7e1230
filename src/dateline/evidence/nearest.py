"""Finding what a small text was before a slip of one byte, from its hash alone: so that the line can be named."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

LONGEST = 4096
"""A longer text is not searched: the time grows with the square of its length [bytes]."""


def one_slip_away(data: bytes, sha256: str) -> bytes | None:
    """The text with this SHA-256 that differs in one byte (other, lost, or too many) or by two lines in turn.

    None when there is none, or the text is too long. Takes up to about 1 s for 1,000 bytes.
    """
    if len(data) > LONGEST:
        return None
    wanted = bytes.fromhex(sha256)
    for candidate in (*_without_one(data), *_lines_in_turn(data)):
        if hashlib.sha256(candidate).digest() == wanted:
            return candidate
    return _replaced(data, wanted, 1) or _replaced(data, wanted, 0)


def _without_one(data: bytes) -> Iterator[bytes]:
    return (data[:at] + data[at + 1 :] for at in range(len(data)))


def _lines_in_turn(data: bytes) -> Iterator[bytes]:
    lines = data.splitlines(keepends=True)
    for at in range(len(lines) - 1):
        yield b"".join((*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]))


def _replaced(data: bytes, wanted: bytes, width: int) -> bytes | None:
    """The text with another byte for the one at some place (width 1), or with a byte put in there (width 0)."""
    before = hashlib.sha256()
    for at in range(len(data) + 1 - width):
        after = data[at + width :]
        for byte in _BYTES:
            digest = before.copy()
            digest.update(byte + after)
            if digest.digest() == wanted:
                return data[:at] + byte + after
        before.update(data[at : at + 1])
    return None


_BYTES = [bytes([value]) for value in range(256)]
