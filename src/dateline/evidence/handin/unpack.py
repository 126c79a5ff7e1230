"""Folders and zips that somebody gave us, read without being unpacked: no name leads out, nothing blows up."""

from __future__ import annotations

import io
import itertools
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from dateline.core.errors import InputError
from dateline.evidence.names import check_relative

_END = struct.Struct("<10xH10x")
"""The end record of a zip; the total number of entries (APPNOTE 6.3.10, 4.3.16)."""
_SAID_ELSEWHERE = 0xFFFF
"""The number of entries stands in the ZIP64 record."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a zip may be: files, bytes unpacked [bytes], and how many times its packed size."""

    files: int = 100_000
    bytes: int = 500_000_000_000
    ratio: float = 200.0
    always: int = 1 << 26
    """Up to this the ratio is not looked at: a small text may pack very well [bytes]."""


class Tree(Protocol):
    """Files by their paths, wherever they lie."""

    name: str

    def paths(self) -> tuple[str, ...]:
        """The path of every file, in order."""
        ...

    def size(self, path: str) -> int:
        """Its size [bytes]."""
        ...

    def open(self, path: str) -> BinaryIO:
        """Its bytes, to be read once. Raises InputError ("zip", "not-a-file")."""
        ...


class FolderTree:
    """The files below a folder. Links are refused: they may lead anywhere."""

    def __init__(self, folder: Path) -> None:
        self.name = folder.name
        self._folder = folder
        self._files = {path.relative_to(folder).as_posix(): path for path in _walk(folder)}

    def paths(self) -> tuple[str, ...]:
        return tuple(sorted(self._files))

    def size(self, path: str) -> int:
        return self._files[path].stat().st_size

    def open(self, path: str) -> BinaryIO:
        return self._files[path].open("rb")


