"""Colour profiles (ICC) without names: what tells colours is kept, what tells people, devices and days is not."""

from __future__ import annotations

import struct
from itertools import pairwise

LARGEST = 4 << 20
"""A larger profile is dropped [bytes]."""
_HEAD, _MOST_TAGS = 128, 100
_COLOURS = {b"wtpt", b"bkpt", b"chad", b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC", b"kTRC", b"A2B0", b"A2B1",
            b"A2B2", b"B2A0", b"B2A1", b"B2A2", b"gamt", b"cicp"}  # fmt: skip
_KINDS = {b"XYZ ", b"curv", b"para", b"sf32", b"mft1", b"mft2", b"mAB ", b"mBA ", b"cicp"}
"""Types of tags that are numbers throughout (ICC.1:2022, 10)."""
_HEADER = ((8, 12), (12, 24), (36, 40), (64, 68), (68, 80))
"""Version, class and colour spaces, signature, intent, illuminant; not maker, model, day and platform (7.2)."""


def nameless(profile: bytes | None) -> bytes | None:
    """The profile with its numbers alone, or None for one that cannot be read or has none (ICC.1:2022).

    Descriptions, copyright, makers, models and days of making are gone; required texts are one letter.
    """
    if profile is None or not _HEAD + 4 <= len(profile) <= LARGEST or profile[36:40] != b"acsp":
        return None
    tags = [*_tags(profile)]
    if not tags:
        return None
    old = profile[8] < 4
    tags += [(b"cprt", _text(old=old)), (b"desc", _description() if old else _text(old=False))]
    return _written(profile, sorted(tags))


def _tags(profile: bytes) -> list[tuple[bytes, bytes]]:
    """Signature and data of the tags that tell colours."""
    found = {}
    for number in range(min(int.from_bytes(profile[_HEAD : _HEAD + 4]), _MOST_TAGS)):
        name, start, size = struct.unpack(">4sII", profile[_HEAD + 4 + 12 * number :][:12].ljust(12, b"\0"))
        data = profile[start : start + size]
        if name in _COLOURS and len(data) == size and data[:4] in _KINDS:
            found[name] = data
    return [*found.items()]


def _text(*, old: bool) -> bytes:
    if old:
        return b"text\0\0\0\0-\0"
    return b"mluc" + bytes(4) + struct.pack(">II2s2sII", 1, 12, b"en", b"US", 2, 28) + b"\0-"


def _description() -> bytes:
    return b"desc" + bytes(4) + struct.pack(">I", 2) + b"-\0" + bytes(4 + 4 + 2 + 1 + 67)


def _written(profile: bytes, tags: list[tuple[bytes, bytes]]) -> bytes:
    head = bytearray(_HEAD)
    for start, end in _HEADER:
        head[start:end] = profile[start:end]
    parts = [data + bytes(-len(data) % 4) for _, data in tags]
    first = _HEAD + 4 + 12 * len(tags)
    starts = [first]
    for part in parts:
        starts.append(starts[-1] + len(part))
    table = [
        struct.pack(">4sII", name, at, len(data)) for (name, data), (at, _) in zip(tags, pairwise(starts), strict=True)
    ]
    head[0:4] = struct.pack(">I", starts[-1])
    return bytes(head) + struct.pack(">I", len(tags)) + b"".join(table) + b"".join(parts)
