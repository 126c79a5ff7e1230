"""One writer at a time, between threads and between processes."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dateline.core.errors import InputError

try:
    import fcntl
except ImportError:  # a system without POSIX locks
    fcntl = None  # type: ignore[assignment]

_PATIENCE = 10.0
"""How long we wait for another writer where the system cannot queue us [s]."""


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Keeps others out of what `path` stands for while the block runs; waits for its turn.

    `path` is a file that exists for this only. A POSIX lock falls with the process that had it, so that a killed
    program never locks anyone out; without POSIX locks the file's existence is the lock.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if fcntl is None:
        with _by_existence(path):
            yield
        return
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _by_existence(path: Path) -> Iterator[None]:
    deadline = time.monotonic() + _PATIENCE
    while True:
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            break
        if time.monotonic() > deadline:
            raise InputError(
                "Another program is writing here and does not finish.",
                saw=f"the lock file {path.name} has been there for {_PATIENCE:g} s",
                do=f"Close the other dateline; if none is running, delete {path} and try again.",
                code="locked",
            )
        time.sleep(0.02)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
