"""Opinion and forecast, apart from what was found and under somebody's name: Markdown between the fences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from dateline.ledger.record import Text
from dateline.story.block import BlockModel
from dateline.story.page import Page


class Model(BlockModel):
    """What stands behind the name of an :::analysis block; what stands in it is Markdown."""

    holds_prose: ClassVar[bool] = True

    by: Text = Field(description="who signs it: a person, by name")


def prepare(_block: Model, _page: Page) -> Mapping[str, Any]:
    """Nothing more than what stands in it."""
    return {}
