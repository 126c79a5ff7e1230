"""A strip of pictures in order of time: each with its day, what took it, and what was seen on it, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from dateline.ledger.record import Many, refuse
from dateline.story.block import BlockModel, Plain, Prose
from dateline.story.chart import day_of
from dateline.story.page import Page
from dateline.story.panel import Panel, panel
from dateline.story.picture_spec import PictureSpec

MOST = 60


class Chip(PictureSpec):
    """One picture of the strip, and what was seen on it."""

    state: Literal["ships", "empty", "not observed"] = Field(description="ships, empty or not observed")
    ships: int | None = Field(default=None, ge=1, description="how many, where they were counted")
    why: Plain = Field(default="", description="of a picture on which nothing could be seen: why")

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if self.state == "not observed" and not self.why:
            refuse("not observed, and no reason", 'why = "cloud"', at="why")
        if self.ships is not None and self.state != "ships":
            refuse(f"{self.ships} ships and {self.state!r}", 'state = "ships"', at="ships")
        if self.date is None or self.date.earliest is None:
            refuse("no date", "the day on which it was taken", at="date")
        return self


class Model(BlockModel):
    """The body of a :::strip block."""

    is_figure: ClassVar[bool] = True

    title: Prose
    caption: Prose = ""
    chips: Many[Chip] = Field(min_length=2, max_length=MOST, description="the pictures, each a table [[chips]]")


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture as the template prints it. later: days since the one before, in words."""

    panel: Panel
    kind: str
    words: str
    later: str


def prepare(block: Model, page: Page) -> Mapping[str, Any]:
    """The pictures in order of time."""
    number = page.next_figure()
    chips = sorted(block.chips, key=_when)
    days = [_when(chip)[0] for chip in chips]
    steps = [0, *((later - earlier).days for earlier, later in pairwise(days))]
    shown = [
        Shown(
            panel=panel(page, f"picture-{number}-{n}", chip),
            kind=chip.state.replace(" ", "_"),
            words=_words(chip, page),
            later=page.plural("strip.later", step) if step else "",
        )
        for n, (chip, step) in enumerate(zip(chips, steps, strict=True), 1)
    ]
    sources = dict.fromkeys(
        " · ".join(part for part in (each.panel.sensor, each.panel.provider, each.panel.licence) if part)
        for each in shown
    )
    return {
        "number": number,
        "shown": shown,
        "simulated": any(each.panel.simulated for each in shown),
        "sources": "; ".join(sources),
    }


def _when(chip: Chip) -> tuple[date, str]:
    assert chip.date is not None
    assert chip.date.earliest is not None
    return day_of(chip.date.earliest), str(chip.date.earliest)


def _words(chip: Chip, page: Page) -> str:
    if chip.ships is not None:
        key = "strip.one_ship" if chip.ships == 1 else "strip.shipped"
        return page.word(key, n=page.language.count(chip.ships))
    state = page.word(f"strip.{chip.state.replace(' ', '_')}")
    return page.word("strip.state", state=state, why=page.plain(chip.why)) if chip.why else state
