"""Files that are being written: their writer keeps a lock on them, so that what a killed one left can be told apart."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from dateline.evidence.atomic import create_beside

try:
    import fcntl
except ImportError:  # a system without POSIX locks
    fcntl = None  # type: ignore[assignment]

YOUNG = 60.0
"""A file younger than this is left alone: its writer may not have locked it yet [s]."""

OLD = 86_400.0
"""Where the system has no locks, a file that was not written to for this long was left behind [s]."""


def claim(folder: Path) -> tuple[Path, BinaryIO]:
    """A new temporary file that sweep() leaves alone while it is open. It is released when it is closed."""
    path, stream = create_beside(folder, mode=0o600)
    if fcntl is not None:
        fcntl.flock(stream.fileno(), fcntl.LOCK_EX)
    return path, stream


def sweep(folder: Path) -> int:
    """Removes what killed writers left in a folder of temporary files, and gives how many there were.

    A file whose writer lives, on this machine, is never touched.
    """
    with os.scandir(folder) as entries:
        found = [Path(entry.path) for entry in entries if entry.name.endswith(".part")]
    swept = 0
    for path in found:
        with suppress(OSError):  # its writer has just finished; tidying up never stops anybody
            if _is_left(path):
                path.unlink()
                swept += 1
    return swept


def _is_left(path: Path) -> bool:
    age = time.time() - path.stat().st_mtime
    if fcntl is None or age < YOUNG:
        return age > OLD
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True
