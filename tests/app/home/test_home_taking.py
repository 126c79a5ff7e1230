"""What comes from a browser is named, sniffed and described before it is evidence."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from dateline.app.taking import check_upload, form_of, taken_span
from dateline.app.upload import plain_name
from dateline.core.errors import DatelineError, InputError, UsageError
from dateline.evidence.names import check_name
from dateline.measure.archive import licence_of
from dateline.measure.archive_image import image_of

TODAY = date(2024, 2, 26)
HTML = b"<!doctype html><html><head><title>Log in</title></head><body></body></html>"


def png(size: tuple[int, int] = (40, 30)) -> bytes:
    """A small picture."""
    out = io.BytesIO()
    Image.new("RGB", size, (90, 90, 90)).save(out, "PNG")
    return out.getvalue()


def bomb() -> bytes:
    """A zip of 70 kB that unpacks to 70 MB."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("zeros.bin", bytes(70_000_000))
    return out.getvalue()


def many_pixels() -> bytes:
    """The head of a PNG of 60,000 by 60,000 px."""
    head = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    body = b"IDAT" + zlib.compress(b"")
    chunks = b"".join(
        struct.pack(">I", len(one) - 4) + one + struct.pack(">I", zlib.crc32(one)) for one in (head, body, b"IEND")
    )
    return b"\x89PNG\r\n\x1a\n" + chunks


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("port.jpg", HTML, "login-page"),
        ("page.html", HTML, "not-taken"),
        ("run.js", b"alert(1)", "media-type"),
        ("notes.txt", b"#!/bin/sh\nrm -rf /\n", "not-taken"),
        ("notes.txt", HTML, "not-taken"),
        ("setup.exe", b"MZ\x90\x00" + bytes(300), "not-taken"),
        ("port.jpg", b"\x7fELF\x02\x01" + bytes(300), "media-type"),
        ("port.jpg", png(), "media-type"),
        ("port", png(), "media-type"),
        ("port.png", png()[:60], "picture-broken"),
        ("port.png", many_pixels(), "picture-size"),
        ("port.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "not-taken"),
        ("port.tif", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "lfs-pointer"),
        ("port.png", b"", "empty-file"),
        ("unheard.xyz", b"", "empty-file"),
        ("files.zip", bomb(), "zip-bomb"),
        ("files.zip", b"PK\x03\x04" + bytes(40), "zip"),
    ],
)
def test_what_is_not_what_it_says_is_refused(tmp_path: Path, name: str, data: bytes, code: str) -> None:
    """Login pages, scripts, programs, bombs, cut-off pictures: refused by content, whatever they are called."""
    path = tmp_path / "upload"
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        check_upload(path, name)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("../../x.jpg", "x.jpg"),
        ("C:\\Users\\fox\\порт 12.jpg", "порт 12.jpg"),
        ("/etc/passwd", "passwd"),
        ("a\x00b.png", "ab.png"),
        ("photo_\u202egpj.exe", "photo_gpj.exe"),
        (".hidden.png", "hidden.png"),
        ("x" * 300 + ".tif", "x" * 156 + ".tif"),
        ("ㄱ" * 300 + ".tif", "ㄱ" * 52 + ".tif"),
    ],
)
def test_a_name_loses_what_leads_elsewhere(said: str, name: str) -> None:
    """Paths, invisible signs, turned writing and endless names: what is left is a plain name with its ending."""
    assert plain_name(said) == name


@given(st.text(max_size=400))
def test_every_name_becomes_one_that_a_folder_can_bear(said: str) -> None:
    """Whatever a browser says, the name passes the store's own check, or is refused."""
    try:
        name = plain_name(said)
    except UsageError:
        return
    assert check_name(name) == name


def test_the_form_says_what_the_flags_say() -> None:
    """The same facts and licence as `dateline archive --start … --end … --sensor … --resolution … --publish yes`."""
    told = {
        "taken": "1 to 3 October 2023", "sensor": "PlanetScope", "resolution": "3 m", "licence": "Planet",
        "publish": "yes", "embed": "no", "view": "unknown", "share": "unknown", "how": "by courier", "issuer": "US",
        "place": "najin", "given": "2023-10-13", "embargo": "2024-03-01",
    }  # fmt: skip
    form = form_of(told, by="fox", today=TODAY, exercise=False)
    assert form.image == image_of(start="2023-10-01", end="2023-10-03", sensor="PlanetScope", resolution=3.0)
    assert form.licence == licence_of("Planet", view="unknown", publish="yes", embed="no", share="unknown")
    assert (form.by, form.issuer, form.embargo) == ("fox", "US", date(2024, 3, 1))
    assert form.how == (
        "by courier; given out on 2023-10-13; said to show najin; date taken told as “1 to 3 October 2023”"
    )


def test_unknown_stays_unknown() -> None:
    """Nothing told is no image facts, no licence and no date; "not known" is not a day."""
    form = form_of({"taken": "not known"}, by="fox", today=TODAY, exercise=False)
    assert (form.image, form.how, form.simulated) == (None, None, False)
    assert form.licence == licence_of("unknown")
    assert not form_of({"simulated": "yes"}, by="fox", today=TODAY, exercise=False).simulated


def test_a_date_counts_from_the_day_it_was_given_out() -> None:
    """ "Late August" of a handout of October 2023 is that year's."""
    assert taken_span("late August", said=date(2023, 10, 13)) == ("2023-08-21", "2023-08-31")


@pytest.mark.parametrize(
    ("phrase", "code"), [("before 2023", "open-date"), ("03/04/2023", "several-readings"), ("soonish", "phrase")]
)
def test_a_doubtful_date_is_asked_back(phrase: str, code: str) -> None:
    """A date that may be two, has no end, or is none, is not turned into a day."""
    with pytest.raises(DatelineError) as caught:
        taken_span(phrase, said=TODAY)
    assert caught.value.code == code


def test_a_google_earth_date_needs_its_source() -> None:
    """The provider's form asks for where the date of capture is told, as the command does."""
    with pytest.raises(UsageError) as caught:
        form_of({"form": "google-earth", "taken": "2023-10-01"}, by="fox", today=TODAY, exercise=False)
    assert caught.value.code in {"capture-date", "form-asks"}
