"""How many independent origins some claims have: asked live, in the way a case's measure asks it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pydantic import ValidationError

from dateline.app.asking import ask_live, measure_of
from dateline.core.errors import UsageError
from dateline.ledger.case import Case, unknown
from dateline.ledger.faults import faults_of
from dateline.ledger.finding import Finding
from dateline.ledger.measure import Measure
from dateline.ledger.sheets.changes import Changes, Placed

METHOD = "independent_origins"
MOST = 500
"""Claims in one question."""
LIVE = "origins-live"


def named(text: str) -> tuple[str, ...]:
    """Ids in a text, each once, in the order in which they stand there."""
    return tuple(dict.fromkeys(re.findall(r"[^\s,;]+", text)))


def question(case: Case, supporting: Sequence[str], contradicting: Sequence[str], *, name: str = LIVE) -> Measure:
    """The measure that asks it. Raises UsageError `reference` for an unknown claim, `no-claims`, `measure-id`."""
    for one in (*supporting, *contradicting):
        if one not in case.claims:
            raise unknown(one[:80], case.claims, case=case)
    if not 0 < len(supporting) + len(contradicting) <= MOST or not supporting:
        raise UsageError(
            "Choose the claims that say it.", saw=f"{len(supporting)} claims", do=f"Choose 1 to {MOST}.",
            code="no-claims",
        )  # fmt: skip
    inputs = {"supporting": {"claims": list(supporting)}}
    if contradicting:
        inputs["contradicting"] = {"claims": list(contradicting)}
    try:
        return measure_of(name, METHOD, inputs=inputs)
    except ValidationError as error:
        fault = faults_of(error, Measure, file="the measure", lines={})[0]
        raise UsageError(
            "A measure needs a name.", saw=fault.found, do=f"Write {fault.valid}.", code="measure-id"
        ) from error


def answer(case: Case, measure: Measure) -> Finding:
    """The finding, kept nowhere."""
    return ask_live(case, measure)


def keepable(case: Case, measure: Measure) -> Measure:
    """The measure, if the case could keep it under this name. Raises RecordError."""
    Changes(new=(Placed(measure, f"{measure.folder}/{measure.id}.toml"),)).checked(case)
    return measure
