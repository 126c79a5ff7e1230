"""Credits: the attribution of everything that the page uses, with its licence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from dateline.story.block import BlockModel, Prose
from dateline.story.page import Page


class Model(BlockModel):
    """The body of a :::credits block: empty, a title of its own, or more to thank for."""

    is_figure: ClassVar[bool] = False

    title: Prose = ""
    more: Prose = ""


def prepare(_block: Model, page: Page) -> Mapping[str, Any]:
    """Who is to be credited, in alphabetical order, each with the licence."""
    return {"rows": sorted((who, licence) for who, licence in page.credits.items() if who)}
