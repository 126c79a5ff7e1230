"""Places on a map that needs no server: what was found at each, fronts as they were drawn, lines that were measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Self

from markupsafe import Markup
from pydantic import Field, Strict, model_validator

from dateline.core.errors import InputError
from dateline.ledger.finding import Finding
from dateline.ledger.record import Many, Text, refuse
from dateline.places.borders import VIEWS
from dateline.places.geodesy import middle
from dateline.story.block import BlockModel, FindingId, PlaceId, Plain, Prose
from dateline.story.blocks.map.fronts import Front, FrontLayer, day_of, front
from dateline.story.blocks.map.panel import SIZES, Ground, Panel, length_words, panel
from dateline.story.geodata import feature_collection
from dateline.story.mapping.basemap import CREDIT, LICENCE, state_name
from dateline.story.mapping.frame import Lonlat, outline
from dateline.story.page import Page
from dateline.story.spots import NOT_MEASURED, Spot, Spots, may_be_shown, published, spots

DISTANCE = "distance"
MOST = 400
"""Places on one map: more cannot be told apart."""


class Model(BlockModel):
    """The body of a :::map block."""

    is_figure: ClassVar[bool] = True

    title: Prose
    alt: Plain = Field(description="what the map shows, and why it matters")
    caption: Prose = ""
    places: Many[PlaceId] = Field(
        default=(), description="ids of places; of a finding all that it speaks of when absent"
    )
    finding: FindingId | None = Field(default=None, description="id of a finding whose answers by place are drawn")
    estimate: Text = Field(default="ratio", description="name of the estimate that sizes the marks")
    change: bool = Field(default=True, description="tell a ratio as change in per cent")
    window: Annotated[tuple[float, float, float, float], Strict(False)] | None = Field(
        default=None, description="west, south, east, north [degrees]; fitted to the places when absent"
    )
    front: Many[FrontLayer] = Field(default=(), description="maps of a front, each with who drew it and when")
    at: Text | None = Field(default=None, description="the day for which fronts are shown: YYYY-MM-DD")
    distances: Many[FindingId] = Field(default=(), description="ids of findings of `distance`, drawn as lines")
    zoom: bool = Field(default=False, description="let readers zoom and pan, where there is more to see")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not (self.places or self.finding or self.distances or (self.front and self.window)):
            refuse("nothing to show", "places, a finding, distances, or a front with a window", at="places")
        if not self.alt.strip() or self.alt.strip() == self.caption.strip():
            refuse(repr(self.alt), "what can be seen on it and why it matters; not the caption again", at="alt")
        if self.front and self.at is None:
            refuse("a front without a day", "at: the day for which it is shown", at="at")
        if self.at is not None:
            day_of(self.at, "at")
        if self.window is not None:
            try:
                outline(self.window)
            except ValueError as error:
                refuse(str(list(self.window)), str(error), at="window")
        return self


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table."""

    name: str
    role: str
    result: str
    value: Markup | str
    interval: str
    precision: str


def prepare(block: Model, page: Page) -> Mapping[str, Any]:
    """Both drawings, their keys, and the table. Raises InputError (codes `map`, `worldview`) and those of fronts."""
    finding = page.finding(block.finding) if block.finding is not None else None
    found = spots(page, block.places, finding, block.estimate, change=block.change)
    layers = tuple(front(one, day_of(block.at or "", "at"), page) for one in block.front)
    lines = tuple(_line(page, name) for name in block.distances)
    _check(block, found)
    number = page.next_figure()
    invented = _is_invented(page, finding, layers, block)
    view = None if invented else _view(page)
    ground = Ground(
        spots=found.drawn, window=block.window, fronts=layers, lines=tuple(line for line in lines if line is not None),
        view=view, notes=tuple(_notes(page, view, layers, found)), fine=block.zoom,
        unit=next((spot.estimate.unit for spot in found.drawn if spot.estimate is not None), "1"),
    )  # fmt: skip
    panels = [panel(ground, size, page.language) for size in SIZES]
    if view is not None:
        page.credits.setdefault(CREDIT, LICENCE)
    page.geodata[number] = feature_collection(page, found.drawn, finding)
    return {
        "number": number, "panels": panels, "simulated": invented, "finding": finding,
        "drawn_as": sorted({how for layer in layers for how, _ in layer.land}),
        "keys": _keys(page, found.drawn), "lines": _line_rows(page, block),
        "rows": [_row(page, spot) for spot in found.drawn], "lists": [_list(one, found.drawn) for one in panels],
        "contested": sorted({name for one in panels if one.base is not None for name in one.base.contested}),
        "how": page.link(page.look(block.finding), page.word("page.how")) if block.finding is not None else "",
        "level": _level(page, found.drawn), "kept_back": found.kept_back, "unknown": found.unknown,
    }  # fmt: skip


