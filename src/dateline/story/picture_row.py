"""Several pictures of one place in a row: what they share is said once, and they cover each other or are refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dateline.core.errors import InputError
from dateline.story.panel import Panel

SHARED = ("sensor", "provider", "licence", "date")
"""What a block may say once for all its pictures."""


def said_once(values: Any, rows: str, keys: Sequence[str] = SHARED) -> Any:
    """The body of a block in which each picture of the list `rows` has what the block says for all of them."""
    if not isinstance(values, Mapping) or not isinstance(values.get(rows), list | tuple):
        return values
    shared = {key: values[key] for key in keys if values.get(key)}
    told = [{**shared, **row} if isinstance(row, Mapping) else row for row in values[rows]]
    return {**values, rows: told}


def check_alike(panels: Sequence[Panel]) -> None:
    """Raises InputError where pictures do not cover each other (`picture-shapes`) or some of them are measured images
    on a declared scale and some are pictures as delivered (`picture-scales`)."""
    first = panels[0].drawn
    for each in panels[1:]:
        one, two = first.width / first.height, each.drawn.width / each.drawn.height
        if abs(one - two) > 0.01 * one:
            raise InputError(
                f"The picture of {each.date} does not cover the one of {panels[0].date}.",
                saw=f"{first.width} × {first.height} and {each.drawn.width} × {each.drawn.height} pixels",
                do="Give pictures of the same ground, cut alike; or one window for measured images.",
                code="picture-shapes",
            )
        if (each.drawn.placed is None) != (first.placed is None):
            raise InputError(
                "Measured images and pictures as delivered cannot stand on one scale.",
                saw=f"the pictures of {panels[0].date} and {each.date}",
                do="Make two figures of them; or give the measured file of each.",
                code="picture-scales",
            )
