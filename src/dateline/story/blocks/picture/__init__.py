"""One picture, with what made it, when, and under which licence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from dateline.ledger.record import Many
from dateline.story.block import BlockModel, PlaceId, Prose
from dateline.story.page import Page
from dateline.story.panel import legend_of, panel
from dateline.story.picture_spec import PictureSpec, Stretch


class Model(BlockModel):
    """The body of a :::picture block."""

    is_figure: ClassVar[bool] = True

    title: Prose
    caption: Prose
    picture: PictureSpec
    stretch: Stretch | None = Field(default=None, description="the colour scale, for a measured image")
    window: tuple[float, float, float, float] | None = Field(
        default=None, description="west, south, east, north [degrees]: the part that is drawn", strict=False
    )
    labels: Many[PlaceId] = Field(default=(), description="ids of places whose names stand on it")


def prepare(block: Model, page: Page) -> Mapping[str, Any]:
    """The picture and, for a measured image, its colour scale."""
    number = page.next_figure()
    shown = panel(
        page, f"picture-{number}", block.picture, stretch=block.stretch, window=block.window, labels=block.labels
    )
    return {"number": number, "shown": shown, "legend": legend_of(page, block.stretch, block.picture)}
