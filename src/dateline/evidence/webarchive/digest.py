"""Digests as WARC and WACZ files write them: an algorithm's name, a colon, and base 16, 32 or 64."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import BinaryIO

from dateline.core.identity import pieces

_ALGORITHMS = {"md5": "md5", "sha1": "sha1", "sha256": "sha256", "sha384": "sha384", "sha512": "sha512"}


@dataclass(frozen=True, slots=True)
class Digest:
    """What somebody wrote down as the hash of some bytes."""

    algorithm: str
    value: bytes

    def new(self) -> hashlib._Hash:
        """A fresh hash of the same algorithm."""
        return hashlib.new(self.algorithm, usedforsecurity=False)

    def __str__(self) -> str:
        return f"{self.algorithm}:{self.value.hex()}"


def read_digest(text: str) -> Digest | None:
    """The digest in `sha1:WJM2…`, `SHA-256:ab01…` or `sha256-base64…`; None for what is none, or of a kind unknown."""
    name, _, value = text.strip().partition(":")
    algorithm = _ALGORITHMS.get(name.lower().replace("-", ""))
    if algorithm is None:
        return None
    length = hashlib.new(algorithm, usedforsecurity=False).digest_size
    for decode in (_base16, _base32, _base64):
        found = decode(value)
        if found is not None and len(found) == length:
            return Digest(algorithm, found)
    return None


def digest_of(stream: BinaryIO, like: Digest) -> tuple[bytes, int]:
    """Hash (of the same algorithm as `like`) and size [bytes] of what is left of a stream, read in pieces."""
    running, size = like.new(), 0
    for piece in pieces(stream):
        running.update(piece)
        size += len(piece)
    return running.digest(), size


def _base16(value: str) -> bytes | None:
    try:
        return bytes.fromhex(value) if value.isalnum() else None
    except ValueError:
        return None


def _base32(value: str) -> bytes | None:
    try:
        return base64.b32decode(value.upper() + "=" * (-len(value) % 8))
    except (binascii.Error, ValueError):
        return None


def _base64(value: str) -> bytes | None:
    try:
        return base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        pass
    try:
        return base64.b64decode(value + "=" * (-len(value) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
