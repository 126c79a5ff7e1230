"""A series over time: bands, gaps left open, looks that gave nothing, events as the time they span."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from dateline.core.errors import InputError
from dateline.ledger.record import Many, Text
from dateline.story.block import BlockModel, EventId, FindingId, PlaceId, Plain, Prose
from dateline.story.blocks.series.draw import Mark, draw
from dateline.story.blocks.series.rows import Columns, points
from dateline.story.page import Page


class Model(BlockModel):
    """The body of a :::series block."""

    is_figure: ClassVar[bool] = True

    finding: FindingId
    place: PlaceId | None = Field(default=None, description="the place, where the rows hold several")
    title: Prose = Field(description="what the chart shows, as a sentence")
    subtitle: Plain = Field(default="", description="what is drawn: quantity, unit, of what")
    caption: Prose
    alt: Plain = Field(description="type of chart, what it shows, and why it matters")
    unit: Text = Field(default="", description="unit of the values")
    scale: Literal["linear", "log"] = "linear"
    zero: bool = Field(default=True, description="whether a linear scale begins at zero")
    events: Many[EventId] = Field(default=(), description="ids of events to mark; each spans its days")
    columns: Columns = Field(default=Columns(), description="which columns of the finding's rows hold what")


def prepare(block: Model, page: Page) -> Mapping[str, Any]:
    """The chart twice, for wide and for narrow screens, and its table.

    Raises InputError (code "series") when the finding has no rows for this place.
    """
    finding = page.finding(block.finding)
    found = points(page, finding, block.columns, place=block.place)
    if not any(point.value is not None for point in found):
        raise InputError(
            f"There is nothing to draw of {block.finding}.",
            saw=f"{len(found)} rows with a value{f' for {block.place}' if block.place else ''}",
            do="Name a place that is in the finding's rows, or say under [columns] which column holds the value.",
            code="series",
        )
    marks = tuple(
        Mark(index + 1, page.case.events[name].when, page.case.events[name].title, name)
        for index, name in enumerate(block.events)
    )
    zero = block.zero and block.scale == "linear"
    options: dict[str, Any] = {"log": block.scale == "log", "zero": zero, "marks": marks}
    return {
        "number_": page.next_figure(),
        "finding": finding,
        "charts": [draw(found, page, size=size, **options) for size in ("wide", "narrow")],
        "points": found,
        "marks": [
            (mark, page.link(page.look(mark.event), mark.title), page.language.when(mark.when)) for mark in marks
        ],
        "levels": _levels(page, block),
        "unit": page.language.unit(block.unit),
        "has": {
            name: any(getattr(point, name) is not None for point in found) for name in ("low", "low50", "n", "state")
        },
    }


def _levels(page: Page, block: Model) -> Mapping[str, str]:
    return {"outer": page.language.level(block.columns.level), "inner": page.language.level(0.5)}
