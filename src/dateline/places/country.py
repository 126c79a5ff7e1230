"""In which country does a place lie? By polygon, in a declared view of the world, never by the nearest town."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from dateline.core import UsageError, Where
from dateline.places.borders import CONTESTED, PRECISION, VIEWS, Borders, Part, borders

COAST = 25_000.0
"""[m] A place at sea no farther from land than this is told by that land: harbours and moles are not drawn."""
_DEGREE = 111_195.0
"""[m] One degree of latitude on the mean sphere; an error of 0.5 % against PRECISION does not count."""

Standing = Literal["inside", "near a border", "off the coast", "at sea", "disputed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryAt:
    """The country of a place in one view. codes: two letters (ISO 3166-1) where there are, else Natural Earth's three.

    codes holds all that it may be: one when it is sure, several near a border or across one, none at sea or where
    states differ and the drawing does not show how. area: what such land is called. others: what other views say of
    a place whose country is sure in this one, as name -> views.
    """

    view: str
    standing: Standing
    codes: tuple[str, ...]
    names: tuple[str, ...]
    area: str | None = None
    others: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """The answer as a clause: 'in Ukraine', 'off the coast of North Korea'."""
        told = " or ".join(self.names)
        match self.standing:
            case "at sea":
                return "at sea"
            case "disputed":
                return f"in or near {self.area or 'land'}, on which states differ"
            case "off the coast":
                return f"off the coast of {told}"
            case "near a border":
                return f"in {told}: too near the border to say which, or across it"
        return f"in {told}"

    def to_json(self) -> dict[str, object]:
        """Plain JSON types, for programs."""
        return {
            "view": self.view, "standing": self.standing, "codes": list(self.codes), "names": list(self.names),
            "area": self.area, "others": {name: list(views) for name, views in self.others.items()},
            "words": self.words,
        }  # fmt: skip


def country_of(where: Where, view: str) -> CountryAt:
    """The country of a point or area in a declared view (`iso`, `de-facto`, or a state's two letters).

    What the radius or precision of the place and the PRECISION of the drawing leave open is told as several countries.
    Raises UsageError `worldview` for a view that Natural Earth does not draw.
    """
    if view not in VIEWS:
        raise UsageError(
            "The borders are not drawn in this view.",
            saw=repr(view),
            do=f"Choose from {', '.join(VIEWS)}.",
            code="worldview",
        )
    found = borders()
    doubt = (where.precision if where.is_area else where.radius) or 0.0
    reach = doubt + PRECISION
    near = _near(where, max(reach, doubt + COAST), found)
    touched = [part for part, metres in near if metres <= reach]
    if not near:
        return CountryAt(view=view, standing="at sea", codes=(), names=())
    if touched:
        sure = len({part.owner[view] for part in touched}) == 1
        return _answer("inside" if sure else "near a border", touched, where, view)
    closest = min(metres for _, metres in near)
    return _answer("off the coast", [part for part, metres in near if metres <= closest + reach], where, view)


def _answer(standing: Standing, parts: list[Part], where: Where, view: str) -> CountryAt:
    found = borders()
    owners = _owners(parts, view)
    area = _contested(where, [found.letters.get(one) for one in owners])
    if area is not None:
        return CountryAt(view=view, standing="disputed", codes=(), names=(), area=area)
    return CountryAt(
        view=view,
        standing=standing,
        codes=tuple(found.letters.get(one) or one for one in owners),
        names=tuple(found.names.get(one, one) for one in owners),
        others=_others(parts, owners, found) if len(owners) == 1 else {},
    )


def _contested(where: Where, owners: list[str | None]) -> str | None:
    """What the contested land is called that a place may lie in, where one of its claimants is the owner drawn."""
    shape = _shape(where)
    for name, ring, claimants in CONTESTED:
        if set(owners) & set(claimants) and shape.intersects(Polygon(ring)):
            return name
    return None


def _owners(parts: Iterable[Part], view: str) -> tuple[str, ...]:
    return tuple(sorted({part.owner[view] for part in parts}))


def _others(parts: list[Part], mine: tuple[str, ...], found: Borders) -> dict[str, tuple[str, ...]]:
    told: dict[str, list[str]] = {}
    for view in VIEWS:
        owners = _owners(parts, view)
        if owners != mine:
            told.setdefault(" or ".join(found.names.get(one, one) for one in owners), []).append(view)
    return {name: tuple(views) for name, views in told.items()}


def _near(where: Where, reach: float, found: Borders) -> list[tuple[Part, float]]:
    """Parts of countries within reach [m] of a place, with their distance [m]; 0 inside and where they touch."""
    shape = _shape(where)
    west, south, east, north = shape.bounds
    up = reach / _DEGREE
    shrink = max(math.cos(math.radians(min(abs(south) + up, abs(north) + up, 89.0))), 0.01)
    box = (west - up / shrink, south - up, east + up / shrink, north + up)
    middle = math.cos(math.radians((south + north) / 2))
    measured = _in_metres(shape, middle)
    near = []
    for index in found.part_tree.query(shapely.box(*box)):
        part = found.parts[index]
        piece = shapely.clip_by_rect(part.shape, *box)
        metres = math.inf if piece.is_empty else float(measured.distance(_in_metres(piece, middle)))
        if metres <= reach:
            near.append((part, metres))
    return near


def _shape(where: Where) -> BaseGeometry:
    if where.is_area:
        return MultiPolygon([Polygon(rings[0], rings[1:]) for rings in where.polygons])
    return Point(where.bounds()[:2])


def _in_metres(shape: BaseGeometry, shrink: float) -> BaseGeometry:
    """A shape in metres east and north, good over some tens of kilometres around its latitude."""
    return shapely.transform(shape, lambda xy: np.column_stack((xy[:, 0] * _DEGREE * shrink, xy[:, 1] * _DEGREE)))
