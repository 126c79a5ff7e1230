"""What a finding would rest on now and does not yet: a new granule, another statement, a mark that somebody made."""

from __future__ import annotations

from collections.abc import Iterable

from dateline.core.errors import DatelineError, Refusal
from dateline.ledger.case import Case
from dateline.measure.ask import prepare, refs_of_refusal
from dateline.measure.request import from_measure


def new_inputs(case: Case, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """For each of these findings the ids of inputs that its measure resolves to now, and that it does not rest on.

    Empty where an input only changed, or where its inputs are not on this machine. Nothing is measured.
    """
    return {name: _new(case, name) for name in names if name in case.measures}


def _new(case: Case, name: str) -> tuple[str, ...]:
    known = {(ref.kind, ref.id) for ref in case.finding(name).inputs}
    try:
        request = from_measure(case, case.measures[name])
        refs = prepare(request).refs
    except Refusal:
        refs = refs_of_refusal(request)
    except DatelineError:
        return ()
    return tuple(dict.fromkeys(ref.id for ref in refs if (ref.kind, ref.id) not in known))
