"""What a file says of itself, read verbatim, with other readers as oracles."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import av
import pytest
from PIL import ExifTags, Image, ImageOps, IptcImagePlugin, PngImagePlugin

from dateline.media.facts import Facts
from dateline.media.probe import probe, probe_file
from dateline.media.probe.boxes import moment
from dateline.media.probe.sheet import MOST_FACTS
from dateline.media.probe.tiff import MOST_DIRECTORIES

PICTURES = (
    "verification/pdq/dih/bridge-2-rotate-90.jpg",
    "verification/c2pa/A_no_manifest.jpg",
    "verification/c2pa/cloud.jpg",
)


def picture(form: str = "JPEG", **options: object) -> bytes:
    """A small picture with a gradient, saved in a format."""
    stream = io.BytesIO()
    Image.linear_gradient("L").resize((64, 48)).convert("RGB").save(stream, form, **options)
    return stream.getvalue()


def exif_of(tags: dict[int, object], gps: dict[int, object] | None = None) -> Image.Exif:
    """An Exif block with these tags, those of the camera in its own directory."""
    made = Image.Exif()
    for tag, value in tags.items():
        if tag in {0x9003, 0x9004, 0x9011, 0xA002, 0xA003}:
            made.get_ifd(0x8769)[tag] = value
        else:
            made[tag] = value
    made.get_ifd(0x8825).update(gps or {})
    return made


def names(facts: Facts, group: str) -> set[str]:
    """The names of the facts of a group."""
    return {fact.name for fact in facts.facts if fact.group == group}


@pytest.mark.parametrize("name", PICTURES)
def test_exif_is_read_as_pillow_reads_it(samples: Path, name: str) -> None:
    """Every text and number that Pillow finds in the main and camera directories is among the facts, unchanged."""
    facts = probe_file(samples / name)
    with Image.open(samples / name) as image:
        exif = image.getexif()
        oracle = {**exif, **exif.get_ifd(0x8769)}
    for tag, value in oracle.items():
        if isinstance(value, str | int) and value != "":
            told = facts.first(ExifTags.TAGS.get(tag, f"0x{tag:04x}"), "exif")
            assert told is not None
            assert told.value == (value.strip("\x00") if isinstance(value, str) else value)
    assert facts.faults == ()


def test_every_fact_says_where_it_stood(samples: Path) -> None:
    """A lawyer can find each value in the file: the segment, its byte, the directory."""
    fact = probe_file(samples / "verification/c2pa/A_no_manifest.jpg").first("DateTimeOriginal")
    assert fact is not None
    assert fact.value == "2011:07:30 15:41:25"
    segment, _, directory = fact.at.partition(", ")
    assert directory == "Exif IFD"
    data = (samples / "verification/c2pa/A_no_manifest.jpg").read_bytes()
    start = int(segment.removeprefix("APP1 at byte "))
    assert data[start : start + 2] == b"\xff\xe1"
    assert b"2011:07:30 15:41:25" in data[start : start + 65_536]


def test_thumbnail_is_a_picture(samples: Path) -> None:
    """The stored thumbnail is cut out whole: another reader opens it."""
    facts = probe_file(samples / "verification/pdq/dih/bridge-2-rotate-90.jpg")
    assert facts.thumbnail is not None
    with Image.open(io.BytesIO(facts.thumbnail)) as small:
        assert max(small.size) == 160


@pytest.mark.parametrize("quality", [1, 30, 49, 50, 75, 90, 95, 100])
def test_compression_is_named(quality: int) -> None:
    """A picture that the common library wrote is recognised with its quality (oracle: libjpeg, which wrote it)."""
    assert probe(picture(quality=quality)).text("QuantisationTables") == f"IJG quality {quality}"


def test_a_cameras_own_tables_are_not_taken_for_the_library() -> None:
    """Other tables are said to be others."""
    tables = [list(range(1, 65)), list(range(2, 66))]
    assert probe(picture(qtables=tables)).text("QuantisationTables") == "not those of the IJG library"


def test_gps_and_zones_are_typed() -> None:
    """Degrees are three numbers, the satellites' time too; an empty fraction is no number."""
    gps: dict[int, object] = {
        1: "N",
        2: (48.0, 51.0, 30.5),
        3: "E",
        4: (2.0, 17.0, 40.0),
        7: (10.0, 30.0, 15.0),
        29: "2024:03:01",
    }
    facts = probe(picture(exif=exif_of({0x9003: "2024:03:01 11:30:15", 0x9011: "+01:00"}, gps)))
    assert facts.first("GPSLatitude", "gps").value == (48.0, 51.0, 30.5)
    assert facts.text("OffsetTimeOriginal", "exif") == "+01:00"
    block = b"II*\x00" + struct.pack("<IHHHIII", 8, 1, 0x829A, 5, 1, 26, 0) + struct.pack("<II", 1, 0)
    assert probe(picture(exif=b"Exif\x00\x00" + block)).text("ExposureTime") == "not a number"


