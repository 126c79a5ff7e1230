"""Where an image lies: footprints as catalogues write them, and whether they touch a place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shapely.errors import GEOSException
from shapely.geometry import MultiPolygon, Polygon, box
from shapely.validation import make_valid

from dateline.core.where import Where
from dateline.imagery.catalog.black_marble import Bounds

_MOST = 20_000
"""A footprint with more corners than this is not believed."""


def from_geojson(geometry: object) -> Where | None:
    """A GeoJSON Polygon or MultiPolygon; None for anything else, or one that crosses the 180th meridian uncut."""
    if not isinstance(geometry, Mapping):
        return None
    rings = geometry.get("coordinates")
    match geometry.get("type"):
        case "Polygon":
            return _area([rings])
        case "MultiPolygon":
            return _area(rings)
    return None


def from_bounds(west: float, south: float, east: float, north: float) -> Where | None:
    """A box [deg]."""
    return _area([[[(west, south), (east, south), (east, north), (west, north), (west, south)]]])


def _area(polygons: Any) -> Where | None:
    try:
        if _corners(polygons) > _MOST:
            return None
        return Where.area(polygons)
    except (TypeError, ValueError, KeyError, OverflowError):
        return None


def _corners(polygons: Any) -> int:
    return sum(len(ring) for polygon in polygons for ring in polygon)


def touches(footprint: Where | None, areas: Sequence[Bounds]) -> bool:
    """Whether a footprint shares a point with any of the areas [deg]; an unknown footprint may."""
    if footprint is None:
        return True
    shape = _shape(footprint)
    return any(shape.intersects(box(*area)) for area in areas)


def share(footprint: Where | None, area: Bounds) -> float | None:
    """The share of an area [1] that lies in a footprint (in degrees squared: for areas up to a degree); None: unknown.

    For an area without an extent 1 or 0.
    """
    if footprint is None:
        return None
    shape, place = _shape(footprint), box(*area)
    if place.area == 0:
        return float(shape.intersects(place))
    return min(1.0, float(shape.intersection(place).area / place.area))


def _shape(footprint: Where) -> Any:
    shape = MultiPolygon([Polygon(rings[0], rings[1:]) for rings in footprint.polygons])
    try:
        return shape if shape.is_valid else make_valid(shape)
    except GEOSException:
        return shape.envelope
