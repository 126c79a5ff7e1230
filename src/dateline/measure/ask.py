"""Asks a method: prepares the inputs, reads them, and makes the answer a finding. From flags, or from a case."""

from __future__ import annotations

import importlib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Protocol, cast

from dateline.core.errors import InputError, Refusal, UsageError
from dateline.core.when import When
from dateline.ledger.case import Case
from dateline.ledger.claim import Claim
from dateline.ledger.event import Event
from dateline.ledger.finding import Finding, InputRef
from dateline.ledger.reading import load_record
from dateline.ledger.record import Record
from dateline.measure.answer import Gathered, Question, answer, finding_of, key_of, refused
from dateline.measure.request import Prepared, Progress, Request, Selection, Site, asked_of, silent
from dateline.methods.card import Card, InputSpec
from dateline.methods.contract import Parameters, Produced

DATE = re.compile(r"\d{4}(-\d{2}){0,2}(/(\d{4}(-\d{2}){0,2}|\.\.)?)?")


class Gatherer(Protocol):
    """A module of dateline.measure.gather."""

    def prepare(self, request: Request) -> Prepared:
        """Finds the inputs and their hashes; reads nothing long."""
        ...


def gatherer(card: Card) -> Gatherer:
    """The module that a card names under `gather`."""
    name = card.front.gather.replace("-", "_")
    return cast(Gatherer, importlib.import_module(f"dateline.measure.gather.{name}"))


def prepare(request: Request) -> Prepared:
    """The inputs by hash. Raises Refusal `simulated-evidence` for simulated input of a case that is no exercise."""
    found = gatherer(request.question.card).prepare(request)
    prepared = replace(
        found,
        refs=(*found.refs, *request.finding_refs(), *request.record_refs()),
        simulated=found.simulated or request.rests_on_simulated(),
    )
    if prepared.simulated and request.case is not None and not request.case.head.exercise:
        raise Refusal(
            "Simulated input is no evidence: this case is not an exercise.",
            saw=", ".join(ref.id for ref in prepared.refs if "simulated" in ref.id)[:300] or "a marked file",
            do="Use it in a case with exercise = true, tied to no real place, claim or event.",
            code="simulated-evidence",
        )
    return prepared


def ask(request: Request, tell: Progress = silent) -> tuple[Finding, tuple[Produced, ...]]:
    """The finding, and the files that belong to it. A refusal met on the way is the method's own answer."""
    try:
        prepared = prepare(request)
    except Refusal as refusal:
        return refusal_of(request, refusal)
    return ask_prepared(request, prepared, tell)


def ask_prepared(request: Request, prepared: Prepared, tell: Progress = silent) -> tuple[Finding, tuple[Produced, ...]]:
    """The same for inputs whose hashes were already looked at."""
    question = _named(request.question, prepared.refs)
    try:
        loaded = prepared.load(tell)
    except Refusal as refusal:
        outcome = refused(question.card, refusal)
        key = key_of(question, prepared.refs)
        return finding_of(question, outcome, prepared.refs, key=key, simulated=prepared.simulated)
    return answer(
        question,
        Gathered(
            inputs=replace(loaded.inputs, tell=tell),
            refs=prepared.refs,
            simulated=prepared.simulated,
            notes=loaded.notes,
            names={site.id: site.name for given in request.roles.values() for one in given for site in one.sites},
        ),
    )


def refusal_of(request: Request, refusal: Refusal) -> tuple[Finding, tuple[Produced, ...]]:
    """A refusal met while the inputs were looked for, resting on the files that were named."""
    refs = refs_of_refusal(request)
    question = _named(request.question, refs)
    simulated = any("simulated" in ref.id for ref in refs)
    return finding_of(question, refused(question.card, refusal), refs, key=key_of(question, refs), simulated=simulated)


def refs_of_refusal(request: Request) -> tuple[InputRef, ...]:
    """The files that a request names outright, by hash: what a refusal rests on when nothing could be opened."""
    from dateline.measure.gather.images import file_ref

    named = [
        (path, role)
        for role, given in request.roles.items()
        for selection in given
        for path in (*selection.files, selection.table, selection.counts)
        if path is not None and path.is_file()
    ]
    return tuple(file_ref(path, role, request.items) for path, role in named)


