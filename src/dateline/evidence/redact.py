"""Withholding a field of a record: its value goes to the vault, a salted commitment stays in the record.

A commitment is SHA-256(salt || value), where the value is the TOML text of the field as it stood in the file
(`"Olena"`, `130.29`, `2024-02-26`): so it can be put back to the byte, and a number is not taken for a word.
"""

from __future__ import annotations

import copy
import json
import math
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from dateline.core.errors import InputError
from dateline.core.identity import pretty_json
from dateline.evidence.atomic import write_atomic
from dateline.evidence.vault import Opening

WITHHELD = "withheld"
"""The table of commitments in a record, and the word in place of a text that a record cannot do without."""

ABSENT = object()
"""In place of a value: nothing. What is absent from a record is unknown."""

METRES = 111_195.0
"""In one degree of latitude [m]."""

_SHORTEST = 4
"""A shorter word is found everywhere; looking for it would only cry wolf [characters]."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record that is taken out: its dotted path, its TOML text, what may stand in its place."""

    path: str
    value: str
    instead: Any


def written(text: str, path: str) -> str:
    """The TOML text of the value at a dotted path ("origin.file", "sources.0.url").

    Raises InputError: "redact-path" (no such field, or a path into a word), "redact-twice" (withheld already).
    """
    document = _parsed(text)
    if path in document.get(WITHHELD, {}):
        raise InputError(
            "This field is withheld already.",
            saw=path,
            do="`dateline redact --open` shows its value to one person.",
            code="redact-twice",
        )
    parent, key = _parent(document, path)
    value = parent[key]
    if isinstance(value, tomlkit.items.Item) and not isinstance(value, tomlkit.items.Table | tomlkit.items.AoT):
        return str(value.as_string()).strip()
    return str(_value(value.unwrap() if hasattr(value, "unwrap") else value).as_string()).strip()


def withhold(text: str, field: Field, commitment: str) -> str:
    """The text of the record without the field's value, with its commitment in the table [withheld].

    Raises InputError (code "redact-text") when anything else in the record would change.
    """
    document = _parsed(text)
    parent, key = _parent(document, field.path)
    if field.instead is ABSENT:
        del parent[key]
    else:
        parent[key] = _like(parent[key], field.instead)
        parent[key].trivia.comment_ws = parent[key].trivia.comment = ""  # what was said beside the value goes too
    table = document.get(WITHHELD)
    if table is None:
        document[WITHHELD] = table = tomlkit.table()
    table[field.path] = commitment
    made = tomlkit.dumps(document)
    if tomllib.loads(made) != _expected(tomllib.loads(text), field, commitment):
        raise InputError(
            "The field cannot be taken out of this file without changing something else.",
            saw=field.path,
            do="Write the record's file in plain form (one table a heading, no dotted keys) and try again.",
            code="redact-text",
        )
    return made


def traces(values: Sequence[str], files: Mapping[str, str]) -> list[tuple[str, int]]:
    """Where in texts (by file) words of withheld values still stand: file and line. Values are TOML texts."""
    words = [word for value in values for word in _words(tomllib.loads(f"value = {value}")["value"])]
    return [
        (name, number)
        for name, text in sorted(files.items())
        for number, line in enumerate(text.splitlines(), 1)
        if any(word in line for word in words)
    ]


def coarsened(
    corners: Sequence[tuple[float, float]], *, step: float, radius: float | None = None
) -> tuple[float, float, float]:
    """Longitude, latitude [deg] and radius [m] of a place that may be told to `step` [m] only.

    Everything is computed from corners that were first rounded to a fixed grid of `step`: the grid of the hash that
    findings carry, so that two roundings together never tell more than one. What lies on the grid already stays.
    """
    degrees = step / METRES
    about = sorted({(round(lon / degrees), round(lat / degrees)) for lon, lat in corners})
    xs, ys = [x * degrees for x, _ in about], [y * degrees for _, y in about]
    lon, lat = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    lon, lat = max(-180.0, min(180.0, lon)), max(-90.0, min(90.0, lat))
    on_grid = len(corners) == 1 and math.dist(corners[0], (lon, lat)) < 1e-6
    if on_grid and radius is not None and radius >= step / 2:
        return round(lon, 6), round(lat, 6), radius
    reach = math.hypot(max(xs) - min(xs), max(ys) - min(ys)) / 2 * METRES
    steps = 1 + math.ceil(reach / step) + (round(radius / step) if radius else 0)
    return round(lon, 6), round(lat, 6), steps * step


