"""A matrix: evidence against rival explanations, row by row, as people judge it (Heuer 1999)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal, Self

from pydantic import Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from dateline.ledger.citation import Citations, citation_refs
from dateline.ledger.claim import Origin
from dateline.ledger.faults import offer
from dateline.ledger.record import Kind, Many, Part, Record, RecordId, Ref, Text, ref_to, refuse

Rating = Literal["consistent", "inconsistent", "neutral", "not applicable"]
"""How a piece of evidence goes with an explanation: it would be expected, would not, either way, or says nothing."""

Strength = Literal["weak", "moderate", "strong"]
"""How much likelier the evidence is under what it is consistent with than under what it is inconsistent with."""

RECORDS: tuple[Kind, ...] = ("claim", "item", "finding", "media")
"""What a row may point at, in place of a text of its own."""


class Explanation(Part):
    """One of the rivals."""

    id: RecordId
    text: Text


class Row(Part):
    """One piece of evidence: a record of the case, or a text of its own; and how it goes with each explanation."""

    claim: RecordId | None = None
    item: RecordId | None = None
    finding: RecordId | None = None
    media: RecordId | None = None
    text: Text | None = Field(default=None, description="evidence that no record holds, in our own words")
    why: Text = Field(description="why it is rated so")
    by: Text = Field(description="who rated it")
    strength: Strength | None = None
    strength_why: Text | None = Field(default=None, description="why it weighs so much; needed with strength")
    origin: Origin | None = Field(default=None, description="who knows, of an item, a media item or a text")
    sources: Citations = ()
    ratings: dict[str, Rating] = Field(description="rating by the explanation's id; one left out is not rated yet")

    @model_validator(mode="after")
    def _points_at_one_thing(self) -> Self:
        given = [name for name in (*RECORDS, "text") if getattr(self, name) is not None]
        if len(given) != 1:
            found = " and ".join(given) if given else "a row about nothing"
            refuse(found, f"one of {', '.join(RECORDS)} or text", at=given[1] if given else "")
        if self.origin is not None and given[0] in {"claim", "finding"}:
            valid = "no origin: a claim says its own, a finding is our own work"
            refuse(f"origin of a {given[0]}", valid, at="origin")
        if (self.strength is None) != (self.strength_why is None):
            at = "strength" if self.strength is not None else "strength_why"
            refuse(f"{at} alone", "strength and strength_why together", at=at)
        return self

    @property
    def about(self) -> tuple[Kind, str] | None:
        """The kind and id of the record that it points at; None of a text."""
        named = ((kind, getattr(self, kind)) for kind in RECORDS)
        return next(((kind, name) for kind, name in named if name is not None), None)


class Matrix(Record):
    """Rival explanations of one question, and the evidence. Nobody is asked for a probability."""

    kind: ClassVar[Kind] = "matrix"
    folder: ClassVar[str] = "matrices"

    question: Text
    note: Text | None = None
    explanations: Many[Explanation] = Field(description="two or more rivals; what evidence would tell them apart")
    rows: Many[Row] = ()

    @model_validator(mode="after")
    def _is_one_matrix(self) -> Self:
        faults = [*_explanation_faults(self.explanations), *_row_faults(self)]
        if faults:
            raise ValidationError.from_exception_data("Matrix", faults)
        return self

    def title_text(self) -> str:
        """The question."""
        return self.question

    def refs(self) -> Iterator[Ref]:
        """What the rows point at, and their pages."""
        for index, row in enumerate(self.rows):
            if row.about is not None:
                kind, name = row.about
                yield from ref_to(f"rows.{index}.{kind}", name, kind, chain=kind == "finding")
            yield from citation_refs(f"rows.{index}.sources", row.sources)


def _explanation_faults(explanations: tuple[Explanation, ...]) -> Iterator[InitErrorDetails]:
    if len(explanations) < 2:
        found = "one explanation" if explanations else "no explanation"
        yield _fault(("explanations",), found, "two or more: most evidence fits many, and only rivals show it")
    seen: set[str] = set()
    for index, one in enumerate(explanations):
        if one.id in seen:
            yield _fault(("explanations", index, "id"), f"{one.id!r} a second time", "an id of its own for each")
        seen.add(one.id)


def _row_faults(matrix: Matrix) -> Iterator[InitErrorDetails]:
    """Ratings of explanations that are not there; evidence that is rated twice."""
    known = {one.id for one in matrix.explanations}
    seen: dict[object, int] = {}
    for index, row in enumerate(matrix.rows):
        for name in row.ratings:
            if name not in known:
                found = f"{name!r}, which is no explanation here"
                yield _fault(("rows", index, "ratings", name), found, f"its id: {offer(name, known)}")
        what = row.about or ("text", row.text)
        if what in seen:
            found = f"{what[1]!r}, which row {seen[what] + 1} rates too"
            yield _fault(("rows", index, what[0]), found, "one row for each piece of evidence")
        seen.setdefault(what, index)


def _fault(path: tuple[str | int, ...], found: str, valid: str) -> InitErrorDetails:
    told = {"found": found, "valid": valid, "at": ""}
    return InitErrorDetails(type=PydanticCustomError("record", "{found}; {valid}", told), loc=path, input=found)
