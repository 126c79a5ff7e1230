"""Each checkable statement and what it rests on: measured here, attributed, opinion, or not to be known from here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

from markupsafe import Markup
from pydantic import Field, model_validator

from dateline.ledger.record import Many, refuse
from dateline.story.block import BlockModel, BlockPart, Prose, ReferenceText
from dateline.story.page import Page

FOLDED, FIRST = 12, 3
"""Of more than FOLDED statements the FIRST stand open; the others fold away by what they rest on."""


class Row(BlockPart):
    """One statement."""

    text: Prose
    standing: Literal["measured", "attributed", "opinion", "unknown", "refused"]
    rests: Many[ReferenceText] = Field(default=(), description="findings and claims that it rests on")
    note: Prose = ""

    @model_validator(mode="after")
    def _rests_on_something(self) -> Self:
        if self.standing in {"measured", "attributed", "refused"} and not self.rests:
            refuse(f"{self.standing}, resting on nothing", 'rests = ["id of a finding or claim"]', at="rests")
        if self.standing == "unknown" and not self.note:
            refuse("unknown, without a word on why", "note = what one would have to know", at="note")
        return self


class Model(BlockModel):
    """The body of a :::statements block."""

    is_figure: ClassVar[bool] = True

    title: Prose
    caption: Prose = ""
    row: Many[Row] = Field(min_length=1)


def prepare(block: Model, page: Page) -> Mapping[str, Any]:
    """The rows with links to what each rests on."""
    rows = []
    for row in block.row:
        links = [page.link(page.look(text), _label(page, text)) for text in row.rests]
        simulated = any(page.reading.is_simulated(text) for text in row.rests)
        rows.append((row, page.prose(row.text), links, simulated))
    first = FIRST if len(rows) > FOLDED else len(rows)
    more: dict[str, list[Any]] = {}
    for drawn in rows[first:]:
        more.setdefault(drawn[0].standing, []).append(drawn)
    return {"number": page.next_figure(), "first": rows[:first], "more": list(more.items())}


def _label(page: Page, text: str) -> str | Markup:
    """Short words for a link: the question of a finding, the speaker of a claim."""
    reference = page.look(text)
    if reference.owner in page.case.claims:
        claim = page.case.claims[reference.owner]
        said = page.language.when(claim.said)
        return f"{page.speaker(claim)}, {said}"
    if page.case.has_finding(reference.owner):
        return page.english(page.finding(reference.owner).question)
    if reference.owner in page.case.sources:
        return page.source(reference.owner)
    return page.case.records[reference.owner].title_text()
