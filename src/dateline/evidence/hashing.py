"""SHA-256 of many files at once, on all cores: hashlib lets other threads run while it works."""

from __future__ import annotations

import hashlib
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from threading import Lock, local

_BUFFER = 1 << 20
"""Read at once by each thread [bytes]."""

_AHEAD = 32
"""Files given to each thread before the first of them is asked for: small ones must not wait for a big one."""

Told = Callable[[int], None]
"""Told the number of bytes just read. It is called from the threads, one at a time."""


@dataclass(frozen=True, slots=True)
class Hashed:
    """What was read of one file: its SHA-256 and size, or why it could not be read."""

    path: Path
    sha256: str | None
    bytes: int
    error: str | None = None


def sha256_files(
    paths: Iterable[Path], on_progress: Told = lambda _bytes: None, *, threads: int | None = None
) -> Iterator[Hashed]:
    """SHA-256 of each file, in the order of `paths`, which are drawn as they are needed: memory stays flat.

    A file that cannot be read does not stop the others: its error is in its row. By default one thread a core.
    """
    count = threads or _cores()
    reader = _Reader(on_progress)
    source = iter(paths)
    with ThreadPoolExecutor(count) as pool:
        running: deque[Future[Hashed]] = deque(
            pool.submit(reader.read, path) for path in islice(source, count * _AHEAD)
        )
        try:
            while running:
                yield running.popleft().result()
                running.extend(pool.submit(reader.read, path) for path in islice(source, 1))
        finally:  # who asks for no more must not wait for what is left
            for one in running:
                one.cancel()


def _cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Reader:
    """Reads files, each thread into a buffer of its own."""

    def __init__(self, tell: Told) -> None:
        self._tell, self._lock, self._mine = tell, Lock(), local()

    def read(self, path: Path) -> Hashed:
        digest, size = hashlib.sha256(), 0
        buffer = self._buffer()
        try:
            with path.open("rb", buffering=0) as stream:
                while count := stream.readinto(buffer):
                    digest.update(buffer[:count])
                    size += count
                    with self._lock:
                        self._tell(count)
        except OSError as error:
            return Hashed(path, None, size, error.strerror or str(error))
        return Hashed(path, digest.hexdigest(), size)

    def _buffer(self) -> memoryview:
        if not hasattr(self._mine, "buffer"):
            self._mine.buffer = memoryview(bytearray(_BUFFER))
        found: memoryview = self._mine.buffer
        return found
