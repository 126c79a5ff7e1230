"""WARC files: every record is read to its end, and whatever was cut, flipped or lengthened is found."""

from __future__ import annotations

import gzip
import io
import random
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.evidence.web_archives import PAGES, warc
from warcio.archiveiterator import ArchiveIterator

from dateline.core.errors import InputError
from dateline.evidence.webarchive.chunked import Chunked
from dateline.evidence.webarchive.digest import read_digest
from dateline.evidence.webarchive.payload import payload
from dateline.evidence.webarchive.warc import records


def read(data: bytes) -> list:
    return list(records(io.BytesIO(data), name="a.warc"))


def sound(data: bytes) -> bool:
    with suppress(InputError):
        return not any(record.faults for record in read(data))
    return False


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("chunked", [True, False])
def test_it_reads_what_warcio_wrote(packed: bool, chunked: bool) -> None:
    """Oracle: warcio's own reader finds the same records at the same places, and none has a fault."""
    data = warc(packed=packed, chunked=chunked)
    iterator = ArchiveIterator(io.BytesIO(data))
    theirs = []
    for record in iterator:
        uri, length = record.rec_headers["WARC-Target-URI"], None
        record.content_stream().read()
        offset, length = iterator.get_record_offset(), iterator.get_record_length()
        theirs.append((uri, offset, length) if packed else (uri, offset))
    ours = [(one.uri, one.offset, one.length) if packed else (one.uri, one.offset) for one in read(data)]
    assert ours == theirs
    assert [(one.kind, one.status, one.at) for one in read(data)] == [("response", 200, "2024-01-02T03:04:05Z")] * 2
    assert all(one.whole and not one.faults and not one.notes for one in read(data))


@pytest.mark.parametrize("packed", [True, False])
def test_every_cut_is_found_unless_it_is_between_records(packed: bool) -> None:
    """A file cut off anywhere within a record is refused, save where nothing but its empty last lines is gone."""
    data = warc(packed=packed)
    ends = {0, *(one.offset for one in read(data)), *(one.offset + one.length for one in read(data))}
    if not packed:
        ends |= {end - back for end in ends for back in range(5)}
    for cut in random.Random(1).sample(range(len(data)), 300):
        if cut not in ends:
            assert not sound(data[:cut]), cut


@pytest.mark.parametrize("packed", [True, False])
def test_every_flipped_byte_of_a_body_is_found(packed: bool) -> None:
    """One byte changed anywhere in a gzip member, or in a block, is found."""
    data = warc(packed=packed)
    start = data.index(b"HTTP/1.1") if not packed else 0
    end = len(data) - 4 if not packed else len(data)
    chance = random.Random(2)
    blocks = range(start, data.index(b"\r\n\r\nWARC/")) if not packed else range(start, end)
    for at in chance.sample(blocks, min(200, len(blocks))):
        flipped = bytearray(data)
        flipped[at] ^= 1 << chance.randrange(8)
        # some bits of gzip mean nothing (RFC 1952: time, system; RFC 1951: padding): then nothing inside changed
        assert not sound(bytes(flipped)) or gzip.decompress(flipped) == gzip.decompress(data), at


def test_what_follows_a_record_must_be_a_record() -> None:
    """Rubbish after the last record, a record longer than it says, and a file that is none at all are refused."""
    for bad in (warc() + b"rubbish", warc(packed=False) + b"rubbish\r\n", b"hello\nworld\n", b"WARC/1.0\r\n\r\n"):
        assert not sound(bad)
    longer = warc(packed=False).replace(b"Content-Length: 5", b"Content-Length: 4", 1)
    assert not sound(longer)


def test_headers_cannot_fill_the_memory() -> None:
    """A header line, or a number of them, without an end is refused after a bounded read."""
    assert not sound(b"WARC/1.0\r\nX: " + b"a" * 1_000_000)
    assert not sound(b"WARC/1.0\r\n" + b"A: b\r\n" * 100_000)


def test_a_bomb_is_refused_early() -> None:
    """A gzip member that unpacks to a thousand times its size is not read to its end."""
    body = b"WARC/1.0\r\nContent-Length: 100000000\r\n\r\n" + bytes(100_000_000)
    with pytest.raises(InputError, match="unpacks to far more") as raised:
        read(gzip.compress(body, 1))
    assert raised.value.code == "zip-bomb"


def test_several_records_in_one_member_are_refused() -> None:
    """Nothing can point into such a file; warcio refuses it too."""
    assert not sound(gzip.compress(warc(packed=False)))


def test_a_payload_digest_that_only_writers_disagree_on_is_a_note() -> None:
    """With the block's digest right no byte was changed; without one, the payload's digest decides."""
    data = warc(packed=False)
    at = data.index(b"WARC-Payload-Digest: sha1:") + 26
    other = data[:at] + b"A" * 32 + data[at + 32 :]
    assert read(other)[0].notes
    assert not read(other)[0].faults
    without = other.replace(b"WARC-Block-Digest", b"X-ARC-Block-Digest", 1)
    assert read(without)[0].faults


def test_a_payload_comes_out_as_it_was_sent() -> None:
    """Bodies are given out without their transfer coding, from the place at which their record lies."""
    data = warc(chunked=True)
    for record in read(data):
        with payload(io.BytesIO(data), record.offset) as body:
            assert b"".join(iter(lambda: body.read(100), b"")) == PAGES[record.uri]


@given(st.lists(st.binary(min_size=1, max_size=50), max_size=5), st.integers(1, 20))
def test_chunks_come_off_wherever_the_pieces_are_cut(chunks: list[bytes], size: int) -> None:
    """Property: the body is the chunks joined, however it arrives."""
    coded = b"".join(b"%x;a=b\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
    reader = Chunked()
    pieces = [coded[at : at + size] for at in range(0, len(coded), size)]
    assert b"".join(reader.plain(piece) for piece in pieces) == b"".join(chunks)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """Hostile: nothing but InputError ever comes out, with and without a true beginning."""
    for start in (b"", b"WARC/1.0\r\n", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"):
        sound(start + data)


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("sha1:WJM2KPM4GF3QK2BISVUH2ASX64NOUY7L", True),
        ("sha-256:" + "ab" * 32, True),
        ("SHA256:" + "AB" * 32, True),
        ("sha1:2jmj7l5rSw0yVb/vlWAYkK/YBwk=", True),
        ("sha1:" + "ab" * 32, False),
        ("crc32:00000000", False),
        ("nothing", False),
    ],
)
def test_digests_in_the_spellings_that_writers_use(text: str, known: bool) -> None:
    """Base 16, 32 and 64; a value of the wrong length is none."""
    assert (read_digest(text) is not None) is known
