"""Where a package is written: a folder or a zip file, piece by piece, with its name only when all is there."""

from __future__ import annotations

import hashlib
import secrets
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from dateline.core.errors import InputError
from dateline.evidence.atomic import create_beside, settle, sync_folder
from dateline.evidence.names import check_relative

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every entry of a zip file: its earliest; the same package twice is the same bytes."""


@dataclass(frozen=True, slots=True)
class Written:
    """One file of a package."""

    path: str
    sha256: str
    bytes: int


class Parcel(Protocol):
    """A package while it is written."""

    def write(self, path: str, pieces: Iterable[bytes]) -> Written:
        """Adds one file and gives its hash and size."""
        ...


@contextmanager
def parcel(out: Path, *, zipped: bool, top: str = "") -> Iterator[Parcel]:
    """A new folder, or a zip file whose entries lie in the folder `top`.

    It has its name only after the block ended without an error; nothing is left otherwise. Raises InputError (code
    "out-exists") when there is something already: nothing is overwritten.
    """
    out = out.absolute()
    if out.exists() or out.is_symlink():
        raise InputError(
            "There is something of this name already.", saw=out.name, do="Give a name that is free.", code="out-exists"
        )
    out.parent.mkdir(parents=True, exist_ok=True)
    if zipped:
        yield from _zip(out, top)
    else:
        yield from _folder(out)
    sync_folder(out.parent)


def _folder(out: Path) -> Iterator[Parcel]:
    made = out.with_name(f".{secrets.token_hex(8)}.part")
    made.mkdir()
    try:
        yield _Folder(made)
        made.rename(out)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise


def _zip(out: Path, top: str) -> Iterator[Parcel]:
    temporary, stream = create_beside(out.parent)
    try:
        with stream:
            with zipfile.ZipFile(stream, "w", compression=zipfile.ZIP_DEFLATED, strict_timestamps=True) as archive:
                yield _Zip(archive, top)
            settle(stream)
        temporary.rename(out)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


@dataclass(frozen=True, slots=True)
class _Folder:
    root: Path

    def write(self, path: str, pieces: Iterable[bytes]) -> Written:
        place = self.root / check_relative(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("xb") as stream:
            return _copied(path, pieces, stream)


@dataclass(frozen=True, slots=True)
class _Zip:
    archive: zipfile.ZipFile
    top: str

    def write(self, path: str, pieces: Iterable[bytes]) -> Written:
        entry = zipfile.ZipInfo(f"{self.top}/{check_relative(path)}", _EPOCH)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        with self.archive.open(entry, "w", force_zip64=True) as stream:
            return _copied(path, pieces, stream)


class _Sink(Protocol):
    def write(self, data: bytes, /) -> object: ...


def _copied(path: str, pieces: Iterable[bytes], stream: _Sink) -> Written:
    digest, size = hashlib.sha256(), 0
    for piece in pieces:
        digest.update(piece)
        stream.write(piece)
        size += len(piece)
    return Written(path, digest.hexdigest(), size)
