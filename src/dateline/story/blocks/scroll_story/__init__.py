"""A story told along a picture: the picture stays while steps of prose go by, and rings say where each step looks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, ClassVar, Self

from pydantic import Field, model_validator

from dateline.core.errors import InputError
from dateline.ledger.record import Many, Text, refuse
from dateline.story.block import BlockModel, BlockPart, PlaceId, Plain, Prose
from dateline.story.page import Page
from dateline.story.panel import Panel, legend_of, panel
from dateline.story.picture_row import said_once
from dateline.story.picture_spec import PictureSpec, Stretch

MOST = 40


class Shot(PictureSpec):
    """One of the pictures along which it is told."""

    name: Text = Field(description="what the steps call it")


class Step(BlockPart):
    """One step: its words, and where they look."""

    text: Prose = Field(description="what is told while the picture stands")
    picture: Text | None = Field(default=None, description="name of the picture; that of the step before when absent")
    ring: tuple[float, float, float] | None = Field(
        default=None,
        strict=False,
        description="where the step looks: from the left and from the top as shares of the picture, radius as a share "
        "of its width",
    )
    place: PlaceId | None = Field(
        default=None, description="a place of `labels` around which the ring is drawn, on a measured image"
    )
    label: Plain = Field(default="", description="what is in the ring, in a few words; needed with ring")

    @model_validator(mode="after")
    def _one_ring(self) -> Self:
        if self.ring is not None and self.place is not None:
            refuse("ring and place", "one of them", at="place")
        if self.ring is not None and not (
            0 <= self.ring[0] <= 1 and 0 <= self.ring[1] <= 1 and 0 < self.ring[2] <= 0.5
        ):
            refuse(f"{list(self.ring)}", "shares such as [0.4, 0.25, 0.06]: left, top, radius", at="ring")
        if self.ring is not None and not self.label:
            refuse("a ring without words", 'label = "the crane"', at="label")
        if self.label and self.ring is None and self.place is None:
            refuse("a label without a ring", "ring or place", at="label")
        return self


class Model(BlockModel):
    """The body of a :::scroll_story block."""

    is_figure: ClassVar[bool] = True

    title: Prose = Field(description="what it tells, as a sentence")
    caption: Prose = Field(default="", description="what a reader must know to read the pictures")
    sensor: str = Field(default="", description="what took the pictures that do not say it themselves")
    provider: str = Field(default="", description="who provides the pictures that do not say it themselves")
    licence: str = Field(default="", description="of the pictures that do not say it themselves")
    pictures: Many[Shot] = Field(min_length=1, max_length=MOST, description="the pictures, each a table [[pictures]]")
    steps: Many[Step] = Field(min_length=1, max_length=MOST, description="the steps, each a table [[steps]]")
    stretch: Stretch | None = Field(default=None, description="the one scale of all, for measured images")
    window: tuple[float, float, float, float] | None = Field(
        default=None, description="west, south, east, north [degrees]: the part that is drawn", strict=False
    )
    labels: Many[PlaceId] = Field(default=(), description="ids of places whose names stand on every picture")

    @model_validator(mode="before")
    @classmethod
    def _share(cls, values: Any) -> Any:
        return said_once(values, "pictures", ("sensor", "provider", "licence"))

    @model_validator(mode="after")
    def _known(self) -> Self:
        names = [shot.name for shot in self.pictures]
        if len(set(names)) < len(names):
            refuse(", ".join(names), "a name of its own for each picture", at="pictures")
        for index, step in enumerate(self.steps):
            if step.picture is not None and step.picture not in names:
                refuse(repr(step.picture), f"one of {', '.join(names)}", at=f"steps.{index}.picture")
            if step.place is not None and step.place not in self.labels:
                refuse(repr(step.place), f"a place of labels: {', '.join(self.labels) or 'none'}", at=f"steps.{index}")
        unused = set(names) - set(_names(self))
        if unused:
            refuse(f"{', '.join(sorted(unused))} in no step", "a step that shows it", at="pictures")
        return self


@dataclass(frozen=True, slots=True)
class Ring:
    """A ring on a picture [px of the picture], with its number and words. at: where its number is written."""

    n: int
    x: float
    y: float
    radius: float
    label: str

    def number_at(self, size: float, width: float, height: float) -> tuple[float, float]:
        """Where its number stands: below to the right, since names stand above; on the left where the picture ends."""
        aside = self.radius * 0.75
        x = self.x + aside if self.x + aside + size < width else self.x - aside - size * 0.6
        return round(x, 1), round(min(self.y + aside + size * 0.75, height - size * 0.3), 1)


@dataclass(frozen=True, slots=True)
class Told:
    """One step as the template prints it, with the number of its ring; 0 without one."""

    text: str
    ring: int
    label: str


@dataclass(frozen=True, slots=True)
class Run:
    """Steps in a row that tell of one picture, with all their rings."""

    panel: Panel
    alt: str
    rings: tuple[Ring, ...]
    steps: tuple[Told, ...]


def prepare(block: Model, page: Page) -> Mapping[str, Any]:
    """The runs of steps. Raises InputError (code `ring-outside`) for a place not on the picture, or on it twice."""
    number = page.next_figure()
    runs = list(_runs(block, page, number))
    sources = dict.fromkeys(
        " · ".join(part for part in (one.sensor, one.date, one.provider, one.licence) if part)
        for one in (run.panel for run in runs)
    )
    return {
        "number": number,
        "runs": runs,
        "legend": legend_of(page, block.stretch, *block.pictures),
        "simulated": any(run.panel.simulated for run in runs),
        "sources": "; ".join(sources),
    }


def _names(block: Model) -> Iterator[str]:
    """The picture of each step."""
    name = block.pictures[0].name
    for step in block.steps:
        name = step.picture or name
        yield name


def _runs(block: Model, page: Page, number: int) -> Iterator[Run]:
    shots, at = {shot.name: shot for shot in block.pictures}, 0
    options: dict[str, Any] = {"stretch": block.stretch, "window": block.window, "labels": block.labels}
    for n, (name, group) in enumerate(groupby(zip(_names(block), block.steps, strict=True), lambda pair: pair[0]), 1):
        steps = [step for _, step in group]
        drawn = panel(page, f"picture-{number}-{n}", shots[name], **options)
        rings = _rings(steps, drawn, page, at)
        at += len(rings)
        yield _run(steps, drawn, rings, page)


def _run(steps: Sequence[Step], drawn: Panel, rings: Sequence[Ring], page: Page) -> Run:
    waiting, told = list(rings), []
    for step in steps:
        ring = waiting.pop(0) if step.ring is not None or step.place is not None else None
        told.append(Told(step.text, ring.n if ring else 0, ring.label if ring else ""))
    ringed = "; ".join(f"{ring.n}, {ring.label}" for ring in rings)
    alt = f"{drawn.alt} {page.word('scroll_story.ringed', text=ringed)}" if rings else drawn.alt
    return Run(drawn, alt, tuple(rings), tuple(told))


def _rings(steps: Sequence[Step], drawn: Panel, page: Page, before: int) -> list[Ring]:
    width, height = drawn.drawn.width, drawn.drawn.height
    rings: list[Ring] = []
    for step in steps:
        n = before + len(rings) + 1
        if step.ring is not None:
            x, y, radius = step.ring
            rings.append(
                Ring(n, round(x * width, 1), round(y * height, 1), round(radius * width, 1), _label(step, page))
            )
        elif step.place is not None:
            x, y = _at(step.place, drawn, page)
            rings.append(Ring(n, round(x, 1), round(y, 1), round(0.05 * width, 1), _label(step, page)))
    return rings


def _label(step: Step, page: Page) -> str:
    return page.plain(step.label) or page.name(step.place or "")


def _at(place: str, drawn: Panel, page: Page) -> tuple[float, float]:
    """Where a place's label stands on a measured image [px]."""
    labels = drawn.drawn.placed.labels if drawn.drawn.placed is not None else ()
    found = [(x, y) for name, x, y in labels if name == page.name(place)]
    if len(found) != 1:
        there = "more than one place of that name" if found else f"no {place} in the part that is drawn"
        saw = "a picture without coordinates" if drawn.drawn.placed is None else there
        raise InputError(
            f"The ring around {place} cannot be drawn.",
            saw=f"{drawn.date}: {saw}",
            do="Give ring = [left, top, radius] as shares of the picture, or a window that holds the place.",
            code="ring-outside",
        )
    return found[0]
