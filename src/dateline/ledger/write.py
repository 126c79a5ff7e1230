"""Writing records: new ones in canonical form, changed ones key by key, and never what a person did not change."""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import BaseModel
from tomlkit.container import Container
from tomlkit.items import AbstractTable, AoT, Table

from dateline.core.errors import InputError, RecordError
from dateline.evidence.atomic import write_atomic
from dateline.evidence.item import Item
from dateline.ledger.case import HEAD, MODELS
from dateline.ledger.head import Head
from dateline.ledger.items import ItemRecord
from dateline.ledger.order import in_order
from dateline.ledger.reading import load_record, name_in, shapes_of, validated
from dateline.ledger.record import Record
from dateline.ledger.toml_lines import statements

_MARK = "\ufeff"


def plain(record: Record) -> dict[str, Any]:
    """A record as TOML says it: canonical key order, and nothing that is unknown or left at its default.

    The head of a case spells its defaults out: they are choices that the page prints.
    """
    if isinstance(record, ItemRecord):
        return tomllib.loads(record.item.to_toml())
    if isinstance(record, Head):
        told = record.model_dump(by_alias=True, exclude_none=True)
        return {key: value for key, value in told.items() if value != ()}
    told = record.model_dump(by_alias=True, exclude_none=True, exclude_defaults=True)
    return {"schema": record.schema_, **told}


def canonical_text(record: Record) -> str:
    """The text of a new record's file: keys in canonical order, single values first, then tables."""
    document = tomlkit.document()
    told = plain(record)
    tables = {key for key, value in told.items() if isinstance(value, Mapping) and key not in record.inline}
    for key, value in told.items():
        if key not in tables:
            document.add(key, _item(value))
    for key in (key for key in told if key in tables):
        document.add(tomlkit.nl())
        document.add(key, _table(told[key]))
    return tomlkit.dumps(document)


def _table(told: Mapping[str, Any]) -> tomlkit.items.Table:
    inner = {key: value for key, value in told.items() if isinstance(value, Mapping)}
    table = tomlkit.table(is_super_table=bool(inner) and len(inner) == len(told))
    for key, value in told.items():
        if key not in inner:
            table.add(key, _item(value))
    for key, value in inner.items():
        table.add(key, _table(value))
    return table


def _item(value: Any) -> Any:
    """One value in one line; a list of tables one a line."""
    if isinstance(value, Mapping):
        table = tomlkit.inline_table()
        table.update({key: _item(item) for key, item in value.items()})
        return table
    if isinstance(value, list | tuple):
        array = tomlkit.array()
        array.extend(_item(item) for item in value)
        return array.multiline(any(isinstance(item, Mapping) for item in value))
    return tomlkit.item(value)


def write_new(root: Path, record: Record) -> Path:
    """Writes a record that the case does not have yet and gives its path. Atomic.

    Raises InputError (code "record-exists") when there is a file of that name: nothing is overwritten; RecordError
    when the record could not be read again.
    """
    path = root / HEAD if isinstance(record, Head) else root / record.folder / f"{record.id}.toml"
    if path.exists():
        raise InputError(
            f"The case already has a {record.kind} {record.id}.",
            saw=str(path.relative_to(root)),
            do="Give the new one another id, or edit that file.",
            code="record-exists",
        )
    text = canonical_text(record)
    _check(text, record, path, root)
    write_atomic(path, text.encode())
    return path


def _check(text: str, record: Record, path: Path, root: Path) -> None:
    """Raises RecordError when what is about to be written could not be read again; records made in Python may be so."""
    if isinstance(record, ItemRecord):
        return
    model, file = type(record), name_in(path, root)
    _, faults = validated(tomllib.loads(text), model, file=file, text=text, shapes=shapes_of(root))
    if faults:
        raise RecordError(faults, case=str(root))


def rewrite(path: Path, *, root: Path) -> bool:
    """Puts the keys of a record's file in canonical order, comments with them; whether that changed anything.

    Every line stays as it was written. A file that is in order already keeps its bytes and is not touched.
    Raises RecordError when the record is broken.
    """
    model = model_of(path, root)
    if issubclass(model, Record):
        load_record(path, model, root=root)
    old = path.read_bytes().decode("utf-8")
    mark = _MARK if old.startswith(_MARK) else ""
    new = mark + in_order(old.removeprefix(_MARK), model)
    if new != old:
        write_atomic(path, new.encode())
    return new != old


