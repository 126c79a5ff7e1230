"""Measures a case: computes what is new or changed, in the order in which findings feed each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dateline.core.errors import DatelineError, InputError, Refusal, UsageError
from dateline.ledger.case import Case
from dateline.ledger.finding import Finding
from dateline.ledger.measure import Measure
from dateline.measure.answer import key_of
from dateline.measure.ask import ask_prepared, prepare, refs_of_refusal, refusal_of
from dateline.measure.keep import is_whole, keep
from dateline.measure.looks import Looks
from dateline.measure.request import Progress, Request, from_measure, silent
from dateline.methods import catalogue

FINDINGS = "findings"

Status = Literal["computed", "unchanged", "missing", "failed"]
ABSENT = {"missing-bytes", "sample-missing", "no-files", "missing-granules", "upstream"}
"""Codes that say: the input is not on this machine. Everything else is a failure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What became of one measure. `unlogged`: items whose first look it was, and that custody does not tell of."""

    id: str
    status: Status
    finding: Finding | None = None
    error: DatelineError | None = None
    unlogged: tuple[str, ...] = ()


def measure_case(
    case: Case,
    only: Sequence[str] = (),
    *,
    force: bool = False,
    tell: Callable[[str], Progress] = lambda _name: silent,
    looks: Looks | None = None,
) -> Iterator[Measured]:
    """Measures what changed, one after the other; a measure that fails does not stop those that do not need it.

    only: ids of measures; those that feed them are measured too. looks: who writes down that an item's bytes are read
    for the first time; None does not. Raises UsageError for an unknown id.
    """
    fallen: set[str] = set()
    for measure in in_order(case, only):
        try:
            _check_feeders(case, measure, fallen)
            yield _measure(case, measure, force=force, tell=tell(measure.id), looks=looks)
        except DatelineError as error:
            fallen.add(measure.id)
            status: Status = "missing" if error.code in ABSENT else "failed"
            yield Measured(id=measure.id, status=status, error=error)


def _check_feeders(case: Case, measure: Measure, fallen: set[str]) -> None:
    """Raises InputError `upstream` when a finding that this measure reads could not be computed just now."""
    broken = sorted(fallen & set(feeders(case, measure)))
    if broken:
        raise InputError(
            f"{measure.id} reads a finding that could not be computed.",
            saw=", ".join(broken),
            do="Mend what it needs first; an older finding of it is not used.",
            code="upstream",
        )


def feeders(case: Case, measure: Measure) -> list[str]:
    """The measures whose findings this one reads, itself, as rows of a matrix or as grounds of a media item's axes.

    A finding may have no measure.
    """
    selectors = [selector for given in measure.inputs.values() for selector in given]
    rows = [row for selector in selectors for name in selector.matrices for row in case.matrices[name].rows]
    rated = [row.finding for row in rows if row.finding is not None]
    read = (*(name for selector in selectors for name in selector.findings), *rated, *_cited(case, measure))
    return [name for name in read if name in case.measures]


def _cited(case: Case, measure: Measure) -> list[str]:
    """The findings under the axes of its media items, where it reads axes. None of them may be such an answer."""
    if not _reads_axes(measure):
        return []
    selectors = [selector for given in measure.inputs.values() for selector in given]
    cited = [one for selector in selectors for name in selector.media for one in case.media[name].cited_findings()]
    return [name for name in cited if name not in case.measures or not _reads_axes(case.measures[name])]


def _reads_axes(measure: Measure) -> bool:
    return measure.method in catalogue.cards() and catalogue.card(measure.method).front.gather == "media"


def _measure(case: Case, measure: Measure, *, force: bool, tell: Progress, looks: Looks | None) -> Measured:
    request = from_measure(case, measure)
    folder = case.root / FINDINGS
    unlogged: tuple[str, ...] = ()
    try:
        prepared = prepare(request)
    except Refusal as refusal:
        finding, files = refusal_of(request, refusal)
    else:
        key = key_of(request.question, prepared.refs)
        known = _known(case, measure.id)
        if not force and known is not None and known.input_key == key and is_whole(folder, known):
            return _asked_anew(request, known, folder)
        if looks is not None:
            entered, unlogged = looks.take(prepared.refs)
            prepared = prepare(request) if entered else prepared  # some answers rest on what the log says
        finding, files = ask_prepared(request, prepared, tell)
    keep(folder, finding, files)
    return Measured(id=measure.id, status="computed", finding=finding, unlogged=unlogged)


def _asked_anew(request: Request, known: Finding, folder: Path) -> Measured:
    """The same answer; under the question as it is worded now."""
    asked = request.question.text
    if known.question == asked:
        return Measured(id=known.id, status="unchanged", finding=known)
    finding = known.model_copy(update={"question": asked}).sealed()
    keep(folder, finding, ())
    return Measured(id=known.id, status="computed", finding=finding)


def _known(case: Case, name: str) -> Finding | None:
    try:
        return case.finding(name) if name in case.finding_ids() else None
    except DatelineError:  # a finding that cannot be read is computed again
        return None


def in_order(case: Case, only: Sequence[str] = ()) -> list[Measure]:
    """The measures, those that feed others first; `only` and what feeds them when given."""
    wanted = list(only) or list(case.measures)
    unknown = [name for name in wanted if name not in case.measures]
    if unknown:
        raise UsageError(
            f"The case has no measure {', '.join(unknown)}.",
            saw=", ".join(unknown),
            do=f"Choose from {', '.join(case.measures) or 'none: write measures/ID.toml first'}.",
            code="measure",
        )
    ordered: dict[str, Measure] = {}

    def visit(name: str) -> None:
        if name in ordered:
            return
        for feeder in feeders(case, case.measures[name]):
            visit(feeder)
        ordered[name] = case.measures[name]

    for name in wanted:
        visit(name)
    return list(ordered.values())


def stale(case: Case) -> tuple[str, ...]:
    """Findings whose inputs, parameters or method have changed since they were computed, or whose files are gone.

    A measure whose inputs are not on this machine cannot be judged and is left out: see `freshness`.
    """
    return tuple(name for name, fresh in freshness(case).items() if fresh is False)


def freshness(case: Case) -> dict[str, bool | None]:
    """For each finding on disk that a measure made: up to date, stale, or None where its inputs are not here."""
    found: dict[str, bool | None] = {}
    for name in case.finding_ids():
        if name in case.measures:
            found[name] = is_fresh(case, name)
    return found


def is_fresh(case: Case, name: str) -> bool | None:
    """Whether one finding is what would be computed now; None where its inputs are not here."""
    finding = case.finding(name)
    if not is_whole(case.root / FINDINGS, finding):
        return False
    try:
        request: Request = from_measure(case, case.measures[name])
        refs = prepare(request).refs
    except Refusal:
        refs = refs_of_refusal(request)
    except DatelineError as error:
        return None if error.code in ABSENT else False
    return key_of(request.question, refs) == finding.input_key and request.question.text == finding.question
