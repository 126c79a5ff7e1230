"""Zip archives from strangers, read in memory: nothing is unpacked to disk under a name that the archive chose."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import PurePosixPath

from dateline.core import InputError

MOST_BYTES = 256 << 20
"""A file of places that is larger than this [bytes], packed or unpacked, is not a list of places."""
MOST_ENTRIES = 1000


def members(data: bytes, suffixes: Sequence[str], *, origin: str) -> dict[str, bytes]:
    """The files in a zip archive whose names end in one of the suffixes: name in the archive -> bytes.

    InputError for an archive that is broken or locked with a password (`zip`), that names a path outside itself
    (`zip-traversal`), or that unpacks to more than MOST_BYTES or holds more than MOST_ENTRIES (`zip-bomb`).
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_listing(archive, origin)
            wanted = [info for info in archive.infolist() if info.filename.lower().endswith(tuple(suffixes))]
            return _read(archive, wanted, origin)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError) as error:
        raise InputError(
            "This zip archive cannot be read.",
            saw=f"{origin}: {error}",
            do="Make the archive again, without a password, or give the file inside it.",
            code="zip",
        ) from error


def _check_listing(archive: zipfile.ZipFile, origin: str) -> None:
    listing = archive.infolist()
    if len(listing) > MOST_ENTRIES:
        raise _bomb(f"{origin}: {len(listing):,} entries")
    for info in listing:
        name = info.filename.replace("\\", "/")
        outside = ".." in PurePosixPath(name).parts or name.startswith("/") or ":" in name.split("/")[0]
        if outside or stat.S_ISLNK(info.external_attr >> 16):
            raise InputError(
                "This archive names a path outside itself.",
                saw=f"{origin}: {info.filename!r}",
                do="Do not unpack it by hand; ask the sender for the file alone.",
                code="zip-traversal",
            )


def _read(archive: zipfile.ZipFile, wanted: list[zipfile.ZipInfo], origin: str) -> dict[str, bytes]:
    """The stated sizes may lie, so that reading stops at the limit whatever they say."""
    left = MOST_BYTES
    found: dict[str, bytes] = {}
    for info in wanted:
        with archive.open(info) as stream:
            content = stream.read(left + 1)
        if len(content) > left:
            raise _bomb(f"{origin}: {info.filename!r} unpacks past {MOST_BYTES >> 20} MB")
        left -= len(content)
        found[info.filename] = content
    return found


def _bomb(saw: str) -> InputError:
    return InputError(
        "This archive unpacks to far more than a list of places.",
        saw=saw,
        do="Give the .kml, .gpkg, .geojson or .shp alone, cut to the places you need.",
        code="zip-bomb",
    )
