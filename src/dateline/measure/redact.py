"""Withholds fields of a case's records: value to the vault, commitment to the record, both deeds to the log."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from dateline.core.clock import Clock
from dateline.core.errors import UsageError
from dateline.core.identity import sha256_file
from dateline.core.where import Where
from dateline.evidence.atomic import write_atomic
from dateline.evidence.chain import Entry, Event, Line, chains, survey
from dateline.evidence.custody import Custody, chain_name, plain_name
from dateline.evidence.redact import (
    ABSENT,
    WITHHELD,
    Field,
    coarsened,
    first_valid,
    is_what_was_committed,
    read_opening,
    traces,
    withhold,
    written,
)
from dateline.evidence.vault import Vault
from dateline.ledger.case import HEAD, Case, unknown
from dateline.ledger.keys import keys_at
from dateline.ledger.reading import shapes_of, validated
from dateline.ledger.write import model_of

KEPT = frozenset({"schema", "id", WITHHELD, "status", "simulated", "embargo", "licence", "sensitive", "role"})
"""Keys that name or protect a record: they are never withheld."""

TEXTS = frozenset({".toml", ".md", ".json", ".jsonl", ".txt", ".csv", ".html", ".geojson"})
"""Endings of files in which withheld words may still stand."""


@dataclass(frozen=True, slots=True)
class Withheld:
    """What was done: the record's file, the commitments by field, and where else in the case the same words stand."""

    file: str
    commitments: Mapping[str, str]
    still: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """Whether an opening is what the record is committed to, and since when the log says that the field is withheld."""

    file: str
    field: str
    good: bool
    since: str | None


def withhold_fields(
    case: Case,
    record: str,
    paths: Sequence[str],
    *,
    by: str,
    why: str,
    coarse: float | None,
    vault: Callable[[], Vault],
    clock: Clock,
    tool: str,
) -> Withheld:
    """Withholds fields of one record, all or none. `coarse` is what may be told of a position [m].

    The vault is asked for once it is sure that the record can do without the fields. Raises UsageError ("redact-kept",
    "redact-part", "redact-position", "redact-observation", "reference"); InputError as evidence.redact and vault do.
    """
    file, model = record_file(case, record)
    text = (case.root / file).read_bytes().decode("utf-8-sig")
    fields, tried = [], text
    for path in paths:
        fields.append(_field(case, tried, path, placeholders(case, file, model, path, coarse), (file, model)))
        tried = withhold(tried, fields[-1], "0" * 64)
    names = {field.path: f"{file}#{field.path}" for field in fields}
    made = vault().put_all({names[field.path]: field.value for field in fields})
    for field in fields:
        text = withhold(text, field, made[names[field.path]])
    write_atomic(case.root / file, text.encode())
    custody = Custody(case.root, chain_name(plain_name(by)), by, clock, tool)
    _log(custody, case, Case.load(case.root), file, note=f"withheld {', '.join(names)}: {why}")
    still = [*_shapes(case, file), *traces([field.value for field in fields], _texts(case.root))]
    return Withheld(file, {path: made[name] for path, name in names.items()}, tuple(still))


def check_opening(case: Case, path: Path) -> Checked:
    """Checks an opening file against the record as it is now. Raises InputError (code "opening"), UsageError."""
    told, record, field, opening = read_opening(path)
    file, _ = record_file(case, record)
    now = tomllib.loads((case.root / file).read_text(encoding="utf-8-sig"))
    good = told == case.head.id and is_what_was_committed(opening, now, field)
    word = re.compile(rf"(?<![\w.]){re.escape(field)}(?![\w.])")
    days = [entry.at for entry in _redactions(case.root, {file, Path(file).stem}) if word.search(entry.note or "")]
    return Checked(file, field, good, min(days, default=None))


def record_file(case: Case, record: str) -> tuple[str, type[BaseModel]]:
    """The file of a record, by its id or its path, and its model.

    Raises UsageError: "reference" (no such record), "redact-observation" (observations are not edited).
    """
    file = record if record in {*case.paths.values(), HEAD} else case.paths.get(record)
    if file is None:
        raise unknown(record, case.records, case=case)
    if not file.endswith(".toml"):
        raise UsageError(
            "Observations are append-only and cannot be redacted field by field.",
            saw=file,
            do="Leave the name of the observer a pseudonym; withdraw the observation if need be.",
            code="redact-observation",
        )
    return file, model_of(case.root / file, case.root)


