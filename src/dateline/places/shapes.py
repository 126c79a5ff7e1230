"""Shapes from files become a Where: WGS 84, without heights, valid, and cut at the 180th meridian."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError
from shapely.affinity import translate
from shapely.geometry import LinearRing, Point, Polygon, box
from shapely.geometry.base import BaseGeometry, BaseMultipartGeometry
from shapely.ops import unary_union

from dateline.core import InputError, Where

_AXES = " (with axis order normalized for visualization)"
"""What PROJ adds to a system's name when longitude comes first."""
WGS84 = CRS.from_epsg(4326)


class NotAPlace(ValueError):
    """A shape that is neither a point nor an area; the message says what it is instead."""


@lru_cache(maxsize=32)
def to_wgs84(crs: str | None, origin: str) -> Transformer | None:
    """The way from a reference system to WGS 84 (x, y order); None when it is WGS 84 already.

    InputError `no-crs` when the system is not stated, is only local, or cannot be understood.
    """
    try:
        source = None if crs is None else CRS.from_user_input(crs)
    except CRSError as error:
        raise _no_crs(origin, f"{crs[:120] if crs else crs}") from error
    if source is None or not (source.is_geographic or source.is_projected):
        raise _no_crs(origin, "no reference system" if source is None else source.name)
    horizontal = source.to_2d()
    if horizontal.equals(WGS84, ignore_axis_order=True):
        return None
    return Transformer.from_crs(horizontal, WGS84, always_xy=True)


def reprojection_note(way: Transformer) -> str:
    """From where positions were brought to WGS 84, with the accuracy [m] that is stated for the operation just used.

    PROJ may know several operations between two systems and takes the best for each position.
    """
    name = way.source_crs.name if way.source_crs is not None else "another system"
    accuracy = way.get_last_used_operation().accuracy
    stated = f"stated accuracy {accuracy:g} m" if accuracy >= 0 else "accuracy not stated"
    return f"Brought from {name.removesuffix(_AXES)} to WGS 84, {stated}."


def where_of(geometry: BaseGeometry, way: Transformer | None, *, feature: str) -> tuple[Where, tuple[str, ...]]:
    """A point or area of a file in longitude and latitude [degrees], and notes on what was done to it.

    way: from the file's system to WGS 84, or None. Raises NotAPlace for lines and areas without area, InputError
    `position` for positions that are not numbers or not on Earth.
    """
    _check_numbers(geometry, feature)
    flat = shapely.force_2d(geometry)
    if way is not None:
        transform = way.transform
        flat = shapely.transform(flat, lambda xy: np.column_stack(transform(xy[:, 0], xy[:, 1])))
        _check_numbers(flat, feature)
    _check_degrees(flat, feature)
    polygons = list(_parts(flat, Polygon))
    if polygons:
        return _area(polygons)
    points = list(_parts(flat, Point))
    if len(points) == 1:
        lon, lat = map(float, shapely.get_coordinates(points[0])[0])
        turned = (lon + 180.0) % 360.0 - 180.0 if abs(lon) > 180 else lon
        notes = () if turned == lon else (f"Longitude {lon:g} read as {turned:g}.",)
        return Where.point(lon=turned, lat=lat), notes
    if len(points) > 1:
        raise NotAPlace(f"{len(points)} points in one feature")
    raise NotAPlace(f"a {flat.geom_type}")


def _parts(geometry: BaseGeometry, kind: type[BaseGeometry]) -> Iterator[BaseGeometry]:
    """All parts of one kind, however deeply collections are nested."""
    if isinstance(geometry, BaseMultipartGeometry):
        for part in geometry.geoms:
            yield from _parts(part, kind)
    elif isinstance(geometry, kind) and not geometry.is_empty:
        yield geometry


