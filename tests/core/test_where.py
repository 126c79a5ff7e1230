"""Places: a point with a radius or an area with a precision."""

from __future__ import annotations

import math

import pytest

from dateline.core import Where

SQUARE = ((130.0, 42.0), (131.0, 42.0), (131.0, 43.0), (130.0, 42.0))


def test_a_point_knows_its_radius_and_is_its_own_bounds() -> None:
    """A point is a box of no size; the radius is not added to it in degrees."""
    where = Where.point(lon=130.3, lat=42.23, radius=500)
    assert not where.is_area
    assert where.bounds() == (130.3, 42.23, 130.3, 42.23)


def test_an_area_is_bounded_by_all_its_rings() -> None:
    """West, south, east, north over every polygon."""
    far = tuple((x + 5, y - 5) for x, y in SQUARE)
    where = Where.area([[SQUARE], [far]], precision=100)
    assert where.is_area
    assert where.bounds() == (130.0, 37.0, 136.0, 43.0)


@pytest.mark.parametrize(("lon", "lat"), [(181, 0), (0, 91), (math.nan, 0), (0, math.inf)])
def test_a_position_that_is_not_on_earth_is_refused(lon: float, lat: float) -> None:
    """Out of range, NaN and infinity never become a place."""
    with pytest.raises(ValueError, match="Not a position on Earth"):
        Where.point(lon=lon, lat=lat)


def test_swapped_longitude_and_latitude_are_named_as_such() -> None:
    """A latitude over 90 that would be a good longitude gets a hint."""
    with pytest.raises(ValueError, match="look swapped"):
        Where.point(lon=42.23, lat=130.3)


@pytest.mark.parametrize("length", [-1.0, math.nan, math.inf])
def test_a_radius_and_a_precision_are_lengths(length: float) -> None:
    """A negative or unknown length is refused; nobody said is None."""
    with pytest.raises(ValueError, match=r"Where\.radius"):
        Where.point(lon=0, lat=0, radius=length)
    with pytest.raises(ValueError, match=r"Where\.precision"):
        Where.area([[SQUARE]], precision=length)


def test_a_place_is_either_a_point_or_an_area() -> None:
    """Neither, both, or a point with the precision of an area: refused."""
    with pytest.raises(ValueError, match="not both"):
        Where(lon=0, polygons=((SQUARE,),))
    with pytest.raises(ValueError, match=r"needs lon= and lat="):
        Where(lon=0)
    with pytest.raises(ValueError, match="precision belongs to an area"):
        Where(lon=0, lat=0, precision=5)
    with pytest.raises(ValueError, match="at least one polygon"):
        Where.area([])
    with pytest.raises(ValueError, match="outer ring"):
        Where.area([[]])


def test_a_ring_is_closed_has_four_points_and_stays_on_one_side_of_the_date_line() -> None:
    """Open, short and wrapping rings are refused with what to do."""
    with pytest.raises(ValueError, match="ends where it begins"):
        Where.area([[SQUARE[:3]]])
    with pytest.raises(ValueError, match="ends where it begins"):
        Where.area([[(*SQUARE[:3], (130.0, 41.0))]])
    with pytest.raises(ValueError, match="180th meridian"):
        Where.area([[((179.0, 0.0), (-179.0, 0.0), (-179.0, 1.0), (179.0, 0.0))]])


def test_a_place_survives_geojson() -> None:
    """Points, areas and a bare GeoJSON Polygon come back as they were, heights dropped."""
    point = Where.point(lon=130.3, lat=42.23, radius=500)
    area = Where.area([[SQUARE]], precision=100)
    assert Where.from_json(point.to_json()) == point
    assert Where.from_json(area.to_json()) == area
    raised = {"type": "Polygon", "coordinates": [[(*position, 12.0) for position in SQUARE]]}
    assert Where.from_json(raised) == Where.area([[SQUARE]])


def test_other_geometries_are_not_places() -> None:
    """A line is not a place; the error names what it saw."""
    with pytest.raises(ValueError, match="LineString"):
        Where.from_json({"type": "LineString", "coordinates": []})
