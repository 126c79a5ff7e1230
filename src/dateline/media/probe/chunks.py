"""PNG, WebP and GIF: chunks and blocks, with the metadata in them."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from dateline.media.probe.sheet import LONGEST_PACKET, Data, Sheet, decoded
from dateline.media.probe.tiff import read_exif
from dateline.media.probe.xmp import read_xmp

PNG = b"\x89PNG\r\n\x1a\n"
MOST_CHUNKS = 100_000
XMP_KEY = "XML:com.adobe.xmp"
Chunk = tuple[bytes, int, int, int]
"""Name, where the chunk starts, where its body starts, where the chunk ends (with its checksum or its padding)."""


def png_chunks(data: Data) -> Iterator[Chunk]:
    """The chunks up to IEND (PNG, third edition, 2023). Ends early where the file breaks off."""
    position = len(PNG)
    for _ in range(MOST_CHUNKS):
        head = data[position : position + 8]
        end = position + 12 + int.from_bytes(head[:4])
        if len(head) < 8 or end > len(data):
            return
        yield bytes(head[4:]), position, position + 8, end
        if head[4:] == b"IEND":
            return
        position = end


def read_png(data: Data, sheet: Sheet) -> None:
    """Writes down the chunks of a PNG. Faults: `cut-off`, `checksum`, `text-limit`, those of Exif and XMP."""
    ended = 0
    for name, start, body, end in png_chunks(data):
        at = f"{decoded(name)} at byte {start}"
        if name in {b"IDAT", b"IEND", b"fdAT"}:
            ended = end if name == b"IEND" else ended
            continue
        if end - body > LONGEST_PACKET:
            sheet.fault("text-limit", f"A chunk of {end - body} bytes was not read.", at)
            continue
        raw = bytes(data[body : end - 4])
        if zlib.crc32(name + raw) != int.from_bytes(data[end - 4 : end]):
            sheet.fault("checksum", "The chunk does not have the checksum that it states.", at)
        _png_chunk(name, raw, at, sheet)
    if not ended:
        sheet.fault("cut-off", "The picture breaks off before its last chunk.", f"of {len(data)} bytes")
    elif len(data) > ended:
        sheet.add("file", "TrailingBytes", len(data) - ended, f"byte {ended}, behind the last chunk")


def _png_chunk(name: bytes, raw: bytes, at: str, sheet: Sheet) -> None:
    if name == b"IHDR" and len(raw) >= 13:
        sheet.dimensions = (int.from_bytes(raw[:4]), int.from_bytes(raw[4:8]))
    elif name == b"eXIf":
        read_exif(raw, 0, len(raw), at=at, sheet=sheet)
    elif name == b"tIME" and len(raw) == 7:
        year = int.from_bytes(raw[:2])
        clock = "{:02d}:{:02d}:{:02d}".format(*raw[4:])
        sheet.add("png", "tIME", f"{year:04d}-{raw[2]:02d}-{raw[3]:02d}T{clock}Z", at)
    elif name in {b"tEXt", b"zTXt", b"iTXt"}:
        _png_text(name, raw, at, sheet)
    elif name != b"IHDR":
        sheet.add("png", decoded(name), f"{len(raw)} bytes", at)


def _png_text(name: bytes, raw: bytes, at: str, sheet: Sheet) -> None:
    key, _, rest = raw.partition(b"\x00")
    packed = False
    if name == b"zTXt":
        packed, rest = True, rest[1:]
    elif name == b"iTXt":
        packed, rest = rest[:1] == b"\x01", rest[2:].partition(b"\x00")[2].partition(b"\x00")[2]
    if packed and not sheet.take(0, at):
        return
    if packed:
        opener = zlib.decompressobj()
        try:
            rest = opener.decompress(rest, LONGEST_PACKET)
        except zlib.error as error:
            sheet.fault("text-broken", f"A compressed text cannot be opened: {error}", at)
            return
        sheet.take(len(rest), at)
        if opener.unconsumed_tail:
            sheet.fault(
                "text-limit", f"A compressed text swells beyond {LONGEST_PACKET} bytes; its start was read.", at
            )
    label = decoded(key[:80])
    if label == XMP_KEY:
        read_xmp(rest, at=at, sheet=sheet)
    else:
        sheet.add("png", label or "nameless", decoded(rest), at)


def webp_chunks(data: Data) -> Iterator[Chunk]:
    """The chunks of a WebP (RFC 9649, 2024)."""
    position, whole = 12, min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    for _ in range(MOST_CHUNKS):
        head = data[position : position + 8]
        size = int.from_bytes(head[4:], "little")
        if len(head) < 8 or position + 8 + size > whole:
            return
        yield bytes(head[:4]), position, position + 8, position + 8 + size
        position += 8 + size + size % 2


def read_webp(data: Data, sheet: Sheet) -> None:
    """Writes down the chunks of a WebP. Faults: `cut-off`, those of Exif and XMP."""
    for name, start, body, end in webp_chunks(data):
        at = f"{decoded(name)} at byte {start}"
        raw = bytes(data[body : min(end, body + LONGEST_PACKET)])
        if name == b"EXIF":
            skip = 6 if raw.startswith(b"Exif\x00\x00") else 0
            read_exif(raw, skip, len(raw), at=at, sheet=sheet)
        elif name == b"XMP ":
            read_xmp(raw, at=at, sheet=sheet)
        elif name == b"VP8X" and len(raw) >= 10:
            sheet.dimensions = (1 + int.from_bytes(raw[4:7], "little"), 1 + int.from_bytes(raw[7:10], "little"))
        elif name == b"VP8 " and len(raw) >= 10 and sheet.dimensions is None:
            sheet.dimensions = (int.from_bytes(raw[6:8], "little") & 0x3FFF,
                                int.from_bytes(raw[8:10], "little") & 0x3FFF)  # fmt: skip
        elif name == b"VP8L" and len(raw) >= 5 and sheet.dimensions is None:
            bits = int.from_bytes(raw[1:5], "little")
            sheet.dimensions = ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
        elif name in {b"ICCP", b"C2PA"}:
            sheet.add("webp", decoded(name), f"{len(raw)} bytes", at)
    stated = 8 + int.from_bytes(data[4:8], "little")
    if stated > len(data):
        sheet.fault("cut-off", f"The file says {stated} bytes and has {len(data)}.", "RIFF at byte 0")
    elif len(data) > stated + stated % 2:
        sheet.add("file", "TrailingBytes", len(data) - stated, f"byte {stated}, behind the container")


def read_gif(data: Data, sheet: Sheet) -> None:
    """Writes down size and comments of a GIF (GIF89a, 1990)."""
    sheet.dimensions = (int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little"))
    position = data.find(b"\x21\xfe")
    for _ in range(20):
        if position < 0:
            return
        size = data[position + 2 : position + 3]
        if size and size[0]:
            text = decoded(bytes(data[position + 3 : position + 3 + size[0]]))
            if text.isprintable():
                sheet.add("gif", "Comment", text, f"byte {position}")
        position = data.find(b"\x21\xfe", position + 2)