def write_opening(path: Path, opening: Opening, *, case: str, record: str, field: str) -> None:
    """Writes what opens one commitment, for one person, readable by its owner only.

    Raises InputError (code "opening-exists"): a file is never overwritten.
    """
    if path.exists():
        raise InputError(
            "There is a file of this name already.", saw=path.name, do="Name another file.", code="opening-exists"
        )
    told = {"schema": 1, "case": case, "record": record, "field": field, **opening.to_json()}
    write_atomic(path, pretty_json(told).encode(), mode=0o600)


def read_opening(path: Path) -> tuple[str, str, str, Opening]:
    """Case, record, field and opening of such a file. Raises InputError (code "opening"), without its content."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        names = (told["case"], told["record"], told["field"], told["value"])
        if told["schema"] == 1 and all(isinstance(name, str) for name in names):
            return names[0], names[1], names[2], Opening(bytes.fromhex(told["salt"]), names[3])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass
    raise InputError(
        "This is not an opening.",
        saw=path.name,
        do="Give the file that `dateline redact --open` wrote, unchanged.",
        code="opening",
    )


def is_what_was_committed(opening: Opening, record: Mapping[str, Any], field: str) -> bool:
    """Whether salt and value are those to which the record committed itself."""
    return bool(record.get(WITHHELD, {}).get(field) == opening.commitment())


def first_valid(text: str, path: str, instead: Sequence[Any], valid: Callable[[str], Any]) -> Any:
    """The first of some placeholders with which the record still can be read. `valid` gives faults, or nothing.

    Raises InputError (code "redact-required") when none of them can stand there.
    """
    stand_in = "0" * 64
    for value in instead:
        if not valid(withhold(text, Field(path, "", value), stand_in)):
            return value
    raise InputError(
        "The record cannot do without this field, and no placeholder can stand there.",
        saw=path,
        do="Withhold the table around it, the whole item, or the names in the record it points to.",
        code="redact-required",
    )


def _parsed(text: str) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse(text)
    except TOMLKitError:
        raise InputError(
            "The record is not TOML.", saw="a fault of spelling", do="Run `dateline check` and mend it.", code="toml"
        ) from None


def _parent(document: Any, path: str) -> tuple[Any, Any]:
    """The table or list around a value, and the value's key or index in it."""
    steps: list[Any] = [int(step) if re.fullmatch(r"\d+", step) else step for step in path.split(".")]
    place = document
    for step in steps[:-1]:
        place = _inside(place, step, path)
    _inside(place, steps[-1], path)
    return place, steps[-1]


def _inside(place: Any, step: Any, path: str) -> Any:
    wanted = Mapping if isinstance(step, str) else list
    if isinstance(place, wanted) and (step in place if isinstance(step, str) else step < len(place)):
        return place[step]
    known = (
        ", ".join(sorted(map(str, place)))
        if isinstance(place, Mapping)
        else f"{len(place)} entries in a list"
        if isinstance(place, list)
        else "no table"
    )
    raise InputError(
        "The record has no such field.",
        saw=f"{path}: at {step!r}, there is {known}",
        do="Give a dotted path, such as origin.file or sources.0.url.",
        code="redact-path",
    )


def _like(old: Any, value: Any) -> Any:
    """A plain value to stand where an old one stood: under a heading where that had one."""
    if isinstance(old, tomlkit.items.Table) and isinstance(value, Mapping):
        table = tomlkit.table()
        table.update({key: _value(inner) for key, inner in value.items()})
        return table
    return _value(value)


def _value(value: Any) -> Any:
    """A plain value as it stands in one line."""
    if isinstance(value, Mapping):
        table = tomlkit.inline_table()
        table.update({key: _value(inner) for key, inner in value.items()})
        return table
    if isinstance(value, list):
        array = tomlkit.array()
        array.extend(_value(inner) for inner in value)
        return array
    return tomlkit.item(value)


def _expected(plain: dict[str, Any], field: Field, commitment: str) -> dict[str, Any]:
    wanted = copy.deepcopy(plain)
    parent, key = _parent(wanted, field.path)
    if field.instead is ABSENT:
        del parent[key]
    else:
        parent[key] = field.instead
    wanted.setdefault(WITHHELD, {})[field.path] = commitment
    return wanted


def _words(value: Any) -> list[str]:
    """The texts in a value, however deep, that are long enough to look for."""
    if isinstance(value, Mapping):
        return [word for inner in value.values() for word in _words(inner)]
    if isinstance(value, list):
        return [word for inner in value for word in _words(inner)]
    if isinstance(value, bool):
        return []
    word = str(value)
    return [word] if len(word) >= _SHORTEST else []
