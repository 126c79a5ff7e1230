"""Two pictures of one place: side by side on paper and without a script, a swipe with one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from dateline.core.errors import InputError
from dateline.ledger.record import Many
from dateline.story.block import BlockModel, PlaceId, Plain, Prose
from dateline.story.page import Page
from dateline.story.panel import legend_of, panel
from dateline.story.picture_spec import PictureSpec, Stretch


class Model(BlockModel):
    """The body of a :::before_after block."""

    is_figure: ClassVar[bool] = True

    title: Prose = Field(description="what the pair shows, as a sentence")
    caption: Prose = Field(description="what a reader must know to read it")
    before: PictureSpec
    after: PictureSpec
    stretch: Stretch | None = Field(default=None, description="the one scale of both sides, for measured images")
    window: tuple[float, float, float, float] | None = Field(
        default=None, description="west, south, east, north [degrees]: the part that is drawn", strict=False
    )
    labels: Many[PlaceId] = Field(default=(), description="ids of places whose names stand on both sides")
    start: float = Field(default=50, ge=0, le=100, description="where the swipe begins [per cent]")
    shift: Plain = Field(default="", description="how far the two sides are out of register")


def prepare(block: Model, page: Page) -> Mapping[str, Any]:
    """Both sides drawn on one scale. Raises InputError (code "picture-shapes") when they do not cover each other."""
    number = page.next_figure()
    options: dict[str, Any] = {"stretch": block.stretch, "window": block.window, "labels": block.labels}
    before = panel(page, f"picture-{number}a", block.before, **options)
    after = panel(page, f"picture-{number}b", block.after, **options)
    one, two = before.drawn, after.drawn
    if abs(one.width / one.height - two.width / two.height) > 0.01 * one.width / one.height:
        raise InputError(
            "The two sides of a before/after figure do not cover each other.",
            saw=f"{one.width} × {one.height} and {two.width} × {two.height} pixels",
            do="Give two pictures of the same ground, cut alike; or the same window for two measured images.",
            code="picture-shapes",
        )
    return {
        "number": number,
        "sides": [(before, "before"), (after, "after")],
        "legend": legend_of(page, block.stretch, block.before, block.after),
        "simulated": before.simulated or after.simulated,
        "resolution": _resolution(page, before, after),
    }


def _resolution(page: Page, before: Any, after: Any) -> str:
    """Said when the two sides were not seen equally sharp."""
    if before.drawn.placed is None or after.drawn.placed is None:
        return ""
    sizes = [side.drawn.placed.resolution_m for side in (before, after)]
    if abs(sizes[0] - sizes[1]) < 0.02 * sizes[0]:
        return ""
    words = [page.word("before_after.scale_m", n=page.language.count(size)) for size in sizes]
    return page.word("before_after.resolution", before=words[0], after=words[1])
