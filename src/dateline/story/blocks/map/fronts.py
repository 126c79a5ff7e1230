"""Fronts on a map: land as a map-maker drew it in a file of the case, with who drew it, when, and how old that was."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator
from shapely.geometry.base import BaseGeometry

from dateline.core.errors import InputError
from dateline.core.identity import sha256_file
from dateline.evidence.item import is_named_simulated
from dateline.ledger.record import Text, refuse
from dateline.places.front import Drawn
from dateline.places.front_files import Told, read_fronts
from dateline.story.block import BlockPart, ItemId
from dateline.story.page import Page

_DAY = re.compile(r"\d{4}-\d\d-\d\d")


class FrontLayer(BlockPart):
    """One map-maker's map of a front: an archived item or a file of the case, GeoJSON as it was published."""

    item: ItemId | None = Field(default=None, description="id of an archived item")
    file: Text | None = Field(default=None, description="path within the case")
    maker: Text = Field(description="who drew it")
    published: Text = Field(description="the day on which it was published: YYYY-MM-DD")

    @model_validator(mode="after")
    def _told(self) -> Self:
        if (self.item is None) == (self.file is None):
            refuse("both" if self.item else "neither", "one of: item, file")
        day_of(self.published, "published")
        return self

    @property
    def day(self) -> date:
        """The day of publication."""
        return date.fromisoformat(self.published)


def day_of(text: str, key: str) -> date:
    """A day as it is written in a block; refuses anything else."""
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    refuse(repr(text), "a day: YYYY-MM-DD", at=key)
    raise AssertionError


@dataclass(frozen=True, slots=True)
class Front:
    """A layer with its land by how it is drawn [degrees], and the sentence that says whose it is."""

    words: str
    maker: str
    land: tuple[tuple[Drawn, BaseGeometry], ...]
    simulated: bool


def front(layer: FrontLayer, at: date, page: Page) -> Front:
    """One layer read. Raises InputError of places.front_files, and `map` where two maps are one file."""
    path = _path(layer, page)
    told = Told(maker=layer.maker, published=layer.published)
    read = read_fronts([(path, sha256_file(path))], {path.name: told})
    if len(read.maps) != 1:
        raise InputError(
            "This is no map of a front.",
            saw=f"{path.name}: {len(read.maps)} maps",
            do="Give GeoJSON with the land that the map-maker drew as occupied.",
            code="map",
        )
    item = page.case.items.get(layer.item or "")
    if item is not None and item.attribution:
        page.credits.setdefault(item.attribution, item.licence.name)
    (drawn,) = read.maps
    return Front(
        words=page.word(
            "map.front", maker=layer.maker, published=page.language.day(layer.day), age=_age(layer.day, at, page)
        ),
        maker=layer.maker,
        land=tuple(sorted(drawn.land.items())),
        simulated=drawn.simulated or is_named_simulated(path.name) or bool(item is not None and item.simulated),
    )


def _age(published: date, at: date, page: Page) -> str:
    days = (at - published).days
    if days == 0:
        return page.word("map.same_day")
    return page.plural("map.older" if days > 0 else "map.later", abs(days))


def _path(layer: FrontLayer, page: Page) -> Path:
    from dateline.measure.files import inside, item_path

    if layer.item is not None:
        return item_path(page.case, layer.item)
    path = inside(page.case, layer.file or "")
    if not path.is_file():
        raise InputError(
            "The map of a front is not there.",
            saw=f"no file {layer.file} in the case",
            do="Give the file's path within the case, or the id of an archived item.",
            code="map",
        )
    return path
