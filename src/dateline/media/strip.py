"""Strips what a picture says of itself before it is passed on: JPEG, PNG and WebP, without touching their pixels."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

from dateline.core.errors import DatelineError, InputError
from dateline.media.colour_profile import LARGEST as LARGEST_PROFILE
from dateline.media.colour_profile import nameless
from dateline.media.facts import Facts
from dateline.media.photo import BROKEN, broken, check_picture, opened
from dateline.media.probe import probe
from dateline.media.probe.chunks import PNG, png_chunks, webp_chunks
from dateline.media.probe.jpeg import DQT, EOI, SOF, SOS, segments

_APP0, _APP2, _APP14, _DHT, _DRI, _DAC = 0xE0, 0xE2, 0xEE, 0xC4, 0xDD, 0xCC
_CODED = SOF | {DQT, SOS, _DHT, _DRI, _DAC}
_ICC = b"ICC_PROFILE\x00"
_ICC_PIECE = 65_000
_PNG_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"sBIT", b"bKGD",
             b"acTL", b"fcTL", b"fdAT"}  # fmt: skip
_BAND = 256
"""Pictures are compared so many rows at a time [px]."""
_WEBP_KEPT = {b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"}
_WEBP_ICC, _WEBP_EXIF, _WEBP_XMP = 0x20, 0x08, 0x04
_KEPT_FACTS = {"Orientation", "Coding", "Sampling", "Scans", "QuantisationTables", "JFIF", "APP2", "APP14", "ICCP"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stripped:
    """A picture that says nothing of itself. kept: what it needs to look the same, a turn and a colour profile."""

    data: bytes
    media_type: str
    kept: tuple[str, ...]


def strip(data: bytes, *, name: str) -> Stripped:
    """The same pixels, bit by bit, without Exif, XMP, IPTC, credentials, comments, thumbnails and trailing bytes.

    A turn (Orientation) stays as the only tag, the numbers of colour profiles stay: without them it would look
    different. The result is read again, and its pixels are compared. Raises InputError: `strip-format` for other
    formats, `heic`, `not-a-picture`, `picture-size`, `broken-picture`; DatelineError `strip-incomplete` where something
    is left, or pixels were lost.
    """
    kind = check_picture(data, name=name)
    turn = _orientation(probe(data))
    writers = {"image/jpeg": _jpeg, "image/png": _png, "image/webp": _webp}
    if kind not in writers:
        raise InputError(
            "This kind of picture cannot be stripped without loss.",
            saw=f"{name}: {kind}",
            do="Give a JPEG, PNG or WebP; masking with at least one box writes any picture anew.",
            code="strip-format",
        )
    before = _pixels_of(data, name)
    made = writers[kind](data, turn)
    after = check_empty(made, name=name)
    try:
        same = _pixels_of(made, name) == before
    except InputError as error:
        raise _incomplete(name, f"what is left cannot be decoded: {error.saw}") from error
    if not same:
        raise _incomplete(name, "other pixels than before")
    kept = sorted(fact.name for fact in after.facts if fact.name in {"Orientation", "APP2", "ICCP", "iCCP"})
    return Stripped(data=made, media_type=kind, kept=tuple(kept))


def check_empty(data: bytes, *, name: str) -> Facts:
    """The facts of a stripped picture. Raises DatelineError `strip-incomplete` when one of them tells anything."""
    facts = probe(data)
    left = [f"{fact.group} {fact.name}" for fact in facts.facts if not _is_mute(fact.group, fact.name)]
    if left or facts.thumbnail is not None or facts.faults:
        raise _incomplete(name, ", ".join([*left, *(fault.text for fault in facts.faults)]) or "a thumbnail")
    return facts


def _incomplete(name: str, saw: str) -> DatelineError:
    return DatelineError(
        "The picture could not be stripped to its pixels alone, so it was not written.",
        saw=f"{name}: {saw}",
        do="Mask it with a box over an unimportant corner, which writes it anew from its pixels; and tell us.",
        code="strip-incomplete",
    )


def _pixels_of(data: bytes, name: str) -> tuple[str, tuple[int, int], int]:
    """Mode, size and a checksum of the stored pixels. Raises InputError `broken-picture` and `picture-size`."""
    with opened(data, name=name) as image:
        try:
            total = 0
            for top in range(0, image.height, _BAND):
                total = zlib.crc32(image.crop((0, top, image.width, min(top + _BAND, image.height))).tobytes(), total)
        except BROKEN as error:
            raise broken(name, error) from error
        return image.mode, image.size, total


def _is_mute(group: str, name: str) -> bool:
    return name in _KEPT_FACTS if group != "png" else name.encode() in _PNG_KEPT


def _orientation(facts: Facts) -> int:
    value = facts.number("Orientation", "exif")
    return int(value) if value is not None and value in range(1, 9) else 1


def _only_turn(turn: int) -> bytes:
    """A TIFF block with one tag: Orientation (Exif 2.32, 2019)."""
    return b"MM\x00*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, turn, 0, 0)


def _jpeg(data: bytes, turn: int) -> bytes:
    """The segments that pixels and colours need, and nothing behind the end."""
    parts = [b"\xff\xd8"]
    if turn != 1:
        block = b"Exif\x00\x00" + _only_turn(turn)
        parts.append(b"\xff\xe1" + struct.pack(">H", 2 + len(block)) + block)
    for segment in segments(data):
        body = segment.body
        if segment.marker in _CODED:
            if segment.marker in SOF:
                parts += _icc_segments(data)
            parts.append(data[segment.start : segment.end])
        elif segment.marker == _APP14 and body.startswith(b"Adobe") and len(body) >= 12:
            parts.append(b"\xff\xee\x00\x0e" + body[:12])  # tells the colour transform
        elif segment.marker == _APP0 and body.startswith(b"JFIF\x00") and len(body) >= 14:
            parts.append(b"\xff\xe0\x00\x10" + body[:12] + b"\x00\x00")  # without its thumbnail
        elif segment.marker == EOI:
            break
    return b"".join(parts) + b"\xff\xd9"


def _icc_segments(data: bytes) -> list[bytes]:
    """The colour profile of a JPEG without its names, cut into segments (ICC.1:2022, annex B.4)."""
    found = [one.body for one in segments(data) if one.marker == _APP2 and one.body.startswith(_ICC)]
    whole = b"".join(body[len(_ICC) + 2 :] for body in sorted(found, key=lambda body: body[len(_ICC) : len(_ICC) + 1]))
    profile = nameless(whole) or b""
    pieces = [profile[at : at + _ICC_PIECE] for at in range(0, len(profile), _ICC_PIECE)]
    heads = (_ICC + bytes([number, len(pieces)]) for number in range(1, len(pieces) + 1))
    bodies = [head + piece for head, piece in zip(heads, pieces, strict=True)]
    return [b"\xff\xe2" + struct.pack(">H", 2 + len(body)) + body for body in bodies]


def _png_profile(body: bytes) -> bytes:
    """The chunk iCCP without names, or nothing."""
    opener = zlib.decompressobj()
    try:
        profile = nameless(opener.decompress(body.partition(b"\0")[2][1:], LARGEST_PROFILE))
    except zlib.error:
        return b""
    return b"" if profile is None else _png_chunk(b"iCCP", b"icc\0\0" + zlib.compress(profile))


def _png(data: bytes, turn: int) -> bytes:
    parts = [PNG]
    for name, start, body, end in png_chunks(data):
        if name == b"iCCP":
            parts.append(_png_profile(data[body : end - 4]))
        elif name in _PNG_KEPT and name != b"IEND":
            parts.append(data[start:end])
        if name == b"IHDR" and turn != 1:
            parts.append(_png_chunk(b"eXIf", _only_turn(turn)))
    return b"".join(parts) + _png_chunk(b"IEND", b"")


def _png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _webp(data: bytes, turn: int) -> bytes:
    """The chunks of the pixels; the flags that announce Exif, XMP and a dropped profile are cleared with them."""
    parts = []
    chunks = [*webp_chunks(data)]
    extended = any(name == b"VP8X" for name, *_ in chunks)
    profile = next((nameless(data[body:end]) for name, _, body, end in chunks if name == b"ICCP"), None)
    for name, start, body, end in chunks:
        if name == b"VP8X":
            flags = data[body] & ~(_WEBP_EXIF | _WEBP_XMP | _WEBP_ICC)
            flags |= (_WEBP_EXIF if turn != 1 else 0) | (_WEBP_ICC if profile else 0)
            parts.append(_webp_chunk(name, bytes([flags]) + data[body + 1 : end]))
            parts.append(_webp_chunk(b"ICCP", profile) if profile else b"")
        elif name in _WEBP_KEPT:
            parts.append(data[start:end] + b"\x00" * ((end - body) % 2))
    if turn != 1 and extended:
        parts.append(_webp_chunk(b"EXIF", _only_turn(turn)))
    whole = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(whole)) + whole


def _webp_chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\x00" * (len(body) % 2)
