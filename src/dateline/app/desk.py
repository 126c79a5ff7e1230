"""The case as the open app sees it: read again when its files changed, and who works in which browser."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import Response

from dateline.core.clock import Clock, SystemClock
from dateline.core.errors import UsageError
from dateline.evidence.custody import plain_name
from dateline.ledger.case import HEAD, MODELS, Case
from dateline.ledger.items import ItemRecord
from dateline.ledger.observation_log import FOLDER as OBSERVATIONS

_FOLDERS = (*(model.folder for model in MODELS), ItemRecord.folder, OBSERVATIONS, "findings")
Signature = tuple[tuple[str, int, int], ...]


@dataclass(slots=True)
class Desk:
    """One open case. `worker` is who works here unless a browser says otherwise."""

    root: Path
    port: int
    worker: str | None = None
    clock: Clock = field(default_factory=SystemClock)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _seen: Signature = ()
    _case: Case | None = None

    def case(self) -> Case:
        """The case as its files are now. Raises RecordError with every fault while somebody's edit is broken."""
        with self._lock:
            now = tuple(_signature(self.root))
            if self._case is None or now != self._seen:
                self._case, self._seen = Case.load(self.root), now
            return self._case

    def known(self) -> Case:
        """The case as it was read last: for what seldom changes, such as its items, where every click asks."""
        with self._lock:
            return self._case or self.case()


def _signature(root: Path) -> Iterator[tuple[str, int, int]]:
    """Name, time and size of every file that a case is made of."""
    state = (root / HEAD).stat()
    yield HEAD, state.st_mtime_ns, state.st_size
    for folder in _FOLDERS:
        yield from _files(root / folder)


def _files(folder: Path) -> Iterator[tuple[str, int, int]]:
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda one: one.name):
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _files(Path(entry.path))
            else:
                state = entry.stat(follow_symlinks=False)
                yield entry.path, state.st_mtime_ns, state.st_size


def desk_of(request: Request) -> Desk:
    """The desk of the app that a request came to."""
    found: Desk = request.app.state.desk
    return found


def person(request: Request) -> str:
    """Who works in this browser, as they call themselves; a pseudonym will do. Raises UsageError `no-person`."""
    desk = desk_of(request)
    named = unquote(request.cookies.get(_who_cookie(desk), "")) or desk.worker
    if not named:
        raise UsageError(
            "Nobody is named as who looks.",
            saw="no name in this browser",
            do="Write your name, or a pseudonym, at the top of the page.",
            code="no-person",
        )
    return named


def observer(request: Request) -> str:
    """The folder of this person's observations."""
    return plain_name(person(request))


def remember_person(request: Request, answer: Response, name: str) -> None:
    """Keeps who works in this browser until it is closed. Raises UsageError `no-person` for an empty name."""
    name = " ".join(name.split())
    if not name or len(name) > 80:
        raise UsageError("A person has a name.", saw=repr(name[:80]), do="Write 1 to 80 letters.", code="no-person")
    answer.set_cookie(_who_cookie(desk_of(request)), quote(name), httponly=True, samesite="strict", path="/")


def _who_cookie(desk: Desk) -> str:
    return f"dateline-{desk.port}-who"
