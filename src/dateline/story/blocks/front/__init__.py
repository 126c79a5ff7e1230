"""How far a place lay from a front on a day: one bar a map, on one scale, with who drew it and how old it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from pydantic import Field

from dateline.core.errors import InputError
from dateline.ledger.finding import Finding
from dateline.story.block import BlockModel, FindingId, Plain, Prose
from dateline.story.chart import Scale, ticks
from dateline.story.page import Page

SIZES = {"wide": (720.0, 13), "narrow": (350.0, 13)}
"""Width and size of letters [px]."""
EDGE, ROW, AXIS = 14.0, 44.0, 46.0
"""Margin at the sides, height of a row, and of the axis with its words [px]."""


class Model(BlockModel):
    """The body of a :::front block."""

    is_figure: ClassVar[bool] = True

    title: Prose
    finding: FindingId = Field(description="id of a finding of the method front_distance")
    alt: Plain = Field(description="what the chart shows, and why it matters")
    caption: Prose = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One map in one reading. low, high, best: distance [km], negative inside. age: at the day's end [days]."""

    maker: str
    day: str
    published: str
    reading: str
    low: float
    high: float
    best: float
    age: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One size of the chart [px]. bars: the row's drawing, x, width, x of the best, y."""

    size: str
    width: float
    letters: int
    height: float
    bottom: float
    zero: float
    bars: tuple[tuple[Drawn, float, float, float, float], ...]
    marks: tuple[tuple[float, str], ...]


def prepare(block: Model, page: Page) -> Mapping[str, Any]:
    """The chart for both sizes of screen, and its table. Raises InputError (code `front`) for other findings."""
    finding = page.finding(block.finding)
    maps = [_drawn(row, page) for row in page.rows(finding) if row.get("published") and row.get("low") is not None]
    if finding.method != "front_distance" or not maps:
        raise _no_front(finding)
    return {
        "number": page.next_figure(),
        "charts": [_chart(maps, size, page) for size in SIZES],
        "maps": maps,
        "simulated": finding.simulated,
        "how": page.link(page.look(block.finding), page.word("page.how")),
    }


def _drawn(row: Mapping[str, Any], page: Page) -> Drawn:
    published = datetime.fromisoformat(str(row["published"]))
    return Drawn(
        maker=str(row["maker"]),
        day=page.language.day(published.date()),
        published=page.word("bracket.moment", day=page.language.day(published.date()), time=f"{published:%H:%M}"),
        reading=str(row["reading"]),
        low=float(row["low"]),
        high=float(row["high"]),
        best=float(row["distance"]),
        age=float(row["age_days"]),
    )


def _chart(maps: list[Drawn], size: str, page: Page) -> Chart:
    width, letters = SIZES[size]
    low, high = min(0.0, *(one.low for one in maps)), max(0.0, *(one.high for one in maps))
    marks = ticks(low, high, 6 if size == "wide" else 4)
    at = Scale(marks[0], marks[-1], EDGE, width - EDGE)
    bottom = 6 + ROW * len(maps)
    bars = tuple(
        (one, at(one.low), round(at(one.high) - at(one.low), 1), at(one.best), round(6 + ROW * index, 1))
        for index, one in enumerate(maps)
    )
    return Chart(
        size=size, width=width, letters=letters, height=bottom + AXIS, bottom=bottom, zero=at(0.0), bars=bars,
        marks=tuple((at(mark), page.language.short(mark)) for mark in marks),
    )  # fmt: skip


def _no_front(finding: Finding) -> InputError:
    return InputError(
        f"The finding {finding.id} cannot be shown as distances from a front.",
        saw=f"method {finding.method}, result “{finding.result}”",
        do="Give a finding of front_distance that measured a distance.",
        code="front",
    )
