"""Writing files so that a reader, or a crash, sees the old bytes or the new ones and never half of them."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


def write_atomic(path: Path, data: bytes, *, mode: int = 0o666) -> None:
    """Writes a whole file at once: temporary file beside it, fsync, rename, fsync of the folder.

    Makes the parent folders. `mode` is what a new file gets, less the umask. Raises OSError (disk full, no
    permission); the old file, if any, is then untouched and nothing is left beside it.
    """
    with open_atomic(path, mode=mode) as stream:
        stream.write(data)


@contextmanager
def open_atomic(path: Path, *, mode: int = 0o666) -> Iterator[BinaryIO]:
    """A stream for a file too big to write at once. It takes its name when the block ends without an error."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary, stream = create_beside(path.parent, mode=mode)
    try:
        with stream:
            yield stream
            settle(stream)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def create_beside(folder: Path, *, mode: int = 0o666) -> tuple[Path, BinaryIO]:
    """A new, empty, uniquely named temporary file in a folder, opened for writing."""
    temporary = folder / f".{secrets.token_hex(8)}.part"
    descriptor = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode)
    return temporary, os.fdopen(descriptor, "wb")


def settle(stream: BinaryIO) -> None:
    """Waits until what was written lies on the disk and not only in memory."""
    stream.flush()
    os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    """Waits until the names in a folder lie on the disk: without this a rename can be lost in a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
