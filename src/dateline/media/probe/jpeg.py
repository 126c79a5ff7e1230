"""What a JPEG file is made of: its segments in order, its tables, and what lies behind its end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dateline.media.probe.iptc import read_photoshop
from dateline.media.probe.sheet import LONGEST_PACKET, Data, Sheet, decoded
from dateline.media.probe.tiff import read_exif
from dateline.media.probe.xmp import read_xmp

EXIF = b"Exif\x00\x00"
XMP = b"http://ns.adobe.com/xap/1.0/\x00"
XMP_MORE = b"http://ns.adobe.com/xmp/extension/\x00"
PHOTOSHOP = b"Photoshop 3.0\x00"
SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
SOS, EOI, DQT, COM, RST = 0xDA, 0xD9, 0xDB, 0xFE, range(0xD0, 0xD8)
MOST_SEGMENTS = 4000
_FILL = re.compile(rb"\xff{2,}")
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")

_LUMINANCE = (
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29,
    51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120,
    101, 72, 92, 95, 98, 112, 100, 103, 99,
)  # fmt: skip
"""Quantisation of luminance, by rows (ITU-T T.81, 1992, table K.1)."""
_ZIGZAG = (
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21,
    28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54,
    47, 55, 62, 63,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment: its marker (second byte), where it starts, and its body without marker and length."""

    marker: int
    start: int
    body: bytes
    end: int
    """Where the next one starts; for a scan, behind its coded pixels."""


def segments(data: Data) -> Iterator[Segment]:
    """The segments from SOI to EOI. Ends early, without an error, where the file breaks off."""
    position = 2
    for _ in range(MOST_SEGMENTS):
        filled = _FILL.match(data, position)
        if filled:
            position = filled.end() - 1
        mark = data[position : position + 2]
        if len(mark) < 2 or mark[0] != 0xFF:
            return
        if mark[1] == EOI or mark[1] in RST or mark[1] == 0x01:
            yield Segment(mark[1], position, b"", position + 2)
            if mark[1] == EOI:
                return
            position += 2
            continue
        length = int.from_bytes(data[position + 2 : position + 4])
        end = position + 2 + length
        if length < 2 or end > len(data):
            return
        body = bytes(data[position + 4 : end])
        if mark[1] == SOS:
            following = _NEXT_MARKER.search(data, end)
            end = following.start() if following else len(data)
        yield Segment(mark[1], position, body, end)
        position = end


def read_jpeg(data: Data, sheet: Sheet) -> None:
    """Writes down the segments of a JPEG. Faults: `cut-off`, those of Exif, XMP and IPTC."""
    scans, tables, ended, seen = 0, None, 0, 0
    for segment in segments(data):
        seen = segment.end
        if segment.marker == SOS:
            scans += 1
        elif segment.marker == EOI:
            ended = segment.end
        elif segment.marker == DQT:
            tables = tables or next(_tables(segment.body), None)
        elif segment.marker in SOF:
            _frame(segment, sheet)
        else:
            _segment(data, segment, sheet)
    if scans:
        sheet.add("jpeg", "Scans", scans, "SOS")
    if tables:
        sheet.add("jpeg", "QuantisationTables", quality(tables), "DQT")
    if not ended:
        sheet.fault("cut-off", "The picture breaks off before its end marker.", f"byte {seen}")
    elif len(data) > ended:
        sheet.add("file", "TrailingBytes", len(data) - ended, f"byte {ended}, behind the end marker")


def _frame(segment: Segment, sheet: Sheet) -> None:
    body, at = segment.body, f"SOF at byte {segment.start}"
    if len(body) < 6:
        sheet.fault("cut-off", "The frame header is cut off.", at)
        return
    if sheet.dimensions is None:
        sheet.dimensions = (int.from_bytes(body[3:5]), int.from_bytes(body[1:3]))
    coding = {0xC0: "baseline", 0xC1: "extended", 0xC2: "progressive"}.get(segment.marker, f"SOF{segment.marker - 192}")
    sheet.add("jpeg", "Coding", coding, at)
    samplings = [f"{body[index + 1] >> 4}x{body[index + 1] & 15}" for index in range(6, len(body) - 2, 3)]
    sheet.add("jpeg", "Sampling", " ".join(samplings), at)


def _segment(data: Data, segment: Segment, sheet: Sheet) -> None:
    body, start = segment.body, segment.start
    at = f"APP{segment.marker - 0xE0} at byte {start}" if 0xE0 <= segment.marker <= 0xEF else f"byte {start}"
    if body.startswith(EXIF):
        read_exif(data, start + 4 + len(EXIF), start + 4 + len(body), at=at, sheet=sheet)
    elif body.startswith(XMP):
        read_xmp(body[len(XMP) :], at=at, sheet=sheet)
    elif body.startswith(XMP_MORE):
        sheet.add("xmp", "ExtendedPacket", f"{len(body) - len(XMP_MORE)} bytes", at)
    elif body.startswith(PHOTOSHOP) and len(body) <= LONGEST_PACKET:
        read_photoshop(body[len(PHOTOSHOP) :], at=at, sheet=sheet)
    elif segment.marker == COM:
        sheet.add("jpeg", "Comment", decoded(body), f"COM at byte {start}")
    elif body.startswith((b"JFIF\x00", b"JFXX\x00")):
        sheet.add("jpeg", body[:4].decode(), f"{body[5]}.{body[6]:02d}" if len(body) > 6 else "cut off", at)
    elif 0xE0 <= segment.marker <= 0xEF:
        label = decoded(body[:30].split(b"\x00")[0]) or "nameless"
        sheet.add("jpeg", f"APP{segment.marker - 0xE0}", f"{label[:24]}, {len(body)} bytes", at)


def _tables(body: bytes) -> Iterator[tuple[int, ...]]:
    """Quantisation tables of one segment, by rows."""
    position = 0
    while position < len(body):
        wide = 2 if body[position] >> 4 else 1
        raw = body[position + 1 : position + 1 + 64 * wide]
        if len(raw) < 64 * wide:
            return
        row = [0] * 64
        for index, place in enumerate(_ZIGZAG):
            row[place] = int.from_bytes(raw[index * wide : (index + 1) * wide])
        yield tuple(row)
        position += 1 + 64 * wide


def quality(table: tuple[int, ...]) -> str:
    """Whether a luminance table is one of the Independent JPEG Group's, and which. Cameras mostly use their own.

    table: 64 values by rows. The scaling is that of the group's library (jpeg_quality_scaling, 1991).
    """
    for one in range(100, 0, -1):
        scale = 5000 // one if one < 50 else 200 - 2 * one
        if all(
            min(max((base * scale + 50) // 100, 1), 255) == got for base, got in zip(_LUMINANCE, table, strict=True)
        ):
            return f"IJG quality {one}"
    return "not those of the IJG library"
