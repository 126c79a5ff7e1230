"""Asking a method what the marks so far mean: the same question that a measure of the case would ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dateline.ledger.case import Case
from dateline.ledger.finding import Finding
from dateline.ledger.measure import Measure
from dateline.measure.ask import ask
from dateline.measure.request import from_measure


def measure_of(
    name: str,
    method: str,
    *,
    inputs: Mapping[str, Mapping[str, Any]],
    parameters: Mapping[str, Any] | None = None,
    question: str | None = None,
) -> Measure:
    """The measure that asks this. inputs: role -> keys of a selector. Raises RecordError-like faults as pydantic's."""
    told = {"id": name, "method": method, "inputs": dict(inputs), "parameters": dict(parameters or {})}
    return Measure.model_validate(told | ({} if question is None else {"question": question}))


def ask_live(case: Case, measure: Measure) -> Finding:
    """The finding, kept nowhere. Raises what the method's inputs raise."""
    finding, _ = ask(from_measure(case, measure))
    return finding
