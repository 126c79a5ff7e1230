"""Zips and folders from others: nothing climbs out, nothing blows up, nothing deceives; sound ones pass."""

from __future__ import annotations

import io
import os
import stat
import warnings
import zipfile
from pathlib import Path

import pytest
from tests.evidence.web_archives import zipped

from dateline.core.errors import InputError
from dateline.evidence.handin.unpack import FolderTree, Limits, ZipTree


def tree(data: bytes, limits: Limits | None = None) -> ZipTree:
    return ZipTree(io.BytesIO(data), "a.zip", limits)


def code(data: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(InputError) as raised:
        tree(data, limits)
    return raised.value.code


def test_a_sound_zip_is_read() -> None:
    """Names in any script, folders, and bytes as they were put in."""
    found = tree(zipped({"a/Порт.jpg": b"1", "b.txt": b"22", "a/🙂.txt": b""}, packed=True))
    assert found.paths() == ("a/Порт.jpg", "a/🙂.txt", "b.txt")
    assert found.open("b.txt").read() == b"22"
    assert found.size("b.txt") == 2
    assert not found.is_stored("b.txt")


@pytest.mark.parametrize(
    "name",
    ["../out", "a/../../out", "/etc/passwd", "C:\\x", "a\\..\\b", "a//b", ".", "a/./b", "a\nb", "a\u202egpj.exe",
     "x" * 256, "a/" + "é" * 200],
)  # fmt: skip
def test_names_that_lead_out_or_deceive(name: str) -> None:
    """Traversal, absolute paths, backslashes, line feeds, turned writing and endless names are refused."""
    assert code(zipped({name: b"x"})) == "name"


def test_bombs() -> None:
    """By ratio, by number of files and by total size; from the table of contents, before anything is unpacked."""
    assert code(zipped({"a": bytes(100_000_000)}, packed=True)) == "zip-bomb"
    assert code(zipped({str(n): b"" for n in range(11)}), Limits(files=10)) == "zip-bomb"
    assert code(zipped({"a": b"x" * 1000}), Limits(bytes=999)) == "zip-bomb"


def test_a_zip_in_a_zip_stays_shut() -> None:
    """A nested bomb is one small file: it is never opened by itself."""
    bomb = zipped({"a": bytes(100_000_000)}, packed=True)
    found = tree(zipped({"inner.zip": bomb}))
    assert found.open("inner.zip").read() == bomb


def test_a_size_that_lies_is_found_when_read() -> None:
    """A table of contents that says less than there is does not let more through."""
    data = zipped({"a": b"y" * 5000}, packed=True)
    lied = data.replace((5000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    with pytest.raises(InputError) as raised:
        tree(lied).open("a").read()
    assert raised.value.code == "zip"


def test_links_and_locks() -> None:
    """A symbolic link in a zip, a file behind a password, and one name twice."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo("link")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    assert code(out.getvalue()) == "link"
    locked = bytearray(zipped({"a": b"x"}))
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    assert code(bytes(locked)) == "zip"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "1")
        archive.writestr("A.TXT", "2")
    assert code(out.getvalue()) == "zip"


def test_a_name_with_a_nul_is_read_as_written() -> None:
    """zipfile cuts "a.jpg\\0.exe" at the NUL and other readers do not: refused."""
    assert code(zipped({"aXb.jpg": b"x"}).replace(b"aXb.jpg", b"a\0b.jpg")) == "name"


def test_what_is_no_zip_or_is_damaged() -> None:
    """Rubbish, a cut zip, and bytes that do not fit their checksum."""
    assert code(b"hello") == "zip"
    data = zipped({"a": b"hello world"})
    assert code(data[:-5]) == "zip"
    with pytest.raises(InputError) as raised:
        tree(data.replace(b"hello world", b"hellO world", 1)).open("a").read()
    assert raised.value.code == "zip"


def test_folders(tmp_path: Path) -> None:
    """Files below a folder by their paths; links and pipes are refused."""
    (tmp_path / "x/y").mkdir(parents=True)
    (tmp_path / "x/y/a.txt").write_bytes(b"1")
    found = FolderTree(tmp_path / "x")
    assert found.paths() == ("y/a.txt",)
    assert found.size("y/a.txt") == 1
    with found.open("y/a.txt") as stream:
        assert stream.read() == b"1"
    os.mkfifo(tmp_path / "x/pipe")
    with pytest.raises(InputError) as raised:
        FolderTree(tmp_path / "x")
    assert raised.value.code == "link"


def test_twins_are_numbered_where_that_is_allowed() -> None:
    """ATLOS writes several media of one kind under one name; none of them is lost."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, warnings.catch_warnings(action="ignore"):
        for text in ("one", "two", "three"):
            archive.writestr("CIV/media_CIV-1.jpg", text)
    found = ZipTree(io.BytesIO(out.getvalue()), "a.zip", twins=True)
    assert [found.open(path).read() for path in found.paths()] == [b"one", b"two", b"three"]
    assert found.paths()[1:] == ("CIV/media_CIV-1~2.jpg", "CIV/media_CIV-1~3.jpg")
