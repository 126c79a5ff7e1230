"""What the screen works out once for each state of the case: rows, speakers, origins."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import cast

from starlette.requests import Request

from dateline.app.desk import desk_of
from dateline.app.screens.claims.curtain import Curtain
from dateline.app.screens.claims.listing import Row, rows_of
from dateline.ledger.case import Case

REMEMBERED = 400
"""Texts of record files, as pages showed them last."""


@dataclass(frozen=True)
class Index:
    """The claims of a case as they stood when it was read."""

    case: Case

    @cached_property
    def curtain(self) -> Curtain:
        """What is covered."""
        return Curtain(self.case)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """Every claim, by id."""
        return rows_of(self.case.claims.values(), self.curtain)

    @cached_property
    def by_id(self) -> dict[str, Row]:
        """The rows, by id."""
        return {row.id: row for row in self.rows}

    @cached_property
    def speakers(self) -> list[tuple[str, str]]:
        """Id and name of everybody who speaks and may be named, by name."""
        found = {row.speaker_id: row.speaker for row in self.rows if row.speaker_id is not None}
        return sorted(found.items(), key=lambda one: one[1].casefold())

    @cached_property
    def origins(self) -> list[str]:
        """Whoever is said to know."""
        return sorted({row.origin for row in self.rows if row.origin}, key=str.casefold)


@dataclass
class Memory:
    """The index of the case as it was last, and the texts that pages were made of, by hash."""

    index: Index | None = None
    texts: OrderedDict[str, str] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def remember(self, sha256: str, text: str) -> None:
        """Keeps a text as somebody saw it."""
        with self.lock:
            self.texts[sha256] = text
            self.texts.move_to_end(sha256)
            while len(self.texts) > REMEMBERED:
                self.texts.popitem(last=False)


_LOCK = Lock()


def memory_of(request: Request) -> Memory:
    """The memory of the app that a request came to."""
    with _LOCK:
        if not hasattr(request.app.state, "claims"):
            request.app.state.claims = Memory()
        return cast("Memory", request.app.state.claims)


def index_of(request: Request, *, fresh: bool = True) -> Index:
    """The index of the case as its files are now. Raises RecordError while somebody's edit is broken.

    Not fresh: of the case as it was read last, for what is asked at every key that somebody presses.
    """
    desk, memory = desk_of(request), memory_of(request)
    case = desk.case() if fresh else desk.known()
    with memory.lock:
        if memory.index is None or memory.index.case is not case:
            memory.index = Index(case)
        return memory.index
