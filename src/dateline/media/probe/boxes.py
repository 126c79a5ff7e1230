"""Boxes of MP4, MOV and HEIC files (ISO/IEC 14496-12, 2022; 23008-12): what they say, without decoding anything."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from dateline.media.probe.sheet import LONGEST_PACKET, Data, Sheet, decoded
from dateline.media.probe.tiff import read_exif
from dateline.media.probe.xmp import read_xmp

DEEPEST = 10
MOST_BOXES = 20_000
_FOLDERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"udta", b"iprp", b"ipco", b"edts", b"moof", b"traf"}
_SPEAKING = {b"Exif", b"mime"}
"""Types of items that may be metadata (23008-12, annex A)."""
_EPOCH = datetime(1904, 1, 1, tzinfo=UTC)
_XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_C2PA = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")


@dataclass(frozen=True, slots=True)
class Box:
    """One box: its type, where it starts, where its body starts and ends, and the types of those around it."""

    kind: bytes
    start: int
    body: int
    end: int
    path: tuple[bytes, ...]

    @property
    def at(self) -> str:
        """Where it stood, for people."""
        return f"{'/'.join(decoded(part) for part in (*self.path, self.kind))} at byte {self.start}"


class Limit(Exception):
    """More boxes than are read."""


def boxes(
    data: Data, start: int, end: int, path: tuple[bytes, ...] = (), left: list[int] | None = None
) -> Iterator[Box]:
    """The boxes of a stretch of a file and those within them, outer ones first. Raises Limit."""
    left = [MOST_BOXES] if left is None else left
    position = start
    while position + 8 <= end:
        left[0] -= 1
        if left[0] < 0:
            raise Limit
        size, kind = struct.unpack(">I4s", data[position : position + 8])
        body = position + 8
        if size == 1:
            if body + 8 > end:
                return
            size, body = struct.unpack(">Q", data[body : body + 8])[0], body + 8
        last = end if size == 0 else position + size
        if last < body or last > end:
            yield Box(b"\x00cut", position, body, end, path)
            return
        box = Box(kind, position, body, last, path)
        yield box
        inside = _inside(data, box)
        if inside is not None and len(path) < DEEPEST:
            yield from boxes(data, inside, last, (*path, kind), left)
        position = last


def _inside(data: Data, box: Box) -> int | None:
    """Where the boxes within a box begin, or None where it has none that we read."""
    if box.kind in _FOLDERS:
        return box.body
    if box.kind == b"meta":  # in MOV a plain box, in ISO files one with version and flags
        return box.body + (0 if data[box.body + 4 : box.body + 8] in {b"hdlr", b"mhdr"} else 4)
    return None


def read_boxes(data: Data, sheet: Sheet) -> None:
    """Writes down what the boxes say. Faults: `cut-off`, `box-limit`, `box-broken`, those of Exif and XMP."""
    keys: list[str] = []
    items: dict[int, bytes] = {}
    try:
        for box in boxes(data, 0, len(data)):
            if box.kind == b"\x00cut":
                sheet.fault("cut-off", "A box is longer than what it lies in.", box.at)
                continue
            try:
                _box(data, box, sheet, keys, items)
            except (struct.error, IndexError, ValueError, OverflowError):
                sheet.fault("box-broken", "This box is shorter than it must be.", box.at)
    except Limit:
        sheet.fault("box-limit", f"More than {MOST_BOXES} boxes: the rest was not read.", "")


def _box(data: Data, box: Box, sheet: Sheet, keys: list[str], items: dict[int, bytes]) -> None:
    if box.kind in {b"mdat", b"free", b"skip", b"wide", b"moof"} or box.kind in _FOLDERS:
        if box.kind == b"mdat":
            sheet.add("boxes", "MediaData", box.end - box.body, box.at)
        return
    raw = bytes(data[box.body : min(box.end, box.body + LONGEST_PACKET)])
    known = _READERS.get(box.kind)
    if known is not None:
        known(raw, box, sheet)
    elif box.kind == b"uuid":
        _uuid(raw, box, sheet)
    elif box.kind == b"keys":
        keys[:] = list(_keys(raw))
    elif box.kind == b"ilst":
        _ilst(data, box, sheet, keys)
    elif box.path[-1:] == (b"udta",) and box.kind[:1] == b"\xa9":
        sheet.add("boxes", f"©{decoded(box.kind[1:])}", _user_text(raw), box.at)
    elif box.kind == b"infe":
        items[_item_id(raw)[0]] = _item_id(raw)[1]
    elif box.kind == b"iinf":
        _iinf(raw, box, items)
    elif box.kind == b"iloc":
        _iloc(data, raw, sheet, items)


def moment(seconds: int) -> str:
    """Seconds since 1904-01-01, as the standard counts them in UTC, as text; "not set" for 0."""
    if seconds == 0:
        return "not set"
    try:
        return (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
    except OverflowError:
        return f"{seconds} s since 1904"


def _times(raw: bytes) -> tuple[int, int, int]:
    """Creation, modification, and where the fields behind them begin, by the version of the box."""
    if raw[0] == 1:
        return (*struct.unpack(">QQ", raw[4:20]), 20)
    return (*struct.unpack(">II", raw[4:12]), 12)


def _mvhd(raw: bytes, box: Box, sheet: Sheet) -> None:
    created, modified, after = _times(raw)
    sheet.add("boxes", "CreationTime", moment(created), box.at)
    sheet.add("boxes", "ModificationTime", moment(modified), box.at)
    wide = raw[0] == 1
    scale, length = struct.unpack(">IQ" if wide else ">II", raw[after : after + (12 if wide else 8)])
    if scale:
        sheet.add("boxes", "Duration", round(length / scale, 3), box.at)


def _tkhd(raw: bytes, box: Box, sheet: Sheet) -> None:
    created, modified, _ = _times(raw)
    sheet.add("boxes", "TrackCreationTime", moment(created), box.at)
    sheet.add("boxes", "TrackModificationTime", moment(modified), box.at)
    width, height = (value >> 16 for value in struct.unpack(">II", raw[-8:]))
    matrix = struct.unpack(">9i", raw[-44:-8])  # nine numbers before the size; the first two tell the turn
    if width and height:
        sheet.add("boxes", "TrackSize", (width, height), box.at)
        turned = {(0, 1): 90, (-1, 0): 180, (0, -1): 270}.get(tuple(value >> 16 for value in matrix[:2]), 0)
        sheet.add("boxes", "Rotation", turned, box.at)


def _mdhd(raw: bytes, box: Box, sheet: Sheet) -> None:
    created, _, after = _times(raw)
    sheet.add("boxes", "MediaCreationTime", moment(created), box.at)
    wide = raw[0] == 1
    scale, length = struct.unpack(">IQ" if wide else ">II", raw[after : after + (12 if wide else 8)])
    if scale:
        sheet.add("boxes", "MediaDuration", round(length / scale, 3), box.at)


def _hdlr(raw: bytes, box: Box, sheet: Sheet) -> None:
    name = (
        raw[25:80] if raw[24:25] == bytes([len(raw) - 25 & 0xFF]) else raw[24:80]
    )  # QuickTime writes its length first
    sheet.add("boxes", "Handler", f"{decoded(raw[8:12])} {decoded(name)}".strip(), box.at)


def _ftyp(raw: bytes, box: Box, sheet: Sheet) -> None:
    sheet.add(
        "boxes", "Brands", " ".join(decoded(raw[i : i + 4]) for i in (0, *range(8, min(len(raw), 80), 4))), box.at
    )


def _stsd(raw: bytes, box: Box, sheet: Sheet) -> None:
    code = decoded(raw[12:16])
    sheet.add("boxes", "Codec", code, box.at)
    if len(raw) >= 8 + 36 and sheet.dimensions is None and code not in {"mp4a", "sowt", "twos", "text", "tmcd", "mebx"}:
        size = struct.unpack(">HH", raw[8 + 32 : 8 + 36])
        if all(size):
            sheet.dimensions = size


def _ispe(raw: bytes, box: Box, sheet: Sheet) -> None:
    size = struct.unpack(">II", raw[4:12])
    if sheet.dimensions is None or size[0] * size[1] > sheet.dimensions[0] * sheet.dimensions[1]:
        sheet.dimensions = size  # a HEIC lists its tiles as well: the whole is the largest
    sheet.add("boxes", "ImageSize", size, box.at)


def _irot(raw: bytes, box: Box, sheet: Sheet) -> None:
    sheet.add("boxes", "Rotation", 90 * (raw[0] & 3), box.at)


_READERS = {b"mvhd": _mvhd, b"tkhd": _tkhd, b"mdhd": _mdhd, b"hdlr": _hdlr, b"ftyp": _ftyp, b"stsd": _stsd,
            b"ispe": _ispe, b"irot": _irot}  # fmt: skip


def _uuid(raw: bytes, box: Box, sheet: Sheet) -> None:
    if raw.startswith(_XMP):
        read_xmp(raw[16:], at=box.at, sheet=sheet)
    else:
        name = "C2PA" if raw.startswith(_C2PA) else f"uuid {raw[:16].hex()}"
        sheet.add("boxes", name, f"{box.end - box.body} bytes", box.at)


def _user_text(raw: bytes) -> str:
    """Text of a QuickTime user-data box: length, language, bytes; or an iTunes `data` box."""
    size = int.from_bytes(raw[:2])
    if 0 < size <= len(raw) - 4:
        return decoded(raw[4 : 4 + size])
    return decoded(raw[16:]) if raw[4:8] == b"data" else decoded(raw)


def _keys(raw: bytes) -> Iterator[str]:
    position = 8
    for _ in range(min(int.from_bytes(raw[4:8]), 500)):
        size = int.from_bytes(raw[position : position + 4])
        if size < 8:
            return
        yield decoded(raw[position + 8 : position + size])
        position += size


def _ilst(data: Data, box: Box, sheet: Sheet, keys: list[str]) -> None:
    """Apple's metadata: each entry is named by a number among `keys`, or by four letters."""
    for entry in boxes(data, box.body, box.end, (*box.path, box.kind)):
        number = int.from_bytes(entry.kind)
        name = keys[number - 1] if 0 < number <= len(keys) else decoded(entry.kind).replace("\xa9", "©")
        for inner in boxes(data, entry.body, entry.end, (*box.path, box.kind)):
            if inner.kind == b"data":
                kind = int.from_bytes(data[inner.body : inner.body + 4])
                raw = bytes(data[inner.body + 8 : min(inner.end, inner.body + 8 + LONGEST_PACKET)])
                sheet.add("boxes", name, decoded(raw) if kind in {1, 0} else f"{len(raw)} bytes", entry.at)


