"""What a screen covers until somebody asks to see it: positions of people, names not to be named, words off the record.

People work with these; what is covered is covered from whoever looks over their shoulder, from a shared screen and a
screenshot. So the value is not in the page at all: a button fetches it, and leaving the page covers it again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dateline.app.desk import desk_of
from dateline.core.errors import UsageError
from dateline.ledger.agreed import Records, standing, unnamed
from dateline.ledger.claim import Claim
from dateline.ledger.place import Place
from dateline.ledger.record import Record
from dateline.ledger.reply import Reply
from dateline.ledger.source import Source
from dateline.ledger.write import plain

POSITION = frozenset({"where", "quay", "slots", "located_by", "note"})
NAMED = frozenset({"names", "note", "interests", "history", "sources"})
SAID = frozenset({"statement", "original", "quote", "answer", "translation", "note"})
"""Fields, by their first word, of a sensitive place, of a source that is not named, of words off the record."""


def is_covered(records: Records, name: str, field: str) -> bool:
    """Whether a field (a dotted path, "where.lon") of a record is shown only to somebody who asks."""
    record, first = records.get(name), field.partition(".")[0]
    match record:
        case Place():
            return record.is_sensitive and first in POSITION
        case Source():
            return first in NAMED and name in unnamed(records)
        case Claim() | Reply():
            return first in SAID and standing(record, records).is_off
    return False


def told(record: Record, field: str) -> str:
    """A field of a record in words. Raises UsageError `no-field` where there is none."""
    value: Any = plain(record)
    for part in field.split("."):
        inside = value.get(part) if isinstance(value, Mapping) else _nth(value, part)
        if inside is None:
            raise UsageError(
                "The record says nothing there.", saw=field[:80], do="Reload the page: it was changed.", code="no-field"
            )
        value = inside
    return "; ".join(_words(value))


def _nth(value: Any, part: str) -> Any:
    is_there = (
        isinstance(value, Sequence) and not isinstance(value, str) and part.isdecimal() and int(part) < len(value)
    )
    return value[int(part)] if is_there else None


def _words(value: Any) -> Iterator[str]:
    match value:
        case Mapping():
            yield from (f"{key}: {', '.join(_words(inner))}" for key, inner in value.items())
        case list() | tuple():
            yield from (", ".join(_words(inner)) for inner in value)
        case _:
            yield str(value)


async def uncover(request: Request) -> Response:
    """POST {record, field}: the words of one field. Asked for by a person's click, and logged nowhere."""
    asked = await request.json()
    name, field = (str(asked.get(key, "")) for key in ("record", "field")) if isinstance(asked, dict) else ("", "")
    record = desk_of(request).known().records.get(name)
    if record is None:
        raise UsageError("The case has no such record.", saw=name[:80], do="Reload the page.", code="no-record")
    return JSONResponse({"text": told(record, field)})


ROUTES = (Route("/api/uncover", uncover, methods=["POST"]),)
