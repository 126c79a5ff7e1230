"""Claims, sources and matrices for the tests of weighing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from dateline.core.when import When
from dateline.ledger.claim import Claim, Origin
from dateline.ledger.head import Share
from dateline.ledger.matrix import Explanation, Matrix, Rating, Row
from dateline.ledger.source import Source
from dateline.methods.catalogue import card, load
from dateline.methods.contract import Inputs, Outcome, Parameters

MARKS: Mapping[str, Rating] = {
    "+": "consistent",
    "-": "inconsistent",
    "=": "neutral",
    ".": "not applicable",
}
POLICY = (
    Share(what="intelligence", among=("US", "KR", "UA"), why="their services exchange reports"),
    Share(what="feed", among=("Planet",), why="one provider's daily images"),
)
"""Declared by whoever runs the case, here by the test."""


def claim(name: str, key: str | None = None, **more: Any) -> Claim:
    """A claim whose origin is `key`; nobody is named where it is None."""
    origin = more.pop("origin", None) or (Origin(key=key) if key else None)
    given = {"speaker": "s-" + name, "stance": "asserts", "statement": f"words of {name}", **more}
    return Claim(id=name, said=When.on(date(2024, 1, 1)), origin=origin, **given)


def source(name: str, type_: Any = "government", **more: Any) -> Source:
    """A source called like its id."""
    return Source(id=name, type=type_, names={"en": name}, **more)


def row(about: str, marks: str, explanations: Sequence[str] = ("e1", "e2", "e3"), **more: Any) -> Row:
    """A row on a claim, or on what `more` says; one sign an explanation: + - = . and a blank for not rated."""
    ratings = {name: MARKS[mark] for name, mark in zip(explanations, marks, strict=True) if mark != " "}
    kinds = {"item", "finding", "media", "text"} & more.keys()
    told: dict[str, Any] = {} if kinds else {"claim": about}
    return Row(**told, why="w", by=more.pop("by", "mk"), ratings=ratings, **more)


def matrix(*rows: Row, explanations: Sequence[str] = ("e1", "e2", "e3")) -> Matrix:
    """A matrix of these rows."""
    rivals = tuple(Explanation(id=name, text=f"text of {name}") for name in explanations)
    return Matrix(id="m", question="which?", explanations=rivals, rows=rows)


def weighed(asked: Matrix, claims: Sequence[Claim] = (), **roles: Any) -> Outcome:
    """The method's answer."""
    given = {"matrix": (asked,), "claims": tuple(claims), **roles}
    inputs = Inputs({role: tuple(values) for role, values in given.items() if values})
    return load("weighing")(inputs, Parameters.of(card("weighing"), {}), rng=np.random.default_rng(1))


def against(outcome: Outcome) -> dict[str, tuple[int, int]]:
    """Origins against each explanation, least and greatest."""
    return {one["id"]: (one["against"]["min"], one["against"]["max"]) for one in outcome.values["explanations"]}


def remaining(outcome: Outcome) -> list[str]:
    """The explanations that remain."""
    return [one["id"] for one in outcome.values["explanations"] if one["remains"]]


def codes(outcome: Outcome) -> set[str]:
    """Codes of caveats."""
    return {note.code for note in outcome.caveats}