@pytest.mark.parametrize("form", ["PNG", "WEBP", "TIFF", "JPEG"])
def test_every_picture_format_tells_its_size_and_exif(form: str) -> None:
    """The same tag is found in each format that can carry it, and the size of the pixels."""
    facts = probe(picture(form, exif=exif_of({0x0131: "Test 1", 0x9003: "2024:03:01 11:30:15"})))
    assert facts.dimensions == (64, 48)
    assert facts.text("Software", "exif") == "Test 1"
    if form != "TIFF":  # whose writer here leaves the camera's own directory out
        assert facts.text("DateTimeOriginal", "exif") == "2024:03:01 11:30:15"
    assert facts.faults == ()


def test_png_texts_and_time() -> None:
    """Plain, compressed and international texts are read, and a generator's parameters verbatim."""
    info = PngImagePlugin.PngInfo()
    info.add_text("Software", "Painter")
    info.add_text("parameters", "a harbour\nSteps: 20, Sampler: Euler", zip=True)
    info.add_itxt("Título", "muelle", "es", "Título")
    facts = probe(picture("PNG", pnginfo=info))
    assert facts.text("parameters", "png") == "a harbour\nSteps: 20, Sampler: Euler"
    assert facts.text("Software", "png") == "Painter"
    assert names(facts, "png") >= {"Software", "parameters"}


def test_xmp_lists_and_attributes(samples: Path) -> None:
    """Properties as attributes, as elements and as lists are told under their usual names."""
    facts = probe_file(samples / "verification/c2pa/cloud.jpg")
    assert facts.text("xmp:ModifyDate", "xmp") == "2020-03-26T10:30:06-04:00"
    history = facts.first("xmpMM:History", "xmp")
    assert history is not None
    assert isinstance(history.value, tuple)
    assert "stEvt:action=saved" in str(history.value[0])


def test_iptc_as_pillow_reads_it() -> None:
    """IPTC fields agree with another reader's."""
    field = b"".join(
        b"\x1c\x02" + bytes([n]) + struct.pack(">H", len(v)) + v for n, v in ((55, b"20240301"), (90, b"Rason"))
    )
    block = (
        b"Photoshop 3.0\x008BIM\x04\x04\x00\x00" + struct.pack(">I", len(field)) + field + b"\x00" * (len(field) % 2)
    )
    plain = picture()
    data = plain[:2] + b"\xff\xed" + struct.pack(">H", len(block) + 2) + block + plain[2:]
    facts = probe(data)
    with Image.open(io.BytesIO(data)) as image:
        oracle = IptcImagePlugin.getiptcinfo(image)
    assert oracle is not None
    assert facts.text("DateCreated", "iptc") == oracle[2, 55].decode() == "20240301"
    assert facts.text("City", "iptc") == "Rason"


