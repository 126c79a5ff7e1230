"""What is being archived at this moment, noted before each step, so that a killed program's item is still logged."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import Self

from dateline.core.identity import is_id
from dateline.evidence.atomic import sync_folder

try:
    import fcntl
except ImportError:  # a system without POSIX locks
    fcntl = None  # type: ignore[assignment]

FOLDER = Path(".dateline") / "archiving"
"""Where the notes lie in a case: one file a running program, the id of each item on a line before its record."""

_YOUNG = 60.0
"""An empty note younger than this is left alone [s]."""

_OLD = 86_400.0
"""Where the system has no locks, a note that was not written to for this long was left behind [s]."""


class Unfinished:
    """The note of one running program. Use it as a context manager: it goes when the work ends without an error."""

    def __init__(self, case: Path) -> None:
        self._path = case / FOLDER / f"{secrets.token_hex(8)}.ids"
        self._stream: FileIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._stream is None:
            return
        if kind is None:
            self._path.unlink(missing_ok=True)
        self._stream.close()

    def begin(self, name: str) -> None:
        """Notes, on the disk, that the record of this item is about to be written, and is not logged yet."""
        if self._stream is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._stream = FileIO(self._path, "x")
            if fcntl is not None:
                fcntl.flock(self._stream.fileno(), fcntl.LOCK_EX)
            sync_folder(self._path.parent)
        self._stream.write(f"{name}\n".encode())
        os.fsync(self._stream.fileno())


def left_behind(case: Path) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """The notes of programs that did not end well: the file, and the ids in it. Delete the file when done."""
    folder = case / FOLDER
    for path in sorted(folder.glob("*.ids")) if folder.is_dir() else ():
        with suppress(FileNotFoundError):  # its program has just ended well
            if _is_left(path):
                lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
                yield path, tuple(line for line in lines if is_id(line))


def _is_left(path: Path) -> bool:
    if fcntl is None:
        return time.time() - path.stat().st_mtime > _OLD
    status = path.stat()
    if status.st_size == 0 and time.time() - status.st_mtime < _YOUNG:  # its program may just be about to lock it
        return False
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True
