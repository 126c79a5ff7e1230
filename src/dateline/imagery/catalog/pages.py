"""Walking through the pages of a listing, and knowing when to stop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from dateline.evidence.door.request import Reply, Request
from dateline.imagery.catalog.service import Steps

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """What one reply held, and how to ask for the next one (None: it was the last)."""

    rows: Sequence[T]
    following: Request | None = None
    stopped: str | None = None
    """Why the next page is not asked for although there is one."""


@dataclass(frozen=True, slots=True)
class Walk(Generic[T]):
    """All rows of a listing with the number of the request that told each; how many requests; why it ended early."""

    rows: tuple[tuple[T, int], ...]
    requests: int
    note: str | None = None


def walk(first: Request, read: Callable[[Request, Reply], Page[T]], *, most: int, asked: int = 0) -> Steps[Walk[T]]:
    """Asks for page after page until the last, until more than `most` rows, or until a page says nothing new.

    `asked` is how many requests went before. Services whose paging never ends are left after 20 pages and one for
    every ten rows wanted.
    """
    rows: list[tuple[T, int]] = []
    request, count = first, 0
    while True:
        reply = yield request
        page = read(request, reply)
        rows.extend((row, asked + count) for row in page.rows)
        count += 1
        note = page.stopped
        if page.following is not None:
            note = _stop(page, request, len(rows), count, most)
        if note is not None or page.following is None:
            return Walk(tuple(rows), count, note)
        request = page.following


def _stop(page: Page[T], request: Request, rows: int, count: int, most: int) -> str | None:
    if rows > most:
        return f"there is more than the {most:,} that were wanted; ask for a shorter period or a smaller area"
    if not page.rows:
        return "the service offers further pages after an empty one"
    if page.following == request:
        return "the service repeats one page without end"
    if count >= 20 + most // 10:
        return f"the service has more than {count} pages"
    return None
