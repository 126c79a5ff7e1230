"""One number large, with its interval drawn and in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from dateline.core.estimate import Estimate
from dateline.story.block import BlockModel, Prose, ReferenceText
from dateline.story.chart import Scale
from dateline.story.page import Page

WIDTH, LEFT, RIGHT = 320.0, 8.0, 312.0


class Model(BlockModel):
    """The body of a :::number block."""

    is_figure: ClassVar[bool] = False

    value: ReferenceText = Field(description="an estimate: lights-port.ratio or lights-port.ratio.change")
    label: Prose = Field(description="what the number is the number of")
    note: Prose = ""


def prepare(block: Model, page: Page) -> Mapping[str, Any]:
    """The estimate in words and as a bar."""
    reference = page.look(block.value)
    answer = page.answer(block.value)
    estimate: Estimate = reference.value
    best, interval = page.language.parts(estimate)
    return {
        "best": page.link(reference, best),
        "interval": interval,
        "estimate": estimate,
        "answer": answer,
        "bar": bar(estimate, page),
        "level": page.language.level(estimate.level),
    }


def bar(estimate: Estimate, page: Page) -> Mapping[str, Any]:
    """Positions [px] of the interval, the best value and the point of no change; an open side runs off the edge."""
    still = {"1": 1.0, "%": 0.0}.get(estimate.unit)
    known = [value for value in (estimate.low, estimate.best, estimate.high, still) if value is not None]
    pad = 0.08 * (max(known) - min(known) or 1.0)
    scale = Scale(min(known) - pad, max(known) + pad, LEFT, RIGHT)
    return {
        "low": LEFT if estimate.low is None else scale(estimate.low),
        "high": RIGHT if estimate.high is None else scale(estimate.high),
        "best": scale(estimate.best),
        "still": None if still is None else scale(still),
        "still_words": page.word("how.no_change"),
    }
