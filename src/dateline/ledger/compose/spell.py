"""A record as plain texts by key: what its form, its prompts and its row in a spreadsheet say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dateline.ledger.compose.form import Form
from dateline.ledger.compose.ground import spelt_position
from dateline.ledger.compose.ways import WAYS
from dateline.ledger.place import Place
from dateline.ledger.record import Record
from dateline.ledger.write import plain

KEPT_BACK = "(kept back)"
"""In place of what a sheet does not tell of a sensitive place; read again, it changes nothing."""

_SHOWN = frozenset({"id", "role", "within", "sensitive", "publish_precision"})
"""What a sheet tells of a sensitive place beside its names."""


def spelt_record(record: Record, form: Form) -> dict[str, str]:
    """Every key of the form that the record has something for, as text. A sensitive place is kept back."""
    data = plain(record)
    found = {f"name_{language}": name for language, name in data.get("names", {}).items()}
    for field in form.fields:
        value = _at(data, field.steps) if field.way not in {"name", "position", "speaker"} else None
        if value is not None:
            found[field.key] = WAYS[field.way].spell(value)
    where = data.get("where", {})
    if form.field("position") and "lon" in where:
        found["position"] = spelt_position(where["lon"], where["lat"])
    if isinstance(record, Place) and record.is_sensitive:
        told = {key for key in found if key in _SHOWN or key.startswith("name_")}
        found = {key: text if key in told else KEPT_BACK for key, text in found.items()}
    return {key: text for key, text in found.items() if text}


def _at(data: Mapping[str, Any], steps: tuple[str, ...]) -> Any:
    value: Any = data
    for step in steps:
        if isinstance(value, list | tuple) and value:  # several steps on an axis: a cell tells of the last
            value = value[-1]
        value = value.get(step) if isinstance(value, Mapping) else None
    return value