@pytest.mark.parametrize("name", ["v1.m4v", "v2.m4v", "v2s.mov", "carphone_distorted.mp4", "../c2pa/video1.mp4"])
def test_containers_of_videos_as_ffmpeg_reads_them(samples: Path, name: str) -> None:
    """Time of creation, size, codec and duration agree with FFmpeg's, which is not used to read them."""
    path = samples / "verification/video" / name
    facts = probe_file(path)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        created = container.metadata.get("creation_time")
        assert container.duration is not None
        assert facts.number("Duration", "boxes") == pytest.approx(container.duration / 1e6, abs=0.05)
        assert facts.dimensions == (stream.codec_context.width, stream.codec_context.height)
    told = facts.text("CreationTime", "boxes")
    assert told == (created[:19] + "Z" if created else "not set")
    assert facts.text("Codec", "boxes") == "avc1"


def test_footage_that_players_do_not_show_is_told(samples: Path) -> None:
    """A trimmed clip still carries what was cut off: stored and shown lengths are both facts."""
    facts = probe_file(samples / "verification/video/v2s.mov")
    stored, shown = facts.number("MediaDuration", "boxes"), facts.number("Duration", "boxes")
    assert stored is not None
    assert shown is not None
    assert stored > shown + 5


def box(kind: bytes, body: bytes) -> bytes:
    """One box of an ISO file."""
    return struct.pack(">I", 8 + len(body)) + kind + body


def heic(exif: bytes) -> bytes:
    """The container of a HEIC with an Exif item and no picture."""
    infe = box(b"infe", b"\x02\x00\x00\x00" + struct.pack(">HH", 1, 0) + b"Exif\x00")
    iinf = box(b"iinf", b"\x00" * 4 + struct.pack(">H", 1) + infe)
    size = box(b"iprp", box(b"ipco", box(b"ispe", b"\x00" * 4 + struct.pack(">II", 4032, 3024))))
    head = box(b"ftyp", b"heic\x00\x00\x00\x00mif1heic")

    def whole(offset: int) -> bytes:
        iloc = box(b"iloc", b"\x00" * 4 + b"\x44\x00" + struct.pack(">HHHHII", 1, 1, 0, 1, offset, len(exif) + 4))
        meta = box(b"meta", b"\x00" * 4 + box(b"hdlr", b"\x00" * 8 + b"pict" + b"\x00" * 13) + iinf + size + iloc)
        return head + meta + box(b"mdat", b"\x00" * 4 + exif)

    return whole(whole(0).index(b"mdat") + 4)


def test_heic_tells_its_exif_and_size() -> None:
    """What a phone's HEIC says of itself is read from its container; its pixels are not needed."""
    block = exif_of({0x0110: "Phone 9", 0x9003: "2024:03:01 11:30:15"}).tobytes().removeprefix(b"Exif\x00\x00")
    facts = probe(heic(block))
    assert facts.media_type == "image/heic"
    assert facts.dimensions == (4032, 3024)
    assert facts.text("Model", "exif") == "Phone 9"
    assert facts.text("DateTimeOriginal", "exif") == "2024:03:01 11:30:15"


def test_apple_metadata_of_a_video() -> None:
    """A phone's own keys (time with its zone, position, model) are read by their names."""
    keys = [b"com.apple.quicktime.creationdate", b"com.apple.quicktime.location.ISO6709"]
    values = [b"2024-03-01T11:30:15+0100", b"+48.8577+002.2950/"]
    listed = b"".join(box(b"mdta", key) for key in keys)
    entries = b"".join(
        box(struct.pack(">I", n), box(b"data", struct.pack(">II", 1, 0) + value)) for n, value in enumerate(values, 1)
    )
    meta = box(
        b"meta", box(b"hdlr", b"\x00" * 24) + box(b"keys", struct.pack(">II", 0, 2) + listed) + box(b"ilst", entries)
    )
    facts = probe(box(b"ftyp", b"qt  \x00\x00\x00\x00") + box(b"moov", meta))
    assert facts.text("com.apple.quicktime.creationdate") == "2024-03-01T11:30:15+0100"
    assert facts.text("com.apple.quicktime.location.ISO6709") == "+48.8577+002.2950/"


