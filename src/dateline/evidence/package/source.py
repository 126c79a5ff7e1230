"""A package that came from somebody: a folder or a zip file, looked at before anything of it is opened.

Names that lead elsewhere, links, devices, doubled and absurd names, files of other sizes than promised and archives
that unfold to far more than they weigh are refused before anything is written.
"""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from dateline.core.errors import InputError
from dateline.evidence.names import check_relative

MOST_FILES = 2_000_000
MOST_UNFOLDED = 200
"""A zip file that would unfold to more than this many times its own size is a bomb, unless it is small."""
SMALL = 100_000_000
"""What any zip file may unfold to [bytes]."""

_PIECE = 1 << 20
_ENCRYPTED = 0x1


class Source(Protocol):
    """The files of a package by path, as they are on the disk or in the archive."""

    @property
    def sizes(self) -> Mapping[str, int]:
        """Size of every file [bytes], by path."""
        ...

    def pieces(self, path: str) -> Iterator[bytes]:
        """The bytes of a file. Raises InputError (code "bag-file") when they cannot be had, or are not as promised."""
        ...


@contextmanager
def opened(place: Path) -> Iterator[Source]:
    """A package, folder or zip file, whose names have been looked at.

    Raises InputError: "not-a-bag" (nothing there, or neither), "bag-name", "bag-link", "bag-bomb", "bag-zip".
    """
    if place.is_dir():
        yield _Folder(place, _listed(place))
    elif place.is_file() and zipfile.is_zipfile(place):
        try:
            with zipfile.ZipFile(place) as archive:
                top, entries = _entries(archive, place.stat().st_size)
                yield _Zip(archive, top, entries)
        except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError) as error:
            raise refused("bag-zip", "The zip file is damaged.", f"{place.name}: {error}") from None
    else:
        raise refused("not-a-bag", "This is not a package.", f"{place.name}: neither a folder nor a zip file")


def refused(code: str, what: str, saw: str) -> InputError:
    """The error for a package that is not taken in."""
    return InputError(what, saw=saw, do="Ask whoever made it for a whole copy; nothing was taken in.", code=code)


@dataclass(frozen=True, slots=True)
class _Folder:
    root: Path
    sizes: Mapping[str, int]

    def pieces(self, path: str) -> Iterator[bytes]:
        try:
            with (self.root / path).open("rb") as stream:
                yield from _counted(stream, path, self.sizes[path])
        except (KeyError, OSError):
            raise refused("bag-file", "A file of the package cannot be read.", path) from None


@dataclass(frozen=True, slots=True)
class _Zip:
    archive: zipfile.ZipFile
    top: str
    entries: Mapping[str, zipfile.ZipInfo]

    @property
    def sizes(self) -> Mapping[str, int]:
        return {path: entry.file_size for path, entry in self.entries.items()}

    def pieces(self, path: str) -> Iterator[bytes]:
        try:
            with self.archive.open(self.entries[path]) as stream:
                yield from _counted(stream, path, self.entries[path].file_size)
        except (KeyError, OSError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError):
            raise refused("bag-file", "A file of the package cannot be read.", path) from None


def _counted(stream: IO[bytes], path: str, size: int) -> Iterator[bytes]:
    """The bytes of a file, never more than were promised."""
    count = 0
    while piece := stream.read(_PIECE):
        count += len(piece)
        if count > size:
            break
        yield piece
    if count != size:
        raise refused("bag-file", "A file of the package has another size than it says.", f"{path}: not {size} bytes")


def _listed(root: Path) -> dict[str, int]:
    found: dict[str, int] = {}
    for folder, folders, files in os.walk(root):
        for name in (*folders, *files):
            path = Path(folder) / name
            inside, status = path.relative_to(root).as_posix(), path.lstat()
            if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
                raise refused("bag-link", "The package has a link or a device in it.", inside)
            if stat.S_ISREG(status.st_mode):
                found[_named(inside)] = status.st_size
        _check_count(len(found))
    return found


def _entries(archive: zipfile.ZipFile, weight: int) -> tuple[str, dict[str, zipfile.ZipInfo]]:
    """The one folder at the top of a zip file, and its files by path in it."""
    entries = archive.infolist()
    _check_count(len(entries))
    for entry in entries:
        _check_entry(entry)
    files = [entry for entry in entries if not entry.is_dir()]
    unfolded, packed = (sum(getattr(e, key) for e in files) for key in ("file_size", "compress_size"))
    if packed > weight or unfolded > max(SMALL, MOST_UNFOLDED * weight):
        saw = f"{weight:,} bytes that would unfold to {unfolded:,}" if packed <= weight else "entries that overlap"
        raise refused("bag-bomb", "The zip file is made to fill the disk.", saw)
    tops = {entry.filename.split("/")[0] for entry in files}
    if len(tops) != 1:
        raise refused("bag-name", "A package in a zip file lies in one folder.", f"{len(tops)} at the top")
    top = tops.pop()
    found: dict[str, zipfile.ZipInfo] = {}
    for entry in files:
        path = _named(entry.filename.removeprefix(f"{top}/"))
        if path in found:
            raise refused("bag-name", "The zip file has two files of one name.", path)
        found[path] = entry
    return top, found


def _check_entry(entry: zipfile.ZipInfo) -> None:
    mode = entry.external_attr >> 16
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise refused("bag-link", "The package has a link or a device in it.", entry.filename[:120])
    if entry.flag_bits & _ENCRYPTED:
        raise refused("bag-zip", "The zip file is encrypted.", entry.filename[:120])
    if entry.orig_filename != entry.filename:
        raise refused("bag-name", "A name in the package cannot be used.", repr(entry.orig_filename[:120]))


def _named(path: str) -> str:
    try:
        return check_relative(path)
    except InputError as error:
        raise refused("bag-name", "A name in the package cannot be used.", error.saw) from None


def _check_count(count: int) -> None:
    if count > MOST_FILES:
        raise refused("bag-bomb", "The package has too many files.", f"over {MOST_FILES:,}")