def _named(question: Question, refs: tuple[InputRef, ...]) -> Question:
    """A question without an id (from the command line) is called after its method and the start of its key."""
    if question.id:
        return question
    return replace(question, id=f"{question.card.id.replace('_', '-')}-{key_of(question, refs)[:8]}")


def request_of_flags(
    card: Card,
    *,
    roles: Mapping[str, Any],
    named: Mapping[str, Sequence[str]],
    parameters: Mapping[str, Any],
    product: str | None = None,
    layer: str | None = None,
    collection: str | None = None,
    counts: Path | None = None,
    crs: str | None = None,
    columns: Mapping[str, str] | None = None,
    folders: tuple[Path, ...] = (),
    radius_km: float = 5.0,
    near: str | None = None,
    seed: int = 1,
) -> Request:
    """The request that the flags of `dateline run` make. Raises what reading places and dates raises."""
    reading = Selection(product=product, layer=layer, collection=collection, crs=crs, counts=counts)
    _check_reading(near=near, named=named, folders=folders, radius_km=radius_km)
    found: dict[str, tuple[Selection, ...]] = {}
    for role, spec in card.front.inputs.items():
        texts, names = _texts(roles.get(role)), tuple(named.get(role, ()))
        if spec.kind == "places" and (texts or names):
            found[role] = (Selection(sites=_sites(texts, names, radius_km, near)),)
        elif texts:
            found[role] = (_selection(spec, texts, reading, columns or {}, folders or default_folders()),)
    found = _with_history(card, found)
    _check_required(card, found)
    _check_used(found, reading, columns or {}, folders)
    return Request(
        question=Question(
            id="",
            text=card.front.question,
            card=card,
            parameters=Parameters.of(card, parameters),
            seed=seed,
            asked=asked_of(found),
        ),
        roles=found,
    )


def _check_reading(
    *, near: str | None, named: Mapping[str, Sequence[str]], folders: tuple[Path, ...], radius_km: float
) -> None:
    if not (math.isfinite(radius_km) and radius_km > 0):
        raise UsageError("A radius is a length in km.", saw=str(radius_km), do="Give a number above 0.", code="radius")
    for folder in folders:
        if not folder.is_dir():
            raise UsageError("--from names no folder.", saw=str(folder), do="Check the path.", code="no-folder")
    if near is not None and not any(named.values()):
        raise _unused("--near", "no place was given by name")


def _check_used(
    found: Mapping[str, tuple[Selection, ...]],
    reading: Selection,
    columns: Mapping[str, str],
    folders: tuple[Path, ...],
) -> None:
    """Raises UsageError for something that was declared and that no input reads: silence would mislead."""
    selections = [selection for given in found.values() for selection in given]
    tables = any(selection.table or selection.columns for selection in selections)
    images = any(selection.files or selection.period for selection in selections)
    if columns and not tables:
        raise _unused("--column", "no table was given")
    if not images:
        for flag in ("layer", "crs", "counts"):
            if getattr(reading, flag) is not None:
                raise _unused(f"--{flag}", "no image was given")
    if folders and not any(selection.period and not selection.files for selection in selections):
        raise _unused("--from", "no period is looked for in a folder")


def _unused(flag: str, why: str) -> UsageError:
    return UsageError(f"{flag} has nothing to work on.", saw=why, do=f"Leave {flag} out.", code="unused-flag")


def default_folders() -> tuple[Path, ...]:
    """Where granules lie when nobody says so: DATELINE_DATA, else the user's data folder."""
    import os

    from platformdirs import user_data_path

    named = os.environ.get("DATELINE_DATA")
    return (Path(named),) if named else (user_data_path("dateline") / "imagery",)


