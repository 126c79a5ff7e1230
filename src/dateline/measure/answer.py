"""From gathered inputs to a finding: the one place where a method is called."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from dateline._version import __version__
from dateline.core.errors import Refusal
from dateline.core.identity import input_key, sha256_bytes
from dateline.ledger.finding import Artifact, Finding, InputRef, Note, Series, Statement
from dateline.methods import catalogue
from dateline.methods.card import Card
from dateline.methods.contract import Inputs, Outcome, Parameters, Produced, say

LIBRARIES = ("numpy", "scipy", "rasterio", "h5py", "shapely", "pyproj", "odc-geo")
ROWS_IN_FINDING = 400
"""A longer series goes to a hashed sidecar beside the finding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked: an id for the answer, the words, the method with its parameters, and the seed of its chance.

    `asked` holds the words of every selection by role: a changed layer, filter or period is another question.
    """

    id: str
    text: str
    card: Card
    parameters: Parameters
    seed: int = 1
    asked: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What stage 1 made of the selectors: values by role, and what each rests on by hash."""

    inputs: Inputs
    refs: tuple[InputRef, ...]
    simulated: bool = False
    notes: tuple[Note, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    """What the places are called in a sentence, by id."""


def key_of(question: Question, refs: tuple[InputRef, ...]) -> str:
    """The identity of this computation. Two equal keys mean that nothing needs to be computed again."""
    rests_on: dict[str, list[list[str]]] = {}
    for ref in refs:
        named = ref.id if ref.kind == "place" else ""  # the name of a file does not matter, its bytes do
        rests_on.setdefault(ref.role or ref.kind, []).append([ref.kind, named, ref.sha256])
    return input_key(
        method=question.card.id,
        version=question.card.front.version,
        parameters=question.parameters.given,
        seed=question.seed,
        inputs={"asked": question.asked, "rests on": {role: sorted(rows) for role, rows in rests_on.items()}},
    )


def answer(question: Question, gathered: Gathered) -> tuple[Finding, tuple[Produced, ...]]:
    """Runs the method and makes its outcome a finding, with the files that belong to it."""
    run = catalogue.load(question.card.id)
    key = key_of(question, gathered.refs)
    rng = np.random.default_rng([question.seed, int(key[:8], 16)])
    try:
        outcome = run(gathered.inputs, question.parameters, rng=rng).with_caveats(*gathered.notes)
        outcome = with_names(question.card, outcome, gathered.names)
    except Refusal as refusal:
        outcome = refused(question.card, refusal)
    return finding_of(question, outcome, gathered.refs, key=key, simulated=gathered.simulated)


def with_names(card: Card, outcome: Outcome, names: Mapping[str, str]) -> Outcome:
    """The same answer with places called by their names where a method knew only their ids."""

    def named(statement: Statement) -> Statement:
        place = str(statement.args.get("place", ""))
        if place not in names or names[place] == place:
            return statement
        return say(card, statement.key.removeprefix(f"{card.id}."), **{**statement.args, "place": names[place]})

    places = {
        name: part if part.statement is None else part.model_copy(update={"statement": named(part.statement)})
        for name, part in outcome.places.items()
    }
    return replace(outcome, statement=named(outcome.statement), places=places)


def refused(card: Card, refusal: Refusal) -> Outcome:
    """A refusal met before or inside a method, as the method's own answer."""
    return Outcome(
        result="refused",
        statement=say(card, "refused", reason=refusal.what),
        reasons=(Note(code=refusal.code, text=f"{refusal.what} Seen: {refusal.saw}"),),
        needed=(refusal.do,),
    )


def finding_of(
    question: Question, outcome: Outcome, refs: tuple[InputRef, ...], *, key: str, simulated: bool
) -> tuple[Finding, tuple[Produced, ...]]:
    """An outcome with its identity, inputs and software: a finding, and the files to keep beside it."""
    files = list(outcome.artifacts)
    series = None
    if len(outcome.rows) > ROWS_IN_FINDING:
        files.append(_sidecar(outcome.rows))
        series = Series(artifact="series")
    elif outcome.rows:
        series = Series(rows=[dict(row) for row in outcome.rows])
    named = tuple(replace(made, name=f"{question.id}/{made.name}") for made in files)
    finding = Finding(
        schema=1,
        id=question.id,
        method=question.card.id,
        method_version=question.card.front.version,
        question=question.text,
        result=outcome.result,
        reasons=list(outcome.reasons),
        needed=list(outcome.needed),
        statement=outcome.statement,
        estimates=dict(outcome.estimates),
        values=dict(outcome.values),
        places=dict(outcome.places),
        series=series,
        artifacts=[
            Artifact(role=made.role, path=made.name, sha256=sha256_bytes(made.data), media_type=made.media_type)
            for made in named
        ],
        caveats=list(outcome.caveats),
        inputs=list(refs),
        parameters=dict(question.parameters.given),
        simulated=simulated,
        software=software(),
        input_key=key,
    )
    return finding.sealed(), named


def software() -> dict[str, str]:
    """What computed: our version, and the libraries whose change could move a last digit."""
    from importlib.metadata import version

    return {
        "dateline": __version__,
        "python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
    }


def _sidecar(rows: Any) -> Produced:
    """A long series as CSV: UTF-8, one header, an unknown is an empty cell."""
    import csv
    import io

    from dateline.core.identity import canonical

    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n", restval="")
    writer.writeheader()
    for row in rows:
        plain: Mapping[str, Any] = canonical(row)
        writer.writerow({name: "" if value is None else value for name, value in plain.items()})
    return Produced(role="series", name="series.csv", media_type="text/csv", data=text.getvalue().encode())
