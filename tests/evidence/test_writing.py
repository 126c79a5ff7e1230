"""Atomic writing, locks, names, media types."""

from __future__ import annotations

import stat
import threading
import zipfile
from pathlib import Path

import pytest

from dateline.core import InputError
from dateline.evidence import lock
from dateline.evidence.atomic import open_atomic, write_atomic
from dateline.evidence.lock import exclusive
from dateline.evidence.media_type import check_promise, media_type, sniff
from dateline.evidence.names import check_inside, check_name, check_relative


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_written_whole_with_its_folders(tmp_path: Path) -> None:
    """Parents are made, old bytes replaced, nothing is left beside the file."""
    path = tmp_path / "a" / "b.txt"
    write_atomic(path, b"old")
    write_atomic(path, b"new")
    assert path.read_bytes() == b"new"
    assert names_in(path.parent) == ["b.txt"]


def test_a_write_that_dies_before_its_rename_leaves_the_old_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error between the temporary file and the rename: old bytes, no half file, no leftovers."""
    path = tmp_path / "b.txt"
    write_atomic(path, b"old")

    def dies(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", dies)
    with pytest.raises(OSError, match="No space left"):
        write_atomic(path, b"new")
    assert path.read_bytes() == b"old"
    assert names_in(tmp_path) == ["b.txt"]


def test_an_error_in_the_middle_of_a_stream_leaves_the_old_bytes(tmp_path: Path) -> None:
    """The new file takes its name only when the block ends well; an interrupt counts too."""
    path = tmp_path / "b.txt"
    write_atomic(path, b"old")

    def interrupted() -> None:
        with open_atomic(path) as stream:
            stream.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_bytes() == b"old"
    assert names_in(tmp_path) == ["b.txt"]


def test_a_private_file_is_private_from_its_first_byte(tmp_path: Path) -> None:
    """The mode is set when the file is made, not afterwards."""
    with open_atomic(tmp_path / "key", mode=0o600) as stream:
        part = next(tmp_path.glob("*.part"))
        assert stat.S_IMODE(part.stat().st_mode) == 0o600
        stream.write(b"x")
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


@pytest.mark.parametrize("posix", [True, False])
def test_one_writer_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, posix: bool) -> None:
    """Four threads that read, wait and write a number count right, with POSIX locks and without."""
    if not posix:
        monkeypatch.setattr(lock, "fcntl", None)
    number = tmp_path / "number"
    number.write_text("0")

    def count() -> None:
        for _ in range(10):
            with exclusive(tmp_path / "it.lock"):
                value = int(number.read_text())
                number.write_text(str(value + 1))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert number.read_text() == "40"


def test_a_forgotten_lock_without_posix_locks_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says which file to delete."""
    monkeypatch.setattr(lock, "fcntl", None)
    monkeypatch.setattr(lock, "_PATIENCE", 0.05)
    (tmp_path / "it.lock").touch()
    with pytest.raises(InputError, match="does not finish") as error, exclusive(tmp_path / "it.lock"):
        pass
    assert "it.lock" in error.value.do


@pytest.mark.parametrize("name", ["a.tif", "📷 фото 사진.jpg", "é" * 127, "...", "a b", "👩‍💻.png"])
def test_names_of_other_scripts_and_emoji_are_fine(name: str) -> None:
    """What people call their files is kept."""
    assert check_name(name) == name


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "a/b", "/etc/passwd", "..\\a", "a\x00b", "a\nb", "photo\u202egpj.exe", "é" * 128, "\ud800"],
)
def test_names_that_climb_deceive_or_do_not_fit_are_refused(name: str) -> None:
    """Paths, control characters, turned writing and more than 255 bytes never become a file's name."""
    with pytest.raises(InputError) as error:
        check_name(name)
    assert error.value.code == "name"


@pytest.mark.parametrize("path", ["a/../../b", "/a", "a//b", "a/./b", "../a", "a/"])
def test_paths_inside_a_folder_cannot_climb_out(path: str) -> None:
    """Every part of a path must be a good name."""
    assert check_relative("a/b.xml") == "a/b.xml"
    with pytest.raises(InputError):
        check_relative(path)