def _area(polygons: list[BaseGeometry]) -> tuple[Where, tuple[str, ...]]:
    notes = []
    unrolled = [_unrolled(polygon) for polygon in polygons]
    invalid = [polygon for polygon in unrolled if not polygon.is_valid]
    if invalid:
        notes.append(f"The outline was mended ({shapely.is_valid_reason(invalid[0])}).")
    whole = unary_union([shapely.make_valid(polygon) for polygon in unrolled])
    cut = list(itertools.chain.from_iterable(_within_180(polygon) for polygon in _parts(whole, Polygon)))
    west, _, east, _ = whole.bounds if not whole.is_empty else (0.0, 0.0, 0.0, 0.0)
    if west < -180 or east > 180:
        notes.append("It crosses the 180th meridian and was cut there.")
    rings = [
        [list(ring.coords) for ring in (polygon.exterior, *polygon.interiors)]
        for polygon in cut
        if isinstance(polygon, Polygon)
    ]
    if not rings:
        raise NotAPlace("an outline without an area")
    return Where.area(rings), tuple(notes)


def _unrolled(polygon: BaseGeometry) -> Polygon:
    """The polygon with longitudes that run on past 180 degrees instead of jumping to the other side."""
    assert isinstance(polygon, Polygon)
    shell = _unrolled_ring(polygon.exterior)
    west, east = shell[:, 0].min(), shell[:, 0].max()
    holes = []
    for interior in polygon.interiors:
        hole = _unrolled_ring(interior)
        middle = hole[:, 0].mean()
        turns = next((turn for turn in (0.0, 360.0, -360.0) if west <= middle + turn <= east), 0.0)
        holes.append(hole + np.array([turns, 0.0]))
    return Polygon(shell, holes)


def _unrolled_ring(ring: LinearRing) -> npt.NDArray[np.float64]:
    xy = np.asarray(ring.coords, dtype=np.float64)
    xy[:, 0] = np.unwrap(xy[:, 0], period=360.0)
    if abs(xy[0, 0] - xy[-1, 0]) > 180:
        raise NotAPlace("an outline around a pole")
    return xy


def _within_180(polygon: BaseGeometry) -> Iterator[BaseGeometry]:
    west, _, east, _ = polygon.bounds
    if west >= -180 and east <= 180:
        yield polygon
        return
    for turn in (-360.0, 0.0, 360.0):
        piece = shapely.intersection(polygon, box(-180.0 + turn, -90.0, 180.0 + turn, 90.0))
        if not piece.is_empty:
            yield from _parts(translate(piece, xoff=-turn), Polygon)


def _check_numbers(geometry: BaseGeometry, feature: str) -> None:
    if not np.isfinite(shapely.get_coordinates(geometry)).all():
        raise InputError(
            "A position in this file is not a number.",
            saw=feature,
            do="Mend or delete that feature in the program that made the file.",
            code="position",
        )


def _check_degrees(geometry: BaseGeometry, feature: str) -> None:
    """Longitudes up to 360 are read (files that count eastwards do that); latitudes never go past 90."""
    xy = shapely.get_coordinates(geometry)
    if xy.size == 0 or (np.abs(xy[:, 1]).max() <= 90 and np.abs(xy[:, 0]).max() <= 360):
        return
    swapped = np.abs(xy[:, 0]).max() <= 90 and np.abs(xy[:, 1]).max() <= 180
    raise InputError(
        "A position in this file is not on Earth.",
        saw=f"{feature}: x {xy[0, 0]:g}, y {xy[0, 1]:g}",
        do="Latitude and longitude look swapped: longitude comes first in files. Swap them and save again."
        if swapped
        else "These look like metres: state the file's reference system, or export it in WGS 84 (EPSG:4326).",
        code="position",
    )


def _no_crs(origin: str, saw: str) -> InputError:
    return InputError(
        "The file does not say in which reference system its positions are.",
        saw=f"{origin}: {saw}",
        do="Add the .prj that belongs to it, or export it again as GeoJSON or GeoPackage in WGS 84 (EPSG:4326).",
        code="no-crs",
    )
