"""Statements against origins: how many say it, how many know it, and what is left without one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from markupsafe import Markup
from pydantic import Field

from dateline.core.errors import InputError
from dateline.ledger.finding import Finding
from dateline.ledger.record import Many, Text
from dateline.story.block import BlockModel, BlockPart, FindingId, Prose
from dateline.story.page import Page

METHOD = "independent_origins"


class Row(BlockPart):
    """One statement that was counted back to who knows."""

    text: Prose
    finding: FindingId
    without: Many[Text] = Field(default=(), description="names of origins, states or methods, as the finding has them")


class Model(BlockModel):
    """The body of a :::origins block."""

    is_figure: ClassVar[bool] = True

    title: Prose
    caption: Prose = ""
    row: Many[Row] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Drawn:
    """One row as it is printed. `least` of the marks are sure; those from there to `most` may be others' again."""

    text: Markup
    count: Markup
    statements: int
    least: int
    most: int
    left: tuple[str, ...]
    simulated: bool


def prepare(block: Model, page: Page) -> Mapping[str, Any]:
    """The rows with their counts. Raises InputError (code "origins") for another finding, or a name it lacks."""
    return {
        "number": page.next_figure(),
        "rows": [_row(row, page) for row in block.row],
        "simulated": any(page.finding(row.finding).simulated for row in block.row),
    }


def _row(row: Row, page: Page) -> Drawn:
    finding = page.finding(row.finding)
    origins = finding.values.get("origins")
    if finding.method != METHOD or not isinstance(origins, Mapping):
        raise _odd(f"{row.finding} is no count of origins.", finding.method, f"Name a finding of {METHOD}.")
    least, most = int(origins["min"]), int(origins["max"])
    return Drawn(
        text=page.prose(row.text),
        count=page.link(page.look(f"{row.finding}.values.origins"), _count(page, least, most)),
        statements=int(finding.values["statements"]),
        least=least,
        most=most,
        left=tuple(_left(page, finding, name) for name in row.without),
        simulated=finding.simulated,
    )


def _count(page: Page, least: int, most: int) -> str:
    if least == most:
        return page.plural("origins.origin", most)
    return page.word("origins.range", least=least, most=most)


def _left(page: Page, finding: Finding, name: str) -> str:
    """What is left without something, in the finding's own sentence."""
    told = {str(row["name"]): str(row["sentence"]) for row in page.rows(finding) if row.get("without")}
    if name not in told:
        known = ", ".join(told) or "nothing"
        raise _odd(f"{finding.id} was not counted without {name}.", name, f"Choose from {known}.")
    return told[name]


def _odd(what: str, saw: str, do: str) -> InputError:
    return InputError(what, saw=saw, do=do, code="origins")
