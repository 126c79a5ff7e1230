"""Exif, and TIFF itself: directories of tags, read with limits and without trust in any of their pointers."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass, field

from PIL.ExifTags import GPSTAGS, TAGS

from dateline.media.facts import Group, Value
from dateline.media.probe.sheet import LONGEST_PACKET, Data, Sheet, decoded

MOST_DIRECTORIES = 12
MOST_ENTRIES = 500
MOST_NUMBERS = 64
"""A longer list of numbers is told by its length alone."""
LONGEST_THUMBNAIL = 1 << 20
"""[bytes]"""

_FORMS = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 11: "f", 12: "d", 13: "I"}
_WIDTHS = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 129: 1}
"""Size of one value by type (TIFF 6.0, 1992, page 15; 129 is UTF-8 text, Exif 3.0) [bytes]."""
_POINTERS: dict[int, tuple[str, Group]] = {
    0x8769: ("Exif IFD", "exif"),
    0x8825: ("GPS IFD", "gps"),
    0xA005: ("Interoperability IFD", "exif"),
}
_COMMENTS = (b"ASCII\x00\x00\x00", b"UNICODE\x00", b"JIS\x00\x00\x00\x00\x00", b"\x00" * 8)
_TEXTS = {"ExifVersion", "FlashPixVersion", "FlashpixVersion", "InteropVersion", "XPTitle", "XPComment", "XPAuthor",
          "XPKeywords", "XPSubject"}  # fmt: skip
_STRUCTURE = {0x0111, 0x0117, 0x0144, 0x0145}
"""Strip and tile pointers: where pixels lie, nothing that anybody says."""


@dataclass(slots=True)
class _Block:
    """One block of Exif: its bytes from the byte-order mark on, and what was visited."""

    data: Data
    start: int
    end: int
    order: str
    at: str
    sheet: Sheet
    seen: set[int] = field(default_factory=set)

    def bytes_at(self, offset: int, count: int) -> bytes | None:
        """So many bytes from an offset, or None where the block ends before."""
        first = self.start + offset
        return bytes(self.data[first : first + count]) if offset >= 0 and first + count <= self.end else None

    def where(self, name: str) -> str:
        return f"{self.at}, {name}"


def read_exif(data: Data, start: int, end: int, *, at: str, sheet: Sheet, picture: bool = False) -> None:
    """Reads the directories of a block that starts with II or MM. `picture`: it is a TIFF's own, which tells its size.

    Follows Exif 2.32 (CIPA DC-008, 2019) and TIFF 6.0 (1992). Faults: `exif-broken`, `exif-limit`.
    """
    order = {b"II": "<", b"MM": ">"}.get(bytes(data[start : start + 2]))
    head = bytes(data[start + 2 : start + 8])
    if order is None or len(head) < 6 or struct.unpack(order + "H", head[:2])[0] != 42:
        sheet.fault("exif-broken", "The Exif block does not start as TIFF does.", at)
        return
    block = _Block(data, start, end, order, at, sheet)
    queue: list[tuple[int, str, Group]] = [(struct.unpack(order + "I", head[2:])[0], "IFD0", "exif")]
    while queue and len(block.seen) < MOST_DIRECTORIES:
        offset, name, group = queue.pop(0)
        if offset in block.seen:
            sheet.fault("exif-broken", f"{name} leads back to a directory that was read already.", at)
            continue
        block.seen.add(offset)
        queue += _directory(block, offset, name, group, picture=picture and name == "IFD0")
    if queue:
        sheet.fault("exif-limit", f"More than {MOST_DIRECTORIES} directories: the rest was not read.", at)


def _directory(block: _Block, offset: int, name: str, group: Group, *, picture: bool) -> list[tuple[int, str, Group]]:
    """Reads one directory; the further ones that it points to."""
    head = block.bytes_at(offset, 2)
    if head is None:
        block.sheet.fault("exif-broken", f"{name} is said to lie beyond the end.", block.at)
        return []
    count = struct.unpack(block.order + "H", head)[0]
    if count > MOST_ENTRIES:
        block.sheet.fault("exif-limit", f"{name} says {count} entries; {MOST_ENTRIES} were read.", block.at)
    further: list[tuple[int, str, Group]] = []
    values: dict[int, Value] = {}
    for index in range(0 if block.sheet.is_full else min(count, MOST_ENTRIES)):
        entry = block.bytes_at(offset + 2 + 12 * index, 12)
        if entry is None:
            block.sheet.fault("exif-broken", f"{name} ends in the middle of an entry.", block.at)
            return further
        tag, value = _entry(block, entry, name, group)
        if value is None:
            continue
        values[tag] = value
        if tag in _POINTERS and isinstance(value, int):
            further.append((value, *_POINTERS[tag]))
    after = block.bytes_at(offset + 2 + 12 * count, 4)
    following = struct.unpack(block.order + "I", after)[0] if after else 0
    if following and name == "IFD0" and not picture:
        further.append((following, "IFD1 (thumbnail)", "thumbnail"))
    _meaning(block, values, group, picture=picture)
    return further


def _meaning(block: _Block, values: dict[int, Value], group: Group, *, picture: bool) -> None:
    """The size of a TIFF, and the thumbnail's bytes."""
    width, height = values.get(0x0100), values.get(0x0101)
    small = values.get(0x00FE, 0)  # of a raw file the first directory is often a small copy, and the picture elsewhere
    reduced = 0x014A in values or (isinstance(small, int) and small & 1)
    if picture and not reduced and isinstance(width, int) and isinstance(height, int):
        block.sheet.dimensions = (width, height)
    first, length = values.get(0x0201), values.get(0x0202)
    if group == "thumbnail" and isinstance(first, int) and isinstance(length, int):
        stored = block.bytes_at(first, length) if 0 < length <= LONGEST_THUMBNAIL else None
        if stored is None:
            block.sheet.fault("exif-broken", "The thumbnail is said to lie beyond the end.", block.at)
        else:
            block.sheet.thumbnail = stored


