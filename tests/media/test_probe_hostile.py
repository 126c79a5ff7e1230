"""Hostile bytes never crash a reader and never make it read without end."""

from __future__ import annotations

import struct
import zlib
from functools import cache
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dateline.core.errors import DatelineError
from dateline.media.photo import read_photo
from dateline.media.probe import probe
from dateline.media.probe.sheet import MOST_FACTS, MOST_FAULTS, Sheet
from dateline.media.probe.xmp import read_xmp
from dateline.media.strip import strip

SAMPLES = (
    "verification/c2pa/A_no_manifest.jpg",
    "verification/c2pa/cloud.jpg",
    "verification/c2pa/C.jpg",
    "verification/pdq/bridge-mods/shrink-a-lot.jpg",
    "verification/pdq/dih/bridge-2-rotate-90.jpg",
    "verification/video/v1.m4v",
    "verification/video/v2s.mov",
    "verification/video/carphone_distorted.mp4",
)
HEAD = 40_000
"""Metadata of these samples stands in this much at the start or the end [bytes]."""

STARTS = (
    b"\xff\xd8\xff\xe1\x02\x00Exif\x00\x00II*\x00",
    b"\xff\xd8\xff\xed\x02\x00Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00",
    b"\x89PNG\r\n\x1a\n",
    b"RIFF\xff\x00\x00\x00WEBPVP8X",
    b"GIF89a",
    b"II*\x00\x08\x00\x00\x00",
    b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic\x00\x00\x02\x00meta",
    b"\x00\x00\x00\x10ftypqt  \x00\x00\x00\x00",
)

steady = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@cache
def sample(root: Path, name: str) -> bytes:
    """The bytes of a sample."""
    return (root / name).read_bytes()


@steady
@given(st.sampled_from(SAMPLES), st.data())
def test_flipped_and_cut_files_are_read_within_bounds(samples: Path, name: str, data: st.DataObject) -> None:
    """Any change of a few bytes and any cut gives facts and faults within the limits, and no exception."""
    raw = bytearray(sample(samples, name))
    for _ in range(data.draw(st.integers(0, 8))):
        place = data.draw(st.integers(0, min(HEAD, len(raw)) - 1))
        place = len(raw) - 1 - place if name.endswith(("v", "4")) and data.draw(st.booleans()) else place
        raw[place] = data.draw(st.sampled_from([0, 1, 0x7F, 0x80, 0xFF]))
    if data.draw(st.booleans()):
        del raw[data.draw(st.integers(0, len(raw) - 1)) :]
    facts = probe(bytes(raw))
    assert len(facts.facts) <= MOST_FACTS
    assert len(facts.faults) <= MOST_FAULTS + 1
    assert sum(len(str(fact.value)) for fact in facts.facts) < 4 * len(raw) + 100_000


@steady
@given(st.binary(max_size=600), st.sampled_from(STARTS))
def test_noise_behind_any_signature_is_read_within_bounds(noise: bytes, start: bytes) -> None:
    """A file that begins as it should and goes on at random gives faults and no exception."""
    facts = probe(start + noise)
    assert len(facts.facts) <= MOST_FACTS


@settings(steady, max_examples=60)
@given(st.sampled_from(SAMPLES[:4]), st.data())
def test_pixels_of_damaged_pictures_are_refused_in_words(samples: Path, name: str, data: st.DataObject) -> None:
    """Decoding and stripping damaged pictures either work or refuse with a code; nothing else is raised."""
    raw = bytearray(sample(samples, name))
    for _ in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(0, min(HEAD, len(raw)) - 1))] = data.draw(st.sampled_from([0, 0x7F, 0xFF]))
    allowed = {"not-a-picture", "broken-picture", "picture-size", "strip-format", "strip-incomplete"}
    for work in (lambda one: read_photo(one, name=name, longest=64), lambda one: strip(one, name=name)):
        refused = None
        try:
            work(bytes(raw))
        except DatelineError as error:
            refused = error.code
        assert refused is None or refused in allowed


def chunk(name: bytes, body: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def test_small_files_that_swell_are_not_read_to_the_end() -> None:
    """A thousand packed texts of 4 MB in a small PNG: what is gone through is bounded for the file, not for each."""
    packed = chunk(b"zTXt", b"k\x00\x00" + zlib.compress(b"a" * (4 << 20)))
    facts = probe(b"\x89PNG\r\n\x1a\n" + packed * 300 + chunk(b"IEND", b""))
    assert len(facts.facts) < 10
    assert "too-much" in {fault.code for fault in facts.faults}


def test_xmp_of_nothing_but_tags_is_not_parsed() -> None:
    """Nor is one packet gone through once a level, however deep it is nested."""
    head, tail = b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">', b"</rdf:RDF>"
    sheet = Sheet()
    read_xmp(head + b"<rdf:Description>" + b"<a/>" * 210_000 + b"</rdf:Description>" + tail, at="", sheet=sheet)
    assert [fault.code for fault in sheet.faults] == ["xmp-limit"]
    deep = 3000
    nested = b"<rdf:Description><a><rdf:li>" * deep + b"z" + b"</rdf:li></a></rdf:Description>" * deep
    sheet = Sheet()
    read_xmp(head + nested + tail, at="", sheet=sheet)
    assert sum(len(str(fact.value)) for fact in sheet.facts) < 100 * deep


def test_many_items_that_share_one_text_are_read_a_few_times() -> None:
    """A HEIC whose 2000 items all point to the same packet of 1 MB."""
    text = b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' + b" " * (1 << 20) + b"</rdf:RDF>"

    def box(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I4s", 8 + len(body), kind) + body

    numbers = range(1, 2001)
    entries = b"".join(box(b"infe", b"\2\0\0\0" + struct.pack(">HH", one, 0) + b"mime\0") for one in numbers)
    kind = box(b"ftyp", b"heic\0\0\0\0mif1heic")
    places = b"".join(struct.pack(">HHHII", one, 0, 1, len(kind) + 8, len(text)) for one in numbers)
    items = box(b"iinf", b"\0\0\0\0" + struct.pack(">H", 2000) + entries)
    located = box(b"iloc", b"\0\0\0\0\x44\0" + struct.pack(">H", 2000) + places)
    facts = probe(kind + box(b"mdat", text) + box(b"meta", bytes(4) + box(b"hdlr", bytes(24)) + items + located))
    assert {fault.code for fault in facts.faults} == {"too-much"}


def test_a_raw_file_is_not_the_size_of_its_small_copy() -> None:
    """The first directory of a DNG is a small copy: the camera's own size beside it is no contradiction."""
    entries = [(0x00FE, 4, 1, 1), (0x0100, 3, 1, 256), (0x0101, 3, 1, 171)]
    data = b"II*\0" + struct.pack("<IH", 8, len(entries)) + b"".join(struct.pack("<HHII", *one) for one in entries)
    assert probe(data + bytes(4)).dimensions is None
