"""A strip of pictures in order of time: each with its day, what took it, and what was seen on it, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from dateline.core.errors import InputError
from dateline.ledger.record import Many, Text, refuse
from dateline.story.block import BlockModel, FindingId, Plain, Prose
from dateline.story.chart import day_of
from dateline.story.page import Page
from dateline.story.panel import Panel, panel
from dateline.story.picture_spec import PictureSpec

MOST = 60


State = Literal["ships", "empty", "not observed"]
SHORT = ".simulated"
"""What an image's name may end with."""


class Chip(PictureSpec):
    """One picture of the strip, and what was seen on it."""

    state: State | None = Field(default=None, description="ships, empty or not observed; or `of` and `image` instead")
    of: FindingId | None = Field(default=None, description="id of the finding that says what `image` showed")
    image: Text | None = Field(default=None, description="the image's name in that finding")
    ships: int | None = Field(default=None, ge=1, description="how many, where they were counted")
    why: Plain = Field(default="", description="of a picture on which nothing could be seen: why")

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if (self.state is None) == (self.of is None) or (self.of is None) != (self.image is None):
            refuse(f"state {self.state}, of {self.of}, image {self.image}", "state; or of and image", at="state")
        if self.of is not None and (self.ships is not None or self.why):
            refuse("ships or why beside a finding", "nothing: the finding says them", at="of")
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
    """One picture as the template prints it. later: days since the one before, in words; link: its finding."""

    panel: Panel
    kind: str
    words: str
    later: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of one picture, by whoever typed it or by a finding."""

    state: State
    ships: int | None = None
    why: str = ""


def prepare(block: Model, page: Page) -> Mapping[str, Any]:
    """The pictures in order of time. Raises InputError (code `strip`) for an image that its finding does not know."""
    number = page.next_figure()
    chips = sorted(block.chips, key=_when)
    days = [_when(chip)[0] for chip in chips]
    steps = [0, *((later - earlier).days for earlier, later in pairwise(days))]
    told = [_said(chip, page) for chip in chips]
    shown = [
        Shown(
            panel=panel(page, f"picture-{number}-{n}", chip),
            kind=said.state.replace(" ", "_"),
            words=_words(said, page),
            later=page.plural("strip.later", step) if step else "",
            link="" if chip.of is None else page.anchor(chip.of),
        )
        for n, (chip, step, said) in enumerate(zip(chips, steps, told, strict=True), 1)
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


def _said(chip: Chip, page: Page) -> Said:
    if chip.of is None:
        assert chip.state is not None
        return Said(chip.state, chip.ships, page.plain(chip.why))
    rows = [row for row in page.rows(page.finding(chip.of)) if _is_of(row, chip.image or "")]
    states = {str(row.get("seen") or row.get("state") or "") for row in rows}
    if not states or not states <= {"ships", "empty", "not observed"} or not _same_day(chip, rows):
        raise InputError(
            f"{chip.of} does not say what the picture of {chip.date} showed.",
            saw=f"image {chip.image}: {len(rows)} rows, {', '.join(sorted(states)) or 'no state'}",
            do="Name a finding of berth_occupancy or port_activity, and an image of that day as its rows call it.",
            code="strip",
        )
    if "ships" in states:
        return Said("ships", max((int(row["ships"]) for row in rows if row.get("ships")), default=None))
    why = next((str(row["why"]) for row in rows if row.get("why")), "")
    return Said("empty") if "empty" in states else Said("not observed", why=page.english(why))


def _is_of(row: Mapping[str, Any], image: str) -> bool:
    names = {str(row.get("image") or ""), *str(row.get("images") or "").split("; ")}
    return image.removesuffix(SHORT) in {name.removesuffix(SHORT) for name in names}


def _same_day(chip: Chip, rows: Sequence[Mapping[str, Any]]) -> bool:
    return all(str(row.get("at") or row.get("day"))[:10] == _when(chip)[0].isoformat() for row in rows)


def _words(said: Said, page: Page) -> str:
    if said.ships is not None:
        return page.plural("strip.shipped", said.ships)
    state = page.word(f"strip.{said.state.replace(' ', '_')}")
    return page.filled("strip.state", state=state, why=said.why) if said.why else state
