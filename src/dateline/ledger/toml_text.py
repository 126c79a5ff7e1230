"""A record's canonical text without a document model in between: the bytes of write.canonical_text, much faster."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from dateline.ledger.record import Record
from dateline.ledger.write import canonical_text, plain

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SHORT = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
_ESCAPED = re.compile(r'[\x00-\x1f"\\\x7f]')


def toml_text(record: Record) -> str:
    """The text of a new record's file: keys in canonical order, single values first, then tables."""
    told = plain(record)
    tables = {key: value for key, value in told.items() if isinstance(value, Mapping) and key not in record.inline}
    if any(isinstance(item, Mapping) for table in tables.values() for item in table.values()):
        return canonical_text(record)  # tables in tables: a measure; there are never many
    lines = [*_pairs({key: value for key, value in told.items() if key not in tables})]
    for key, table in tables.items():
        lines += [f"\n[{_key(key)}]\n", *_pairs(table)]
    return "".join(lines)


def _pairs(told: Mapping[str, Any]) -> Iterator[str]:
    return (f"{_key(key)} = {_value(value)}\n" for key, value in told.items())


@lru_cache(maxsize=4096)
def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _quoted(key)


def _value(value: Any) -> str:
    match value:
        case str():
            return _quoted(value)
        case bool():
            return str(value).lower()
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case Mapping():
            return "{" + ", ".join(f"{_key(key)} = {_value(item)}" for key, item in value.items()) + "}"
        case list() | tuple():
            return _array(value)
    return str(value)


def _array(values: list[Any] | tuple[Any, ...]) -> str:
    if any(isinstance(item, Mapping) for item in values):
        return "[\n" + "".join(f"    {_value(item)},\n" for item in values) + "]"
    return "[" + ", ".join(map(_value, values)) + "]"


def _quoted(text: str) -> str:
    return '"' + _ESCAPED.sub(_escape, text) + '"'


def _escape(match: re.Match[str]) -> str:
    return _SHORT.get(match[0]) or f"\\u{ord(match[0]):04x}"
