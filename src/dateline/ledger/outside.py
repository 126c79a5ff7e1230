"""A case as others may have it: without what is off the record, and without words whose speaker may not be named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from dateline.core.errors import InputError
from dateline.ledger.agreed import called, off_record, standing, unnamed
from dateline.ledger.case import Case
from dateline.ledger.claim import Claim
from dateline.ledger.media_item import MediaItem
from dateline.ledger.reading import shapes_of
from dateline.ledger.record import Record
from dateline.ledger.secrets import secrets_of
from dateline.ledger.source import Source
from dateline.ledger.terms import OPEN
from dateline.ledger.write import plain

OFF, NAMELESS, RESTING = "what is off the record", "what was told without a name", "what rests on either"
EMBARGOED = "what was told under an embargo"
_WHOLE = frozenset({"measure", "matrix"})
"""Records that mean something else without one of the others that they name: they stay as a whole."""


@dataclass(frozen=True, slots=True)
class Outside:
    """The case without what stays, and what stays: ids, and how many for each reason. Others learn the numbers only."""

    case: Case
    stays: frozenset[str]
    without: Mapping[str, str]


def outside(case: Case, *, now: datetime | None = None) -> Outside:
    """What of a case may leave the house now; where nobody says what time it is, no embargo of terms is over.

    Records off the record stay; so do, since the name or who it was would stand beside the words, records of what was
    told on background or not for attribution, and sources whose names are not printed. References to what stays are
    taken out of other records; a record that cannot do without them stays as well.

    Raises InputError (code "off-record-named") when what is left names somebody or repeats words all the same.
    """
    off, nameless, early = off_record(case.records), _nameless(case), _early(case, now)
    own = off | nameless | early
    records = {name: _open_rows(record, nameless) for name, record in case.records.items() if name not in own}
    stays = set(own)
    touched = True
    while touched:
        touched = False
        for name, record in list(records.items()):
            kept = _without(record, stays, case)
            if kept is None:
                del records[name]
                stays.add(name)
                touched = True
            else:
                records[name] = kept
    _check(case, records)
    counts = {
        OFF: len(off),
        NAMELESS: len(nameless - off),
        EMBARGOED: len(early - off - nameless),
        RESTING: len(stays - own),
    }
    return Outside(
        case=replace(
            case,
            records=MappingProxyType(records),
            paths=MappingProxyType({name: path for name, path in case.paths.items() if name in records}),
        ),
        stays=frozenset(stays),
        without={why: f"{count} record{'s' * (count != 1)}" for why, count in counts.items() if count},
    )


def _check(case: Case, records: Mapping[str, Record]) -> None:
    secrets = secrets_of(case.records)
    if not secrets.names and not secrets.runs:
        return
    found = [
        f"{case.paths[name]} has {'the name' if what == 'name' else 'words'} of {owner}"
        for name, record in records.items()
        for owner, what, _ in dict.fromkeys(secrets.in_text("\n".join(_strings(record.to_json()))))
    ]
    if found:
        raise InputError(
            "Records that would leave the house betray what may not.",
            saw="; ".join(dict.fromkeys(found[:8])),
            do="Say it there in other words, or write the same terms into that record.",
            code="off-record-named",
        )


def _strings(plain_json: Any) -> Iterator[str]:
    match plain_json:
        case str():
            yield plain_json
        case dict():
            for value in plain_json.values():
                yield from _strings(value)
        case list():
            for value in plain_json:
                yield from _strings(value)


def _nameless(case: Case) -> frozenset[str]:
    """Sources that are not named, and words beside which their speaker's name may not stand."""
    found = set(unnamed(case.records))
    for name, record in case.records.items():
        terms = standing(record, case.records)
        source = case.records.get(record.speaker) if isinstance(record, Claim) else None
        if isinstance(source, Source):
            if called(source, terms, "en") != source.name("en"):
                found.add(name)
        elif isinstance(record, MediaItem) and terms.are != OPEN:
            found.add(name)
    return frozenset(found)


def _early(case: Case, now: datetime | None) -> frozenset[str]:
    """What was told on the condition that it is not used yet."""
    until = {name: standing(record, case.records).embargo for name, record in case.records.items()}
    return frozenset(name for name, day in until.items() if day is not None and (now is None or now < day))


def _open_rows(record: Record, nameless: frozenset[str]) -> Record:
    """A recording without the stretches that are not on the record."""
    if not isinstance(record, MediaItem):
        return record
    rows = tuple(row for row in record.transcript if row.terms in {None, OPEN} and row.speaker not in nameless)
    return record if rows == record.transcript else record.model_copy(update={"transcript": rows})


def _without(record: Record, stays: set[str], case: Case) -> Record | None:
    """The record without references to what stays; None when it cannot do without them."""
    gone = [ref.key for ref in record.refs() if ref.id in stays]
    if not gone:
        return record
    if record.kind in _WHOLE:
        return None
    data = plain(record)
    for key in gone:
        _take_out(data, key.split("."))
    try:
        return type(record).model_validate(_tidy(data), context={"shapes": shapes_of(case.root)})
    except ValidationError:
        return None


class _Gone:
    """In place of an entry of a list until all are taken out: places in lists count."""


def _take_out(data: Any, steps: list[str]) -> None:
    step: Any = int(steps[0]) if isinstance(data, list | tuple) else steps[0]
    if len(steps) > 1:
        if isinstance(data[step], tuple):
            data[step] = list(data[step])
        _take_out(data[step], steps[1:])
    elif isinstance(data, list):
        data[step] = _Gone
    else:
        del data[step]


def _tidy(data: Any) -> Any:
    match data:
        case dict():
            return {key: _tidy(value) for key, value in data.items()}
        case list() | tuple():
            return [_tidy(value) for value in data if value is not _Gone]
    return data