def test_a_clock_that_was_never_set_is_no_date() -> None:
    """Zero seconds since 1904 is what containers write that know no time."""
    assert moment(0) == "not set"
    assert moment(3656443513) == "2019-11-12T22:45:13Z"


def test_bytes_behind_the_end_are_told() -> None:
    """Something hidden behind a picture is a fact with its place."""
    for form in ("JPEG", "PNG", "WEBP"):
        assert probe(picture(form) + b"hidden!!").number("TrailingBytes", "file") == 8


def test_directories_that_lead_in_circles_end() -> None:
    """A block whose directory points to itself, and one with endless directories, are read once and named."""
    loop = b"II*\x00" + struct.pack("<IHHHIII", 8, 1, 0x8769, 4, 1, 8, 8)
    facts = probe(picture(exif=b"Exif\x00\x00" + loop))
    assert [fault.code for fault in facts.faults] == ["exif-broken", "exif-broken"]
    assert MOST_DIRECTORIES < 20


def test_a_directory_beyond_the_end_is_named() -> None:
    """Broken pointers cost a fault, and the rest of the file is read all the same."""
    facts = probe(picture(exif=b"Exif\x00\x00II*\x00" + struct.pack("<I", 70_000)))
    assert [fault.code for fault in facts.faults] == ["exif-broken"]
    assert facts.dimensions == (64, 48)


def test_a_text_that_swells_is_cut() -> None:
    """A few bytes that unpack to a hundred megabytes are opened to the limit and no further."""
    info = PngImagePlugin.PngInfo()
    info.add_text("bomb", "0" * (30 << 20), zip=True)
    facts = probe(picture("PNG", pnginfo=info))
    assert [fault.code for fault in facts.faults] == ["text-limit"]
    assert len(str(facts.text("bomb", "png"))) < 100_000


def test_xmp_that_declares_entities_is_not_opened() -> None:
    """An XML bomb is refused before a parser sees it."""
    bomb = b"http://ns.adobe.com/xap/1.0/\x00<!DOCTYPE x [<!ENTITY a 'aaaa'>]><x:xmpmeta>&a;</x:xmpmeta>"
    plain = picture()
    facts = probe(plain[:2] + b"\xff\xe1" + struct.pack(">H", len(bomb) + 2) + bomb + plain[2:])
    assert [fault.code for fault in facts.faults] == ["xmp-broken"]


def test_endless_chunks_are_bounded() -> None:
    """A file that is all tiny texts gives a bounded list and says that there was more."""
    plain = picture("PNG")
    chunk = struct.pack(">I", 3) + b"tEXt" + b"a\x00b" + bytes.fromhex("00000000")
    facts = probe(plain[:33] + chunk * 20_000 + plain[33:])
    assert len(facts.facts) <= MOST_FACTS
    assert "too-much" in {fault.code for fault in facts.faults} or len(facts.faults) == 50


def test_other_files_are_named_and_not_read(tmp_path: Path) -> None:
    """An empty file, a text and a disguised one are what they are, not what their names promise."""
    (tmp_path / "empty.jpg").touch()
    assert probe_file(tmp_path / "empty.jpg").faults[0].code == "not-read"
    assert probe(b"not a picture at all").media_type == "text/plain"
    assert probe(b"\x1aE\xdf\xa3" + b"\x00" * 40).faults[0].code == "not-read"


def test_turning_a_picture_does_not_change_what_is_stored() -> None:
    """Dimensions are those of the stored pixels; the turn is a fact of its own."""
    exif = exif_of({0x0112: 6})
    data = picture(exif=exif)
    facts = probe(data)
    assert facts.dimensions == (64, 48)
    assert facts.number("Orientation", "exif") == 6
    with Image.open(io.BytesIO(data)) as image:
        assert ImageOps.exif_transpose(image).size == (48, 64)