def _entry(block: _Block, entry: bytes, name: str, group: Group) -> tuple[int, Value | None]:
    tag, kind, count = struct.unpack(block.order + "HHI", entry[:8])
    label = (GPSTAGS if group == "gps" else TAGS).get(tag, f"0x{tag:04x}")
    if tag in _STRUCTURE:
        return tag, None
    width = _WIDTHS.get(kind)
    if width is None:
        block.sheet.fault("exif-broken", f"{label} has the unknown type {kind}.", block.where(name))
        return tag, None
    size = width * count
    if size > LONGEST_PACKET:
        block.sheet.fault("exif-limit", f"{label} says {size} bytes.", block.where(name))
        return tag, None
    offset = struct.unpack(block.order + "I", entry[8:])[0]
    raw = entry[8 : 8 + size] if size <= 4 else block.bytes_at(offset, size)
    if raw is None:
        block.sheet.fault("exif-broken", f"{label} is said to lie beyond the end.", block.where(name))
        return tag, None
    value = _value(block.order, kind, count, raw, label)
    if value is not None:
        block.sheet.add(group, label, value, block.where(name))
    return tag, value


def _value(order: str, kind: int, count: int, raw: bytes, label: str) -> Value | None:
    if kind in {2, 129}:
        return decoded(raw)
    if kind == 7 or label in _TEXTS:
        return _undefined(order, raw, label)
    if count > MOST_NUMBERS:
        return f"{count} numbers"
    if kind in {5, 10}:
        parts = struct.unpack(order + ("I" if kind == 5 else "i") * 2 * count, raw)
        numbers: tuple[int | float, ...] = tuple(
            top / bottom if bottom else math.nan for top, bottom in zip(parts[::2], parts[1::2], strict=True)
        )
    else:
        numbers = struct.unpack(order + _FORMS[kind] * count, raw)
    told = tuple(number if math.isfinite(number) else "not a number" for number in numbers)
    if not told:
        return None
    return told[0] if len(told) == 1 else told


def _undefined(order: str, raw: bytes, label: str) -> Value:
    if label.startswith("XP"):
        return raw.decode("utf-16-le", "replace")
    if label in _TEXTS:
        return decoded(raw)
    if raw.startswith(_COMMENTS):  # UserComment, GPSProcessingMethod: eight bytes tell the character code
        code, body = raw[:8], raw[8:]
        if code.startswith(b"UNICODE"):
            return body.decode("utf-16-be" if order == ">" else "utf-16-le", "replace").strip("\x00 ")
        return decoded(body).strip("\x00 ")
    return f"{len(raw)} bytes"
