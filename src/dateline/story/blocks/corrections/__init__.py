"""Corrections: dated, newest first, with what it said and what it says now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from dateline.ledger.record import Many
from dateline.ledger.told import Day
from dateline.story.block import BlockModel, BlockPart, Prose
from dateline.story.page import Page


class Entry(BlockPart):
    """One correction."""

    date: Day
    text: Prose = Field(description="what was wrong, and how it came about")
    was: Prose = ""
    now: Prose = ""


class Model(BlockModel):
    """The body of a :::corrections block."""

    is_figure: ClassVar[bool] = False

    title: Prose = ""
    entry: Many[Entry] = ()


def prepare(block: Model, _page: Page) -> Mapping[str, Any]:
    """The entries, newest first."""
    return {"entries": sorted(block.entry, key=lambda entry: entry.date, reverse=True)}
