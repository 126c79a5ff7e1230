"""A download that is not finished: the bytes so far, and what must be unchanged at the server to go on from there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from dateline.evidence.atomic import settle, sync_folder

FOLDER = ".downloads"
"""Where unfinished downloads and their locks lie, in the folder of granules: the same disk, so that a rename is one."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What the server said of the bytes that were begun: their version and their whole length [bytes].

    `version` is a strong ETag or a Last-Modified date (RFC 9110, 2022, 13.1.5); without one nothing can be resumed.
    """

    url: str
    version: str
    total: int | None


@dataclass(frozen=True, slots=True)
class Unfinished:
    """The part file of one name in a folder, and the mark beside it."""

    folder: Path
    name: str

    @property
    def part(self) -> Path:
        """The bytes so far."""
        return self.folder / FOLDER / f"{self.name}.part"

    @property
    def lock(self) -> Path:
        """The lock file: who has it, fetches this name."""
        return self.folder / FOLDER / f"{self.name}.lock"

    @property
    def _mark(self) -> Path:
        return self.folder / FOLDER / f"{self.name}.json"

    def size(self) -> int:
        """How many bytes there are."""
        return self.part.stat().st_size if self.part.is_file() else 0

    def mark(self, url: str) -> Mark | None:
        """What the bytes so far belong to; None when there are none, or when they are another address's."""
        try:
            mark = Mark(**json.loads(self._mark.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        return mark if mark.url == url and self.size() > 0 else None

    @contextmanager
    def begin(self, mark: Mark | None) -> Iterator[BinaryIO]:
        """An empty part to write to. The old bytes are gone first, and the mark is written before the first new one.

        Half a mark, after a crash, is no mark: then the file is begun again.
        """
        self.discard()
        self.part.parent.mkdir(parents=True, exist_ok=True)
        if mark is not None:
            self._mark.write_text(json.dumps(asdict(mark)), encoding="utf-8")
        with self.part.open("wb") as stream:
            yield stream
            settle(stream)

    @contextmanager
    def go_on(self, start: int) -> Iterator[BinaryIO]:
        """The part, to write on from `start` [bytes]."""
        with self.part.open("r+b") as stream:
            stream.truncate(start)
            stream.seek(start)
            yield stream
            settle(stream)

    def finish(self, target: Path) -> None:
        """Gives the whole and checked bytes their name."""
        self.part.replace(target)
        sync_folder(target.parent)
        self._mark.unlink(missing_ok=True)

    def discard(self) -> None:
        """Throws the bytes away."""
        self.part.unlink(missing_ok=True)
        self._mark.unlink(missing_ok=True)
