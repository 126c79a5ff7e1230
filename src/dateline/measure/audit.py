"""Are the bytes, the records and the numbers still the same? Says so for each, and nothing about truth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from dateline.core.errors import DatelineError
from dateline.core.identity import sha256_file
from dateline.evidence.chain import chains, first_difference
from dateline.evidence.item import Status
from dateline.ledger.case import Case
from dateline.measure.case_run import is_fresh
from dateline.measure.files import item_path

State = Literal["same", "different", "not here", "stale"]


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that was looked at."""

    what: str
    state: State
    detail: str = ""


def audit_case(case: Case) -> list[Row]:
    """Custody chains, items, findings, in this order. Records were checked when the case was loaded."""
    return [*_chains(case), *_items(case), *_findings(case)]


def _chains(case: Case) -> Iterator[Row]:
    for name, path in chains(case.root).items():
        difference = first_difference(path)
        yield Row(f"custody {name}", "different" if difference else "same", str(difference or ""))


def _items(case: Case) -> Iterator[Row]:
    for name, item in case.items.items():
        if item.status is Status.ELSEWHERE or item.sha256 is None:
            continue
        try:
            path = item_path(case, name)
        except DatelineError as error:
            yield Row(f"item {name}", "not here", error.saw)
            continue
        found = sha256_file(path)
        same = found == item.sha256
        yield Row(f"item {name}", "same" if same else "different", "" if same else f"SHA-256 is {found[:12]}…")


def _findings(case: Case) -> Iterator[Row]:
    states: dict[bool | None, State] = {True: "same", False: "stale", None: "not here"}
    for name in case.finding_ids():
        try:
            if name in case.measures:
                fresh = is_fresh(case, name)
                yield Row(f"finding {name}", states[fresh], "measure it again" if fresh is False else "")
            else:
                yield Row(f"finding {name}", "different", "no measure made it")
        except DatelineError as error:
            yield Row(f"finding {name}", "different", error.what)