def _check(block: Model, found: Spots) -> None:
    if not found.drawn and block.window is None:
        raise InputError(
            "None of these places can be drawn on a map.",
            saw=f"{found.kept_back} whose position is not printed, {len(found.unknown)} without a record",
            do="Name places of the case whose position may be printed, or give a window.",
            code="map",
        )
    if len(found.drawn) > MOST:
        raise InputError(
            "These are too many places for one map.",
            saw=f"{len(found.drawn)} places",
            do=f"Name at most {MOST}, or make several maps.",
            code="map",
        )


def _is_invented(page: Page, finding: Finding | None, layers: tuple[Front, ...], block: Model) -> bool:
    """Whether anything on it is simulated: then nothing real is drawn under it."""
    return (
        page.case.head.exercise
        or (finding is not None and finding.simulated)
        or any(layer.simulated for layer in layers)
        or any(page.case.finding(name).simulated for name in block.distances)
    )


def _view(page: Page) -> str:
    view = page.case.head.worldview
    if view not in VIEWS:
        raise InputError(
            "The borders are not drawn in this view of the world.",
            saw=f"worldview = {view!r} in case.toml",
            do=f"Choose from {', '.join(VIEWS)}.",
            code="worldview",
        )
    return view


def _notes(page: Page, view: str | None, layers: tuple[Front, ...], found: Spots) -> list[str]:
    """What stands under the map and goes wherever it goes: whose borders, whose front, what is not real."""
    if view is None:
        first = page.word("map.invented")
    elif page.language.has(f"worldviews.{view}"):
        first = page.word("map.borders", view=page.word(f"worldviews.{view}"), source="{source}")
    else:
        first = page.word("map.borders_state", state=state_name(view, page.language.code), source="{source}")
    away = [page.plural("map.kept_back", found.kept_back)] if found.kept_back else []
    return [first, *(layer.words for layer in layers), *away]


def _line(page: Page, name: str) -> tuple[Lonlat, Lonlat, str] | None:
    """A measured line between two places that may both be shown exactly; None for others."""
    finding = page.finding(name)
    if finding.method != DISTANCE or "distance" not in finding.estimates:
        raise InputError(
            f"The finding {name} is no measured line between two places.",
            saw=f"method {finding.method}, result “{finding.result}”",
            do="Give findings of the method distance about one place.",
            code="map",
        )
    ends = list(dict.fromkeys(ref.id for ref in finding.inputs if ref.kind == "place"))
    if len(ends) != 2 or not all(may_be_shown(page.reading, end) for end in ends):
        return None
    places = [page.case.places[end] for end in ends]
    if any(published(place) != place.where for place in places):
        return None
    start, stop = (middle(place.where) for place in places)
    return start, stop, page.language.parts(finding.estimates["distance"])[0]


def _line_rows(page: Page, block: Model) -> list[tuple[str, Markup, str]]:
    """Each line that is drawn in words, with its interval: one that is not would name who may not be shown."""
    rows = []
    for name in (name for name in block.distances if _line(page, name) is not None):
        finding = page.case.finding(name)
        best, interval = page.language.parts(finding.estimates["distance"])
        ends = [page.name(ref.id) for ref in finding.inputs if ref.kind == "place"]
        rows.append((" – ".join(dict.fromkeys(ends)), page.link(page.look(f"{name}.distance"), best), interval))
    return rows


def _keys(page: Page, drawn: tuple[Spot, ...]) -> list[tuple[str, Markup | str]]:
    """The kinds of marks on the map, each once, with the result in words."""
    found: dict[str, Markup | str] = {}
    for spot in drawn:
        if spot.result and not (spot.coarse or spot.where.is_area):
            words = page.word("map.not_measured") if spot.result == NOT_MEASURED else page.result(spot.result)
            found.setdefault(spot.kind, words)
    if any(spot.coarse for spot in drawn):
        found["coarse"] = page.word("map.coarse")
    return list(found.items())


def _level(page: Page, drawn: tuple[Spot, ...]) -> str:
    known = [spot.estimate for spot in drawn if spot.estimate is not None]
    return page.language.level(known[0].level) if known else ""


def _row(page: Page, spot: Spot) -> Row:
    value = page.link(page.look(spot.reference), spot.value) if spot.reference else ""
    result = spot.result if spot.result != NOT_MEASURED else ""
    role = page.word(f"role.{spot.role}")
    return Row(
        spot.name, role, result, value or (spot.value if not result else ""), spot.interval, _how_exact(page, spot)
    )


def _how_exact(page: Page, spot: Spot) -> str:
    metres = spot.where.precision if spot.where.is_area else spot.where.radius
    if not metres:
        return ""
    return page.word("map.published_to" if spot.coarse else "map.within", length=length_words(metres, page.language))


def _list(drawing: Panel, drawn: tuple[Spot, ...]) -> list[str]:
    """For each number on the map, the names that it stands for."""
    return [
        "; ".join(", ".join((_whole(drawing, drawn, at), *drawing.marks[at].lines[1:])) for at in group)
        for group in drawing.labels.numbered
    ]


def _whole(drawing: Panel, drawn: tuple[Spot, ...], at: int) -> str:
    """A mark's whole name; of a measured line what stands on it."""
    return drawn[at].name if at < len(drawn) else drawing.marks[at].lines[0]
