"""Asks a method: prepares the inputs, reads them, and makes the answer a finding. From flags, or from a case."""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol, cast

from dateline.core.errors import Refusal, UsageError
from dateline.core.when import When
from dateline.ledger.finding import Finding
from dateline.measure.answer import Gathered, Question, answer, finding_of, key_of, refused
from dateline.measure.request import Prepared, Progress, Request, Selection, Site, silent
from dateline.methods.card import Card, InputSpec
from dateline.methods.contract import Inputs, Parameters, Produced

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
    prepared = gatherer(request.question.card).prepare(request)
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
        return _refused(request, refusal, Prepared(refs=(), simulated=False, load=lambda _tell: Inputs({})))
    return ask_prepared(request, prepared, tell)


def ask_prepared(request: Request, prepared: Prepared, tell: Progress = silent) -> tuple[Finding, tuple[Produced, ...]]:
    """The same for inputs whose hashes were already looked at."""
    try:
        inputs = prepared.load(tell)
    except Refusal as refusal:
        return _refused(request, refusal, prepared)
    return answer(request.question, Gathered(inputs=inputs, refs=prepared.refs, simulated=prepared.simulated))


def _refused(request: Request, refusal: Refusal, prepared: Prepared) -> tuple[Finding, tuple[Produced, ...]]:
    question = request.question
    return finding_of(
        question,
        refused(question.card, refusal),
        prepared.refs,
        key=key_of(question, prepared.refs),
        simulated=prepared.simulated,
    )


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
    shared = {"product": product, "layer": layer, "collection": collection, "counts": counts, "crs": crs}
    found: dict[str, tuple[Selection, ...]] = {}
    for role, spec in card.front.inputs.items():
        texts = _texts(roles.get(role))
        names = tuple(named.get(role, ()))
        if texts or names:
            selection = _selection(spec, texts, shared, columns or {}, folders or default_folders())
            if spec.kind == "places":
                selection = Selection(sites=_sites(texts, names, radius_km, near))
            found[role] = (selection,)
    found = _with_history(card, found)
    _check_required(card, found)
    return Request(
        question=Question(
            id=card.id.replace("_", "-"),
            text=card.front.question,
            card=card,
            parameters=Parameters.of(card, parameters),
            seed=seed,
        ),
        roles=found,
    )


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


def _selection(
    spec: InputSpec,
    texts: Sequence[str],
    shared: Mapping[str, Any],
    columns: Mapping[str, str],
    folders: tuple[Path, ...],
) -> Selection:
    if spec.kind == "table":
        return Selection(
            table=_file(texts[0]), columns=columns, product=shared["product"], collection=shared["collection"]
        )
    if spec.kind == "finding":
        return Selection(findings=tuple(Finding.read(Path(text)) for text in texts))
    dates = [text for text in texts if DATE.fullmatch(text) and not Path(text).exists()]
    files = tuple(_file(text) for text in texts if text not in dates)
    if len(dates) > 1:
        raise UsageError("Give one period.", saw=", ".join(dates), do="An interval is 2022-03/2022-05.", code="date")
    period = When.from_edtf(dates[0]) if dates else None
    if (
        len(files) == 1
        and columns
        and spec.kind == "lights"
        and files[0].suffix.lower() in {".csv", ".xlsx", ".tsv", ".txt"}
    ):
        return Selection(table=files[0], columns=columns, product=shared["product"], collection=shared["collection"])
    return Selection(files=files, period=period, folders=folders, **shared)


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
    before = found.get("before", (Selection(),))[0]
    if "history" not in card.front.inputs or "history" in found or before.period is None or before.files:
        return found
    first = before.period.earliest
    assert first is not None
    history = Selection(
        product=before.product,
        layer=before.layer,
        collection=before.collection,
        folders=before.folders,
        period=When.between(first.replace(year=2012, month=1, day=1), first - timedelta(days=1)),
        months=months_of(before.period),
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
