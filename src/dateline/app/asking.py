"""Asking a method what the marks so far mean, and keeping the question: the same that a measure of the case asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from dateline import __version__
from dateline.app.desk import Desk
from dateline.core.clock import Clock
from dateline.core.errors import DatelineError, UsageError
from dateline.core.estimate import Estimate
from dateline.evidence.chain import chains
from dateline.evidence.custody import Custody, chain_name, plain_name
from dateline.evidence.lock import exclusive
from dateline.ledger.case import Case
from dateline.ledger.faults import faults_of
from dateline.ledger.finding import Finding
from dateline.ledger.measure import Measure
from dateline.ledger.sheets.changes import Changes, Placed
from dateline.ledger.write import write_new
from dateline.measure.ask import ask
from dateline.measure.case_run import measure_case
from dateline.measure.looks import Looks
from dateline.measure.request import from_measure

LOCK = Path(".dateline") / "records.lock"
"""Whoever checks a record against all others and writes it: one at a time."""
WEAK = frozenset({"refused", "cannot tell", "contradictory"})
"""Results that are no answer: shown as such."""


def measure_of(
    name: str,
    method: str,
    *,
    inputs: Mapping[str, Any],
    parameters: Mapping[str, Any] | None = None,
    question: str | None = None,
) -> Measure:
    """The measure that asks this. inputs: role -> keys of a selector, or several. Raises UsageError `measure`."""
    told = {"id": name, "method": method, "inputs": dict(inputs), "parameters": dict(parameters or {})}
    try:
        return Measure.model_validate(told | ({} if question is None else {"question": question}))
    except ValidationError as error:
        fault = faults_of(error, Measure, file="the measure", lines={})[0]
        raise UsageError(
            "This cannot be a measure.",
            saw=f"{fault.key}: {fault.found}"[:200],
            do=f"Write {fault.valid}.",
            code="measure",
        ) from error


def ask_live(case: Case, measure: Measure) -> Finding:
    """The finding, kept nowhere. Raises what the method's inputs raise."""
    finding, _ = ask(from_measure(case, measure))
    return finding


def try_live(case: Case, measure: Measure) -> tuple[Finding | None, DatelineError | None]:
    """The finding, kept nowhere; or why the inputs make none, to be shown."""
    try:
        return ask_live(case, measure), None
    except DatelineError as error:
        return None, error


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A measure that the case has now. path: of its file in the case. finding: its own, error: why it has none."""

    id: str
    path: str
    finding: Finding | None = None
    error: DatelineError | None = None

    def to_json(self) -> dict[str, Any]:
        """For a script."""
        return {
            "path": self.path,
            "finding": None if self.finding is None else as_json(self.finding),
            "error": None if self.error is None else self.error.to_json(),
        }


def keep(desk: Desk, measure: Measure, *, by: str) -> Kept:
    """Writes measures/ID.toml and measures it, as `dateline measure ID --by WHO` does: first looks go into custody.

    Raises InputError `record-exists`; RecordError with every fault where the case could not keep it; nothing is
    written then. A measure that is written and cannot be computed stays, and says why.
    """
    path = f"{measure.folder}/{measure.id}.toml"
    with exclusive(desk.root / LOCK):
        case = desk.case()
        if measure.id not in case.measures:  # a name that another measure has is told by the writing
            Changes(new=(Placed(measure, path),)).checked(case)
        write_new(desk.root, measure)
        case = desk.case()
    done = {one.id: one for one in measure_case(case, (measure.id,), looks=looks_of(case, by, desk.clock))}
    return Kept(id=measure.id, path=path, finding=done[measure.id].finding, error=done[measure.id].error)


def kept(case: Case, name: str) -> Kept | None:
    """A measure as a page shows it after it was kept; None for an id that is none's."""
    if name not in case.measures:
        return None
    finding = case.finding(name) if name in case.finding_ids() else None
    return Kept(id=name, path=f"{Measure.folder}/{name}.toml", finding=finding)


def looks_of(case: Case, who: str | None, clock: Clock) -> Looks | None:
    """Who writes down first looks, in a case that keeps custody. None of nobody: then they are told, not entered."""
    if not chains(case.root):
        return None
    if who is None:
        return Looks(case, None)
    return Looks(case, Custody(case.root, chain_name(plain_name(who)), who, clock, tool=f"dateline {__version__}"))


def free_id(case: Case, stem: str) -> str:
    """An id that no record has, whatever its capital letters: stem, stem-2, …"""
    taken = {name.casefold() for name in case.records}
    names = (stem[:100] if number == 1 else f"{stem[:100]}-{number}" for number in count(1))
    return next(name for name in names if name.casefold() not in taken)


def as_json(finding: Finding) -> dict[str, Any]:
    """What a reader of the finding would read, for a script."""
    return {
        "result": finding.result,
        "refused": finding.result in WEAK,
        "sentence": finding.statement.en,
        "reasons": [note.text for note in finding.reasons],
        "needed": list(finding.needed),
        "caveats": [{"code": note.code, "text": note.text} for note in finding.caveats],
        "estimates": {name: estimate_words(one) for name, one in finding.estimates.items()},
        "simulated": finding.simulated,
    }


def estimate_words(one: Estimate) -> str:
    """An estimate with its interval, in the digits that the interval can carry."""
    if one.best is None:
        return "not known"
    best, low, high = one.spoken()
    unit = "" if one.unit == "1" else f" {one.unit}"
    return f"{best}{unit} ({100 * one.level:g} % from {low or 'open'} to {high or 'open'})"
