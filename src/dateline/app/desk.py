"""The case as the open app sees it: read again when its files changed, and who works in which browser."""

from __future__ import annotations

import os
import secrets
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import Response

from dateline.app.entry import signed, unsigned
from dateline.core.clock import Clock, SystemClock
from dateline.core.errors import UsageError
from dateline.core.identity import sha256_bytes
from dateline.evidence.custody import plain_name
from dateline.ledger.case import HEAD, MODELS, Case, Reads
from dateline.ledger.items import ItemRecord
from dateline.ledger.observation_log import FOLDER as OBSERVATIONS
from dateline.ledger.second_person import same_person

_FOLDERS = (*(model.folder for model in MODELS), ItemRecord.folder, OBSERVATIONS, "findings")
Signature = tuple[tuple[str, int, int], ...]


@dataclass(slots=True)
class Desk:
    """One open case. `worker` is who works here unless a browser says otherwise; `key` signs who a browser says."""

    root: Path
    port: int
    worker: str | None = None
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    clock: Clock = field(default_factory=SystemClock)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _seen: Signature = ()
    _case: Case | None = None
    _reads: Reads = field(default_factory=Reads, repr=False)

    def case(self) -> Case:
        """The case as its files are now. Raises RecordError with every fault while somebody's edit is broken."""
        with self._lock:
            now = tuple(_signature(self.root))
            if self._case is None or now != self._seen:
                self._case, self._seen = Case.load(self.root, reads=self._reads), now
            return self._case

    def known(self) -> Case:
        """The case as it was read last: for what seldom changes, such as its items, where every click asks."""
        return self._case or self.case()  # without the lock: nobody waits while a large case is read again


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
                continue
            with suppress(FileNotFoundError):  # somebody took it away since the folder was read
                state = entry.stat(follow_symlinks=False)
                yield entry.path, state.st_mtime_ns, state.st_size


def desk_of(request: Request) -> Desk:
    """The desk of the app that a request came to."""
    found: Desk = request.app.state.desk
    return found


def person(request: Request) -> str:
    """Who works in this browser, as they call themselves; a pseudonym will do. Raises UsageError `no-person`."""
    desk = desk_of(request)
    named = unquote(unsigned(request.cookies.get(_who_cookie(desk), ""), desk.key) or "") or desk.worker
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
    return folder_of(desk_of(request).root, person(request))


def folder_of(root: Path, name: str) -> str:
    """The name of the folder in which somebody's observations lie: the same on every machine, nobody else's.

    Names that lose letters as a file's name ("Ольга") get a word made of the whole name, or all of them would share
    one folder. Of names that differ in capital letters only the first one stays: some disks cannot tell them apart.
    """
    name = " ".join(unicodedata.normalize("NFC", name).split())
    made = plain_name(name)
    if not name.isascii() or len(name) > 50:
        made = f"{made[:40]}-{sha256_bytes(name.casefold().encode())[:8]}"
    return next((one for one in _observers(root) if one.casefold() == made.casefold()), made)


def twins(root: Path, name: str) -> tuple[str, ...]:
    """Folders of observers who may be the same person under another spelling."""
    own = folder_of(root, name)
    return tuple(one for one in _observers(root) if one != own and same_person(one, name))


def _observers(root: Path) -> list[str]:
    place = root / OBSERVATIONS
    return sorted(path.name for path in place.iterdir() if path.is_dir()) if place.is_dir() else []


def remember_person(request: Request, answer: Response, name: str) -> None:
    """Keeps who works in this browser until it is closed, signed: no other page of this machine can set it.

    Raises UsageError `no-person` for an empty name, and for signs that cannot be seen.
    """
    name = " ".join(unicodedata.normalize("NFC", name).split())
    hidden = any(unicodedata.category(letter).startswith("C") for letter in name)
    if not name or len(name) > 80 or hidden or not any(map(str.isalnum, name)):
        raise UsageError(
            "A person has a name.", saw=repr(name[:80]), do="Write 1 to 80 letters that can be seen.", code="no-person"
        )
    desk = desk_of(request)
    answer.set_cookie(_who_cookie(desk), signed(quote(name), desk.key), httponly=True, samesite="strict", path="/")


def _who_cookie(desk: Desk) -> str:
    return f"dateline-{desk.port}-who"
