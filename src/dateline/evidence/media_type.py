"""What a file is, told from its content: a login page saved as .h5 is a web page."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import BinaryIO

from dateline.core.errors import InputError

HEAD = 8192
"""How much of the start of a file is looked at [bytes]."""

_TAIL = 65536
"""How much of the end of a zip is looked at for its table of contents [bytes]."""

HTML = "text/html"
LFS_POINTER = "text/x-git-lfs-pointer"
HDF5 = "application/x-hdf5"
TIFF = "image/tiff"
UNKNOWN = "application/octet-stream"
EMPTY = "application/x-empty"

_HDF5 = b"\x89HDF\r\n\x1a\n"
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (_HDF5, HDF5),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
    (b"II+\x00", TIFF),  # BigTIFF
    (b"MM\x00+", TIFF),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "image/jp2"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"CDF\x01", "application/x-netcdf"),
    (b"CDF\x02", "application/x-netcdf"),
    (b"CDF\x05", "application/x-netcdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"PAR1", "application/vnd.apache.parquet"),
    (b"WARC/1.", "application/warc"),
    (b"\x1aE\xdf\xa3", "video/webm"),
)

_ZIPPED: tuple[tuple[bytes, str], ...] = (
    (b"xl/workbook.", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"word/document.", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"datapackage.json", "application/wacz"),
    (b".kml", "application/vnd.google-earth.kmz"),
)

_PROMISES: dict[str, frozenset[str]] = {
    ".h5": frozenset({HDF5}),
    ".hdf5": frozenset({HDF5}),
    ".he5": frozenset({HDF5}),
    ".nc": frozenset({HDF5, "application/x-netcdf"}),
    ".tif": frozenset({TIFF}),
    ".tiff": frozenset({TIFF}),
    ".png": frozenset({"image/png"}),
    ".jpg": frozenset({"image/jpeg"}),
    ".jpeg": frozenset({"image/jpeg"}),
    ".jp2": frozenset({"image/jp2"}),
    ".pdf": frozenset({"application/pdf"}),
    ".zip": frozenset({"application/zip", "application/wacz"}),
    ".xlsx": frozenset({_ZIPPED[0][1]}),
    ".gpkg": frozenset({"application/geopackage+sqlite3"}),
    ".parquet": frozenset({"application/vnd.apache.parquet"}),
}
"""What the end of a name promises. Ends that promise nothing we can tell are left out."""


def media_type(path: Path) -> str:
    """The media type of a file, from its first bytes and, for a zip, from its table of contents."""
    with path.open("rb") as stream:
        return media_type_of(stream)


def media_type_of(stream: BinaryIO) -> str:
    """The same for an open stream that can seek; leaves it at its start."""
    kind = sniff(stream.read(HEAD))
    if kind == "application/zip":
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size - _TAIL))
        kind = _zipped(stream.read(_TAIL))
    stream.seek(0)
    return kind


def sniff(head: bytes) -> str:
    """The media type told by the first bytes of a file (HEAD of them are enough)."""
    if not head:
        return EMPTY
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head.startswith(b"SQLite format 3\x00"):
        return "application/geopackage+sqlite3" if head[68:72] == b"GPKG" else "application/vnd.sqlite3"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        return _boxed(head[8:12])
    if any(
        head.startswith(_HDF5, offset) for offset in (512, 1024, 2048, 4096)
    ):  # after a user block (HDF5 spec, II.A)
        return HDF5
    return _text(head)


def check_promise(name: str, kind: str) -> None:
    """Refuses a file that is not what the end of its name says. Raises InputError.

    Codes: "login-page" (a web page), "lfs-pointer" (Git LFS left a pointer in place of the file), "empty-file",
    "media-type" (anything else).
    """
    promised = _PROMISES.get(Path(name).suffix.lower())
    if promised is None or kind in promised:
        return
    what, do, code = _BROKEN.get(kind, _OTHER)
    raise InputError(what, saw=f"{name}: its bytes are {kind}", do=do, code=code)


_BROKEN: dict[str, tuple[str, str, str]] = {
    HTML: (
        "This is a web page and not the file its name promises.",
        "Servers send such pages in place of a file when a login is missing or has expired: log in, download again.",
        "login-page",
    ),
    LFS_POINTER: (
        "This is a Git LFS pointer: a note saying where the file would be.",
        "Run `git lfs pull` where it came from, or download the file itself.",
        "lfs-pointer",
    ),
    EMPTY: ("The file is empty.", "Download it again; the transfer broke off before the first byte.", "empty-file"),
}
_OTHER = (
    "The file is not what the end of its name promises.",
    "Give it the ending of what it is, or get the file again.",
    "media-type",
)


def _zipped(tail: bytes) -> str:
    for name, kind in _ZIPPED:
        if name in tail:
            return kind
    return "application/zip"


def _boxed(brand: bytes) -> str:
    if brand in {b"heic", b"heix", b"mif1"}:
        return "image/heic"
    if brand == b"avif":
        return "image/avif"
    return "video/quicktime" if brand == b"qt  " else "video/mp4"


_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_PAGE = re.compile(rb"<(!doctype\s+html|html|head|body|script|title|meta)\b", re.IGNORECASE)


def _text(head: bytes) -> str:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"version https://git-lfs.github.com/spec/"):
        return LFS_POINTER
    if text.startswith(b"<"):
        return _marked_up(text)
    if _CONTROL.search(head) or not _is_utf8(head):
        return UNKNOWN
    if text[:1] in {b"{", b"["}:
        places = re.search(rb'"type"\s*:\s*"(FeatureCollection|Feature)"', text)
        return "application/geo+json" if places else "application/json"
    return "text/plain"


def _marked_up(text: bytes) -> str:
    start = text[:1024]
    if b"<kml" in start:
        return "application/vnd.google-earth.kml+xml"
    if b"<svg" in start:
        return "image/svg+xml"
    if _PAGE.search(start):
        return HTML
    return "application/xml" if text.startswith(b"<?xml") else "text/plain"


def _is_utf8(head: bytes) -> bool:
    """Whether these bytes are UTF-8 text, a letter cut in two at the end allowed."""
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4 and error.reason == "unexpected end of data"
    return True
