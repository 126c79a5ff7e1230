"""IPTC fields, in the resource blocks that Photoshop writes into JPEG (IPTC-IIM 4.2, 2014)."""

from __future__ import annotations

import struct

from dateline.media.probe.sheet import Sheet, decoded

NAMES = {
    5: "ObjectName", 25: "Keywords", 40: "SpecialInstructions", 55: "DateCreated", 60: "TimeCreated",
    62: "DigitalCreationDate", 63: "DigitalCreationTime", 65: "OriginatingProgram", 70: "ProgramVersion",
    80: "By-line", 85: "By-lineTitle", 90: "City", 92: "Sub-location", 95: "Province-State", 100: "CountryCode",
    101: "Country", 103: "OriginalTransmissionReference", 105: "Headline", 110: "Credit", 115: "Source",
    116: "CopyrightNotice", 118: "Contact", 120: "Caption-Abstract", 122: "Writer-Editor",
}  # fmt: skip
IPTC = 0x0404
_THUMBNAILS = {0x0409, 0x040C}
_MOST = 500


def read_photoshop(block: bytes, *, at: str, sheet: Sheet) -> None:
    """Reads resource blocks ("8BIM"): IPTC fields verbatim, previews by their size. Fault: `iptc-broken`."""
    position = 0
    for _ in range(_MOST):
        if block[position : position + 4] != b"8BIM":
            break
        name = block[position + 6] if position + 6 < len(block) else 0
        head = position + 6 + name + 1 + (name + 1) % 2
        if head + 4 > len(block):
            sheet.fault("iptc-broken", "A Photoshop resource ends in its head.", at)
            return
        kind, size = struct.unpack(">H", block[position + 4 : position + 6])[0], int.from_bytes(block[head : head + 4])
        body = block[head + 4 : head + 4 + size]
        if len(body) < size:
            sheet.fault("iptc-broken", f"Photoshop resource 0x{kind:04x} is cut off.", at)
        if kind == IPTC:
            read_iptc(body, at=f"{at}, resource 0x0404", sheet=sheet)
        elif kind in _THUMBNAILS:
            sheet.add("iptc", "PhotoshopThumbnail", f"{len(body)} bytes", f"{at}, resource 0x{kind:04x}")
        position = head + 4 + size + size % 2


def read_iptc(body: bytes, *, at: str, sheet: Sheet) -> None:
    """Writes down the data sets of record 2."""
    position = 0
    for _ in range(_MOST):
        if len(body) - position < 5 or body[position] != 0x1C:
            return
        record, number = body[position + 1], body[position + 2]
        size = int.from_bytes(body[position + 3 : position + 5])
        if size >= 0x8000:
            sheet.fault("iptc-broken", "An IPTC field is longer than any should be.", at)
            return
        value = body[position + 5 : position + 5 + size]
        if len(value) < size:
            sheet.fault("iptc-broken", "An IPTC field is cut off.", at)
        if record == 2 and number:
            sheet.add("iptc", NAMES.get(number, f"2:{number:02d}"), decoded(value), at)
        position += 5 + size