class FileTree:
    """One file, as if it lay in a folder by itself."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self._path = path

    def paths(self) -> tuple[str, ...]:
        return (self._path.name,)

    def size(self, _path: str) -> int:
        return self._path.stat().st_size

    def open(self, _path: str) -> BinaryIO:
        return self._path.open("rb")


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        check_relative(path.name)
        status = path.lstat()
        if stat.S_ISDIR(status.st_mode):
            yield from _walk(path)
        elif stat.S_ISREG(status.st_mode):
            yield path
        else:
            raise _refused(folder.name, f"{path.name}: a link, a pipe or a device", "link")


class ZipTree:
    """The files in a zip. A zip within it is one file and is never opened by itself.

    `twins`: several files of one name are numbered (a.jpg, a~2.jpg), as ATLOS writes them; without it they are refused.
    """

    def __init__(self, stream: BinaryIO, name: str, limits: Limits | None = None, *, twins: bool = False) -> None:
        self.name = name
        try:
            self._zip = zipfile.ZipFile(stream)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RecursionError) as error:
            raise _refused(name, f"no zip that can be read ({error})", "zip") from error
        _check_count(stream, self._zip, name)
        self._members = _checked(self._zip, name, limits or Limits(), twins=twins)

    def paths(self) -> tuple[str, ...]:
        return tuple(sorted(self._members))

    def size(self, path: str) -> int:
        return self._members[path].file_size

    def is_stored(self, path: str) -> bool:
        """Whether it lies in the zip as it is, so that one can jump about in it."""
        return self._members[path].compress_type == zipfile.ZIP_STORED

    def open(self, path: str) -> BinaryIO:
        member = self._members[path]
        with _translated(self.name, path):
            return cast(BinaryIO, _Member(cast(zipfile.ZipExtFile, self._zip.open(member)), self.name, path))

    def read(self, path: str, *, most: int) -> bytes:
        """The whole of a small file, at most `most` [bytes]. Raises InputError ("zip")."""
        if self.size(path) > most:
            raise _refused(self.name, f"{path}: {self.size(path):,} bytes, where at most {most:,} make sense", "zip")
        with self.open(path) as stream:
            return stream.read()


class _Member(io.RawIOBase):
    """A file in a zip, whose damages are errors of ours."""

    def __init__(self, stream: zipfile.ZipExtFile, archive: str, path: str) -> None:
        super().__init__()
        self._stream, self._archive, self._path = stream, archive, path

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def read(self, length: int = -1) -> bytes:
        with _translated(self._archive, self._path):
            return bytes(self._stream.read(length))

    def seek(self, offset: int, whence: int = 0) -> int:
        with _translated(self._archive, self._path):
            return int(self._stream.seek(offset, whence))

    def tell(self) -> int:
        return int(self._stream.tell())

    def close(self) -> None:
        self._stream.close()
        super().close()


def _checked(archive: zipfile.ZipFile, name: str, limits: Limits, *, twins: bool) -> dict[str, zipfile.ZipInfo]:
    """The members by path. Raises InputError: "zip-bomb", "zip", "link", "name"."""
    infos = archive.infolist()
    if len(infos) > limits.files:
        raise _bomb(name, f"{len(infos):,} files, where at most {limits.files:,} make sense")
    members: dict[str, zipfile.ZipInfo] = {}
    taken: set[str] = set()
    for info in infos:
        path = check_relative(_spelt(info).removesuffix("/"))
        if _spelt(info).endswith("/"):
            continue
        _check_member(info, path, name)
        if path.casefold() in taken:
            if not twins:
                raise _refused(name, f"{path}: two files of one name", "zip")
            path = _numbered(path, taken)
        taken.add(path.casefold())
        members[path] = info
    unpacked, packed = sum(info.file_size for info in infos), max(1, sum(info.compress_size for info in infos))
    if unpacked > limits.bytes or (unpacked > limits.always and unpacked > limits.ratio * packed):
        raise _bomb(name, f"{unpacked:,} bytes unpacked, out of {packed:,}")
    return members


def _check_count(stream: BinaryIO, archive: zipfile.ZipFile, name: str) -> None:
    """As many files listed as the end record says: zipfile itself takes a list that lost its end for whole."""
    stream.seek(-(_END.size + len(archive.comment)), io.SEEK_END)
    (said,) = _END.unpack(stream.read(_END.size))
    found = len(archive.infolist())
    if said not in {found, _SAID_ELSEWHERE}:
        raise _refused(name, f"its list of files has {found:,}, its end says {said:,}", "zip")


def _numbered(path: str, taken: set[str]) -> str:
    stem, dot, end = path.rpartition(".") if "." in path.rpartition("/")[2] else (path, "", "")
    numbered = (f"{stem}~{number}{dot}{end}" for number in itertools.count(2))
    return next(name for name in numbered if name.casefold() not in taken)


def _spelt(info: zipfile.ZipInfo) -> str:
    """The name as written: zipfile itself cuts a name at a NUL, and readers then disagree."""
    return info.orig_filename


def _check_member(info: zipfile.ZipInfo, path: str, name: str) -> None:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in {0, stat.S_IFREG}:
        raise _refused(name, f"{path}: a link, a pipe or a device", "link")
    if info.flag_bits & 1:
        raise _refused(name, f"{path}: encrypted", "zip")


@contextmanager
def _translated(archive: str, path: str) -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise _refused(archive, f"{path}: {str(error)[:120] or type(error).__name__}", "zip") from error


def _refused(name: str, saw: str, code: str) -> InputError:
    return InputError(
        "The folder or zip cannot be taken in as it is.",
        saw=f"{name}: {saw}",
        do="Ask whoever made it for a sound one. A zip can also be kept shut, as one file (--as-file).",
        code=code,
    )


def _bomb(name: str, saw: str) -> InputError:
    return InputError(
        "The zip unpacks to far more than it should.",
        saw=f"{name}: {saw}",
        do="Don't unpack it. It can be kept shut, as one file (--as-file).",
        code="zip-bomb",
    )
