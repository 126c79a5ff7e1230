"""What is measured: each measure of the case with its answer, or why there is none yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from dateline.core.errors import DatelineError
from dateline.core.estimate import Estimate
from dateline.ledger.case import Case
from dateline.ledger.finding import Finding
from dateline.measure.ask import prepare
from dateline.measure.case_run import ABSENT, FINDINGS, Measured, is_fresh
from dateline.measure.request import from_measure

State = Literal["measured", "stale", "new", "not here", "failed"]
INTERVALS = 2
"""So many estimates of a finding are shown beside its sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measure. `when`: when its finding was written; `estimates`: name and interval in words."""

    id: str
    question: str
    method: str
    state: State
    result: str | None = None
    sentence: str | None = None
    when: str | None = None
    estimates: tuple[tuple[str, str], ...] = ()
    caveats: int = 0
    simulated: bool = False
    error: DatelineError | None = None


def rows(case: Case) -> Iterator[Row]:
    """Each measure, by id: up to date, stale, not measured yet, its inputs not here, or failing and why."""
    for name in case.measures:
        yield row(case, name)


def row(case: Case, name: str) -> Row:
    """One measure as it stands now."""
    measure = case.measures[name]
    empty = Row(id=name, question=measure.question or "", method=measure.method, state="new")
    try:
        if name not in case.finding_ids():
            prepare(from_measure(case, measure))
            return empty
        finding = case.finding(name)
        fresh = is_fresh(case, name)
    except DatelineError as error:
        if error.exit_code == 1 and error.code not in ABSENT and name not in case.finding_ids():
            return empty if _is_answer(error) else replace(empty, state="failed", error=error)
        return replace(empty, state="not here" if error.code in ABSENT else "failed", error=error)
    state: State = "not here" if fresh is None else "measured" if fresh else "stale"
    return _answered(empty, finding, state, _written(case.root / FINDINGS / f"{name}.json"))


def with_run(found: Row, measured: Mapping[str, Measured]) -> Row:
    """The same with what the last run on this machine said of it, where that was an error that still stands."""
    last = measured.get(found.id)
    if last is None or last.error is None or found.state == "measured":
        return found
    return replace(found, state="not here" if last.status == "missing" else "failed", error=last.error)


def interval(estimate: Estimate) -> str:
    """ "40 % (25 to 58, 90 % interval)"; an open side says so."""
    best, low, high = estimate.spoken()
    unit = "" if estimate.unit == "1" else f" {estimate.unit}"
    if low is None and high is None:
        return f"{best}{unit}, no interval"
    if estimate.is_bound:
        return f"{'at least' if high is None else 'at most'} {best}{unit}"
    return f"{best}{unit} ({low or 'open'} to {high or 'open'}, {100 * estimate.level:g} % interval)"


def _answered(empty: Row, finding: Finding, state: State, when: str) -> Row:
    named = [(name.replace("_", " "), interval(one)) for name, one in finding.estimates.items()]
    return replace(
        empty,
        question=finding.question,
        state=state,
        result=finding.result,
        sentence=finding.statement.en,
        when=when,
        estimates=tuple(named[:INTERVALS]),
        caveats=len(finding.caveats),
        simulated=finding.simulated,
    )


def _is_answer(error: DatelineError) -> bool:
    """Whether a method's refusal is what the finding will say: that is an answer, and no failure."""
    from dateline.core.errors import Refusal

    return isinstance(error, Refusal)


def _written(path: Path) -> str:
    """The minute in which a file was written, in UTC."""
    return f"{datetime.fromtimestamp(path.stat().st_mtime, UTC):%Y-%m-%d %H:%M}"