def placeholders(case: Case, file: str, model: type[BaseModel], path: str, coarse: float | None) -> list[Any]:
    """What may stand in place of a field, best first: nothing, a word, a time of which nothing is said.

    Never a number or a yes that nobody said; in place of a position a coarser one. Raises UsageError.
    """
    *above, last = path.split(".")
    first = (*above, last)[0]
    if first in KEPT:
        raise UsageError(
            "This field names or protects the record and is never withheld.",
            saw=path,
            do='Withhold the fields that tell something; a whole item is withheld by status = "withheld" and a why.',
            code="redact-kept",
        )
    if file.startswith("places/") and first == "where":
        return [_position(case, Path(file).stem, path, coarse)]
    around = keys_at(model, tuple(int(step) if step.isdigit() else step for step in above))
    if {"earliest", "latest"} <= set(around) or {"low_open", "high_open"} <= set(around):
        raise UsageError(
            "Half of a time or an amount would say something else than the whole.",
            saw=path,
            do=f"Withhold all of {'.'.join(above)}.",
            code="redact-part",
        )
    says = around.get(last, {}).get("default")
    absent = [] if last.isdigit() or says not in (None, [], {}, "") else [ABSENT]
    record = case.head if file == HEAD else case.records[Path(file).stem]
    if path in {ref.key for ref in record.refs()}:  # "withheld" would be the id of a record that is not there
        return absent
    return [*absent, WITHHELD, {"rule": WITHHELD}]


def corners(where: Where) -> list[tuple[float, float]]:
    """The positions that a place is drawn with, longitude and latitude [deg]."""
    return [point for polygon in where.polygons for ring in polygon for point in ring] or [where.bounds()[:2]]


def _field(case: Case, text: str, path: str, instead: Sequence[Any], of: tuple[str, type[BaseModel]]) -> Field:
    def valid(tried: str) -> Any:
        return validated(tomllib.loads(tried), of[1], file=of[0], text=tried, shapes=shapes_of(case.root))[1]

    field = Field(path, written(text, path), None)
    return replace(field, instead=first_valid(text, path, instead, valid))


def _position(case: Case, place: str, path: str, coarse: float | None) -> dict[str, float]:
    record = case.places[place]
    step = coarse or record.publish_precision
    if path != "where" or step is None or step <= 0:
        raise UsageError(
            "A position is withheld as a whole, and a coarser one stands in its place.",
            saw=path if path != "where" else "nobody said how coarse",
            do=f"dateline redact {place} where --coarse 10000   (metres)",
            code="redact-position",
        )
    lon, lat, radius = coarsened(corners(record.where), step=step, radius=record.where.radius)
    return {"lon": lon, "lat": lat, "radius": radius}


def _shapes(case: Case, file: str) -> list[tuple[str, int]]:
    """The outline of a place whose record named a file for it: the file is still there."""
    place = case.places.get(Path(file).stem) if file.startswith("places/") else None
    return [(place.ground.geojson, 1)] if place is not None and place.ground.geojson is not None else []


def _log(custody: Custody, old: Case, new: Case, file: str, *, note: str) -> None:
    """Two entries: one binds the record to what it was and stays out of packages, one says what was done and why."""
    name = Path(file).stem
    is_item = file.startswith("evidence/")
    before, now = (old.head, new.head) if file == HEAD else (old.records[name], new.records[name])
    for first in (True, False):
        said = {"note": "the record as it was before" if first else note}
        if is_item:
            custody.log(Event.REDACTED, new.items[name], was=old.items[name].record_sha256() if first else None, **said)
        else:
            hashes = {"meta_sha256": now.sha256(), "was": before.sha256() if first else None}
            custody.append(Event.REDACTED, file, file_sha256=sha256_file(new.root / file), **hashes, **said)


def _redactions(root: Path, subjects: set[str]) -> list[Entry]:
    steps = (step for path in chains(root).values() for step in survey(path))
    entries = [step.entry for step in steps if isinstance(step, Line) and step.entry is not None]
    return [entry for entry in entries if entry.event is Event.REDACTED and entry.subject in subjects]


def _texts(root: Path) -> dict[str, str]:
    """Every text of a case, by path."""
    paths = [path for path in sorted(root.rglob("*")) if path.suffix in TEXTS and path.is_file()]
    inside = {path.relative_to(root): path for path in paths}
    return {
        name.as_posix(): path.read_bytes().decode("utf-8", "replace")
        for name, path in inside.items()
        if name.parts[0] not in {".git", ".dateline"}
    }