def test_a_link_out_of_the_folder_is_seen(tmp_path: Path) -> None:
    """A folder in the path that is a link to another place is followed before we believe it."""
    (tmp_path / "case").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "case" / "evidence").symlink_to(tmp_path / "other")
    with pytest.raises(InputError) as error:
        check_inside(tmp_path / "case" / "evidence" / "a.toml", tmp_path / "case")
    assert error.value.code == "link-out"


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"", "application/x-empty"),
        (b"\x89HDF\r\n\x1a\n\x00", "application/x-hdf5"),
        (b"II*\x00\x08\x00", "image/tiff"),
        (b"MM\x00*", "image/tiff"),
        (b"II+\x00\x08\x00", "image/tiff"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"RIFF\x00\x00\x00\x00WAVE\x80", "application/octet-stream"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"PK\x03\x04", "application/zip"),
        (b"CDF\x01", "application/x-netcdf"),
        (b"CDF\x05", "application/x-netcdf"),
        (b"\x1f\x8b\x08", "application/gzip"),
        (b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
        (b"\x00\x00\x00\x14ftypqt  ", "video/quicktime"),
        (b"\x00\x00\x00\x18ftypheic", "image/heic"),
        (b"\x00\x00\x00\x18ftypavif", "image/avif"),
        (b"SQLite format 3\x00" + b"\x00" * 52 + b"GPKG", "application/geopackage+sqlite3"),
        (b"SQLite format 3\x00" + b"\x00" * 60, "application/vnd.sqlite3"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "text/x-git-lfs-pointer"),
        (b"\xef\xbb\xbf \n<!DOCTYPE html><html>", "text/html"),
        (b"<!-- saved --><HTML lang=en>", "text/html"),
        (b'<?xml version="1.0"?><kml xmlns="x">', "application/vnd.google-earth.kml+xml"),
        (b"<svg xmlns=", "image/svg+xml"),
        (b'<?xml version="1.0"?><product>', "application/xml"),
        (b"<- an arrow", "text/plain"),
        (b'{"type": "FeatureCollection"', "application/geo+json"),
        (b'[{"path": 1}]', "application/json"),
        ("a;b\nä".encode(), "text/plain"),
        ("a;b\nä".encode()[:-1], "text/plain"),
        (b"a\xffb text that is not utf-8", "application/octet-stream"),
        (b"a\x00b", "application/octet-stream"),
    ],
)
def test_the_media_type_is_told_from_the_first_bytes(head: bytes, kind: str) -> None:
    """Magic numbers for binary formats; pointers, web pages, maps and plain text by what they say."""
    assert sniff(head) == kind


def test_a_zip_is_told_by_its_table_of_contents(tmp_path: Path) -> None:
    """A spreadsheet, a web archive, a KMZ and a plain zip all begin with the same bytes."""
    kinds = {
        "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "datapackage.json": "application/wacz",
        "doc.kml": "application/vnd.google-earth.kmz",
        "photo.jpg": "application/zip",
    }
    for name, kind in kinds.items():
        path = tmp_path / "some.bin"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(name, "x" * 10)
        assert media_type(path) == kind


def test_hdf5_after_a_user_block_is_hdf5(tmp_path: Path) -> None:
    """The format allows a block of the user's before the signature."""
    path = tmp_path / "a.h5"
    path.write_bytes(b"\x01" * 1024 + b"\x89HDF\r\n\x1a\n")
    assert media_type(path) == "application/x-hdf5"
    path.write_bytes(b"\x01" * 1024)
    assert media_type(path) == "application/octet-stream"


@pytest.mark.parametrize(
    ("name", "head", "code"),
    [
        ("VNP46A3.h5", b"<!DOCTYPE html><title>Earthdata Login</title>", "login-page"),
        ("scene.TIF", b"version https://git-lfs.github.com/spec/v1\n", "lfs-pointer"),
        ("a.png", b"", "empty-file"),
        ("a.jpg", b"%PDF-1.7", "media-type"),
    ],
)
def test_a_file_that_is_not_what_its_name_promises_is_refused(name: str, head: bytes, code: str) -> None:
    """A login page saved as HDF5 and a Git LFS pointer named .tif are named as what they are."""
    with pytest.raises(InputError) as error:
        check_promise(name, sniff(head))
    assert error.value.code == code
    assert name in error.value.saw


def test_names_that_promise_nothing_and_promises_kept_pass() -> None:
    """A web page named .html is welcome."""
    check_promise("page.html", "text/html")
    check_promise("grid.nc", "application/x-hdf5")
    check_promise("README", "text/plain")


def test_real_samples_are_told_right(samples: Path) -> None:
    """NetCDF, spreadsheets, GeoTIFF, GeoJSON, PNG and web archives of the real samples."""
    expected = {
        "lights/mumbai_monthly/mumbai_radiance.nc": {"application/x-hdf5", "application/x-netcdf"},
        "lights/north_korea/NK_gird_NL_mean.xlsx": {
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        },
        "lights/puerto_rico_maria_2017/VNP46A3_2017_09.tif": {"image/tiff"},
        "lights/puerto_rico_maria_2017/puerto_rico_adm0.geojson": {"application/geo+json"},
        "optical/north_korea_sites/6094_14031_2016.png": {"image/png"},
        "casefile/claims_dprk_russia.csv": {"text/plain"},
    }
    for path, kinds in expected.items():
        assert media_type(samples / path) in kinds