def updated(path: Path, record: Record, *, root: Path) -> tuple[str, str]:
    """The text of a record's file as it is and as `update` would write it; the same twice where nothing differs.

    Nothing is written. Raises as update does.
    """
    current = load_record(path, type(record), root=root)
    if current.id != record.id:
        raise InputError(
            "This file belongs to another record.", saw=f"{path.name} is {current.id}", do=f"Write {record.id}.toml."
        )
    before = path.read_bytes().decode("utf-8")
    old, new = plain(current), plain(record)
    if old == new:
        return before, before
    mark = _MARK if before.startswith(_MARK) else ""
    text = before.removeprefix(_MARK)
    was_in_order = in_order(text, type(record)) == text
    changed = _changed(text, old, new, record)
    if was_in_order:
        changed = in_order(changed, type(record))
    _check(changed, record, path, root)
    return before, mark + changed


def update(path: Path, record: Record, *, root: Path) -> bool:
    """Writes into a record's file what differs from what it says now; whether anything did.

    Keys that say the same keep their place, spelling and comments; new keys go where canonical order has them, as
    far as the order in the file is canonical. Raises RecordError when the file is broken, InputError when it is
    another record's.
    """
    before, after = updated(path, record, root=root)
    if after != before:
        write_atomic(path, after.encode())
    return after != before


def _changed(text: str, old: Mapping[str, Any], new: Mapping[str, Any], record: Record) -> str:
    document = tomlkit.parse(text)
    added: dict[str, Any] = {}
    for key in old.keys() - new.keys():
        document.pop(key, None)
    for key, value in new.items():
        if key in old and old[key] == value:
            continue
        there = document.get(key)
        if isinstance(there, AbstractTable) and isinstance(value, Mapping):
            _fill(there, value)
        elif isinstance(value, Mapping) and key not in record.inline:
            document.pop(key, None)
            document[key] = _table(value)
        elif there is None or isinstance(there, Table | AoT):
            document.pop(key, None)
            added[key] = _item(value)
        else:
            document[key] = _item(value)
    return _with_values(tomlkit.dumps(document), added)


def _with_values(text: str, added: Mapping[str, Any]) -> str:
    """Text with further single values after the last one it has, before its tables."""
    values = itertools.takewhile(lambda item: not item.header, statements(text))
    at = max((item.end for item in values), default=0)
    end = "\r\n" if "\r\n" in text else "\n"
    lines = tomlkit.dumps(added).replace("\n", end)
    before = text[:at]
    if before and not before.endswith("\n"):
        before += end
    return before + lines + text[at:]


def _fill(table: AbstractTable | Container, value: Mapping[str, Any]) -> None:
    for key in [key for key in table if key not in value]:
        del table[key]
    for key, item in value.items():
        if key in table and _same(table[key], item):
            continue
        there = table.get(key)
        if isinstance(there, AbstractTable) and isinstance(item, Mapping):
            _fill(there, item)
        else:
            table[key] = _item(item)


def _same(written: Any, value: Any) -> bool:
    raw = written.unwrap() if hasattr(written, "unwrap") else written
    return bool(_spelt(raw) == _spelt(value))


def _spelt(value: Any) -> Any:
    """A day between quotation marks and the same day without are one value."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_spelt(item) for item in value]
    return value


def model_of(path: Path, root: Path) -> type[BaseModel]:
    """The model of the record that a file of the case holds, by its folder. Raises InputError for another file."""
    folder = path.parent.relative_to(root).as_posix()
    if path == root / HEAD:
        return Head
    models: dict[str, type[BaseModel]] = {model.folder: model for model in MODELS} | {Item.folder: Item}
    if folder not in models:
        raise InputError(
            f"{path.name} is not in a folder of records.", saw=folder, do=f"Choose from {', '.join(sorted(models))}."
        )
    return models[folder]