def _texts(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return (str(value),) if isinstance(value, str | Path) else tuple(str(each) for each in value)


TABLES = {".csv", ".tsv", ".xlsx"}


def _records(spec: InputSpec, path: Path) -> tuple[Record, ...]:
    """Those of a case's folder, or the one in a TOML file. Raises InputError `no-records`, RecordError."""
    if (path / "case.toml").is_file():
        case = Case.load(path)
        return tuple((case.claims if spec.kind == "claims" else case.events).values())
    if path.suffix.lower() != ".toml":
        raise InputError(
            f"No {spec.kind} can be read from this.",
            saw=str(path),
            do=f"Give the TOML files of {spec.kind}, or the folder of a case.",
            code="no-records",
        )
    return (load_record(path, Claim if spec.kind == "claims" else Event, root=path.parent),)


FILES_ONLY = frozenset(
    {"marks", "looks", "landmarks", "shadows", "clips", "elevation", "features", "fronts", "weather"}
)
"""Kinds whose files, tables among them, are told apart by who gathers them."""


def _selection(
    spec: InputSpec, texts: Sequence[str], reading: Selection, columns: Mapping[str, str], folders: tuple[Path, ...]
) -> Selection:
    dates = [text for text in texts if DATE.fullmatch(text) and not Path(text).exists()]
    files = tuple(_file(text) for text in texts if text not in dates)
    if len(dates) > 1:
        raise UsageError("Give one period.", saw=", ".join(dates), do="An interval is 2022-03/2022-05.", code="date")
    period = When.from_edtf(dates[0]) if dates else None
    if spec.kind == "finding":
        return Selection(findings=tuple(Finding.read(file) for file in files))
    if spec.kind in {"claims", "events"}:
        return Selection(records=tuple(record for file in files for record in _records(spec, file)))
    if spec.kind in FILES_ONLY:
        return Selection(files=files, columns=columns, crs=reading.crs)
    if spec.kind == "port log":
        tables = tuple(file for file in files if file.suffix.lower() != ".json")
        found = tuple(Finding.read(file) for file in files if file not in tables)
        return Selection(files=tables, findings=found, columns=columns)
    told_apart = spec.kind in {"chips", "berths"}  # a table among images says when they were seen
    if spec.kind == "table" or (files and not told_apart and files[0].suffix.lower() in TABLES):
        if len(files) != 1:
            raise UsageError("Give one table.", saw=", ".join(texts), do="Ask once for each.", code="table-file")
        return Selection(table=files[0], columns=columns, product=reading.product, collection=reading.collection)
    if reading.counts is not None and len(files) > 1:
        raise UsageError(
            "One file of counts cannot serve several images.",
            saw=f"{len(files)} images",
            do="Use a case, where each selector names its own counts.",
            code="counts-file",
        )
    return replace(reading, files=files, folders=folders, period=period)


def _file(text: str) -> Path:
    path = Path(text).expanduser()
    if not path.exists():
        raise UsageError(
            "This is neither a file nor a date.",
            saw=repr(text),
            do="Give a path that exists, or a period such as 2022-03 or 2022-03/2022-05.",
            code="no-file",
        )
    return path


def _sites(texts: Sequence[str], names: Sequence[str], radius_km: float, near: str | None) -> tuple[Site, ...]:
    from dateline.measure.places import site_named, sites_in_file

    sites = [site for text in texts for site in sites_in_file(_file(text), radius_km)]
    sites += [site_named(name, radius_km, near) for name in names]
    return tuple(sites)


def _with_history(card: Card, found: dict[str, tuple[Selection, ...]]) -> dict[str, tuple[Selection, ...]]:
    """Where local granules are searched by period, earlier years of the same months serve as the yardstick."""
    from dateline.measure.gather.images import product_of

    before = found.get("before", (Selection(),))[0]
    if "history" not in card.front.inputs or "history" in found or before.period is None or before.files:
        return found
    first = before.period.earliest
    assert first is not None
    start, end = date(2012, 1, 1), date(first.year, first.month, 1) - timedelta(days=1)
    if end < start:
        return found
    history = replace(
        before, product=product_of(before), period=When.between(start, end), months=months_of(before.period)
    )
    return {**found, "history": (history,)}


def months_of(period: When) -> tuple[int, ...]:
    """The calendar months that a period touches; empty when it touches all."""
    assert period.earliest is not None
    assert period.latest is not None
    start = period.earliest.year * 12 + period.earliest.month - 1
    end = period.latest.year * 12 + period.latest.month - 1
    return () if end - start >= 11 else tuple(sorted({month % 12 + 1 for month in range(start, end + 1)}))


def _check_required(card: Card, found: Mapping[str, object]) -> None:
    missing = [role for role, spec in card.front.inputs.items() if spec.required and role not in found]
    if missing:
        flags = ", ".join(f"--{role.replace('_', '-')}" for role in missing)
        raise UsageError(
            f"{card.id} needs {flags}.",
            saw=f"given: {', '.join(found) or 'nothing'}",
            do=f"`dateline run {card.id} --help` explains each.",
        )