def _item_id(raw: bytes) -> tuple[int, bytes]:
    """Number and type of an item of a HEIC (box `infe`, versions 2 and 3)."""
    wide = 4 if raw[0] >= 3 else 2
    return int.from_bytes(raw[4 : 4 + wide]), raw[6 + wide : 10 + wide]


def _iinf(raw: bytes, box: Box, items: dict[int, bytes]) -> None:
    first = 8 if raw[0] else 6
    for inner in boxes(raw, first, len(raw), (*box.path, box.kind)):
        if inner.kind == b"infe":
            number, kind = _item_id(raw[inner.body : inner.end])
            items[number] = kind


def _iloc(data: Data, raw: bytes, sheet: Sheet, items: dict[int, bytes]) -> None:
    """Where the items of a HEIC lie; Exif and XMP among them are read."""
    version, widths, bases = raw[0], raw[4], raw[5]
    offset_size, length_size, base_size = widths >> 4, widths & 15, bases >> 4
    index_size = bases & 15 if version in {1, 2} else 0
    wide = 4 if version == 2 else 2
    position = 6 + wide
    for _ in range(min(int.from_bytes(raw[6 : 6 + wide]), 2000)):
        number = int.from_bytes(raw[position : position + wide])
        position += wide + (2 if version in {1, 2} else 0) + 2
        base = int.from_bytes(raw[position : position + base_size])
        position += base_size
        extents = int.from_bytes(raw[position : position + 2])
        position += 2 + index_size
        if position + offset_size + length_size > len(raw):
            raise ValueError
        offset = base + int.from_bytes(raw[position : position + offset_size])
        length = int.from_bytes(raw[position + offset_size : position + offset_size + length_size])
        position += extents * (index_size + offset_size + length_size) - (index_size if extents else 0)
        kind = items.get(number, b"")
        if kind in _SPEAKING and sheet.take(min(length, LONGEST_PACKET), "iloc"):
            _item(bytes(data[offset : offset + min(length, LONGEST_PACKET)]), kind, offset, sheet)


def _item(raw: bytes, kind: bytes, offset: int, sheet: Sheet) -> None:
    at = f"item {decoded(kind)} at byte {offset}"
    if kind == b"Exif":
        start = 4 + int.from_bytes(raw[:4])  # how far behind this number the byte-order mark stands
        read_exif(raw, start, len(raw), at=at, sheet=sheet)
    elif kind == b"mime" and b"rdf:RDF" in raw:
        read_xmp(raw, at=at, sheet=sheet)
