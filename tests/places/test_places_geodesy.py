"""Distances and directions with what both ends leave open, and the words made of them."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st
from pyproj import Geod

from dateline.core import Where
from dateline.places.geodesy import (
    area,
    bearing,
    describe_distance,
    destination,
    disc,
    distance,
    landmarks,
    middle,
    order_of,
    sector,
)

VLADIVOSTOK = Where.point(lon=131.87353, lat=43.10562)
USSURIYSK = Where.point(lon=131.95734, lat=43.80467)
SERGEYEVKA_NORTH = Where.point(lon=131.66142, lat=44.33749)
SERGEYEVKA_EAST = Where.point(lon=133.35815, lat=43.35032)
LONS, LATS = st.floats(-180, 180), st.floats(-85, 85)


def box(west, south, east, north, precision=None):
    return Where.area(
        [[[(west, south), (east, south), (east, north), (west, north), (west, south)]]], precision=precision
    )


def test_vladivostok_to_ussuriysk_is_78_km_at_5_degrees():
    """The reference's coordinates: 78.0 km, azimuth 5; the printed '98 kilometres' is no straight line."""
    assert distance(VLADIVOSTOK, USSURIYSK).best == pytest.approx(78.0, abs=0.05)
    assert bearing(VLADIVOSTOK, USSURIYSK).best == pytest.approx(5.0, abs=0.05)
    assert describe_distance(USSURIYSK, VLADIVOSTOK, "Vladivostok") == "about 78 km north of Vladivostok"


def test_the_two_sergeyevkas_lie_where_the_reference_says():
    """138 km at azimuth 353, and 124 km at 77."""
    for place, km, azimuth in ((SERGEYEVKA_NORTH, 138, 353), (SERGEYEVKA_EAST, 124, 77)):
        assert distance(VLADIVOSTOK, place).best == pytest.approx(km, abs=0.5)
        assert bearing(VLADIVOSTOK, place).best == pytest.approx(azimuth, abs=0.5)


@pytest.mark.parametrize(
    ("start", "end", "metres", "azimuth"),
    [
        # `geod +ellps=WGS84 -I` as printed in its manual page: Boston to Portland, Oregon
        (
            (42 + 15 / 60, -(71 + 7 / 60)),
            (45 + 31 / 60, -(123 + 41 / 60)),
            4164192.708,
            -(66 + 31 / 60 + 50.141 / 3600),
        ),
        # GeographicLib's documentation for Python: Wellington to Salamanca, nearly antipodal
        ((-41.32, 174.81), (40.96, -5.50), 19959679.267, 161.0676699862),
    ],
)
def test_distances_as_printed_by_authorities(start, end, metres, azimuth):
    """Printed examples of the geodesic problem; geod's manual takes Clarke's ellipsoid, so 0.01 % is allowed."""
    one, other = (Where.point(lon=lon, lat=lat) for lat, lon in (start, end))
    assert distance(one, other).best * 1000 == pytest.approx(metres, rel=1e-4)
    assert bearing(one, other).best == pytest.approx(azimuth % 360, abs=0.06)


@given(lon=LONS, lat=LATS, azimuth=st.floats(0, 359.9), metres=st.floats(1, 5_000_000))
def test_going_and_measuring_agree(lon, lat, azimuth, metres):
    """destination then distance gives back the length, and the bearing where it is well defined."""
    start = Where.point(lon=lon, lat=lat)
    end = destination(start, bearing=azimuth, metres=metres)
    assert distance(start, end).best * 1000 == pytest.approx(metres, abs=1e-3)
    assert distance(end, start).best == pytest.approx(distance(start, end).best, rel=1e-9)
    assert math.cos(math.radians(bearing(start, end).best - azimuth)) == pytest.approx(1, abs=1e-6)


@given(
    spread=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    turn=st.tuples(st.floats(0, 360), st.floats(0, 360)),
    radii=st.tuples(st.floats(1, 30_000), st.floats(1, 30_000)),
)
def test_the_interval_holds_every_place_within_both_radii(spread, turn, radii):
    """Wherever the true ends lie inside their radii, the distance and the bearing stay in their intervals."""
    ends = [replace(end, radius=radius) for end, radius in zip((VLADIVOSTOK, USSURIYSK), radii, strict=True)]
    true = [
        destination(end, bearing=angle, metres=share * radius)
        for end, angle, share, radius in zip(ends, turn, spread, radii, strict=True)
    ]
    assert distance(*ends).contains(distance(*true).best * (1 - 1e-9))
    way = bearing(*ends)
    if way.low is not None:
        off = (bearing(*true).best - way.best + 180) % 360 - 180
        assert way.low - 0.05 <= way.best + off <= way.high + 0.05


def test_an_unknown_radius_leaves_the_interval_open():
    """Nobody said how precise an end is: then neither do we."""
    open_end = distance(replace(VLADIVOSTOK, radius=500.0), USSURIYSK)
    assert (open_end.low, open_end.high) == (None, None)
    same = bearing(VLADIVOSTOK, VLADIVOSTOK)
    assert (same.best, same.low) == (0.0, None)


def test_distance_to_an_area_is_to_its_nearest_edge():
    """Oracle: the shortest of geodesics to points set closely along the drawn outline."""
    region = box(130, 44, 133, 45, precision=100)
    outline = shapely.segmentize(shapely.Polygon(region.polygons[0][0]), 0.001)
    lons, lats = shapely.get_coordinates(outline).T
    nearest = min(Geod(ellps="WGS84").inv(*middle(USSURIYSK), lon, lat)[2] for lon, lat in zip(lons, lats, strict=True))
    there = distance(replace(USSURIYSK, radius=50), region)
    assert there.best * 1000 == pytest.approx(nearest, abs=1)
    assert (there.best - there.low, there.high - there.best) == pytest.approx((0.15, 0.15))
    assert distance(region, Where.point(lon=131, lat=44.5)).best == 0


def test_distance_between_areas():
    """Two boxes on one parallel: the gap between their facing edges; none where they touch."""
    gap = distance(box(130, 44, 131, 45), box(132, 44, 133, 45)).best
    assert gap == pytest.approx(Geod(ellps="WGS84").inv(131, 45, 132, 45)[2] / 1000, rel=1e-3)
    assert distance(box(130, 44, 131, 45), box(131, 44, 132, 45)).best == 0


def test_areas_on_both_sides_of_the_180th_meridian_are_near():
    """A disc in Fiji is cut into two polygons and still lies 2 km from a point east of the line."""
    centre = Where.point(lon=179.95, lat=-17)
    round_about = disc(centre, metres=20_000)
    assert len(round_about.polygons) == 2
    near = destination(centre, bearing=90, metres=22_000)
    assert near.lon < 0
    assert distance(near, round_about).best == pytest.approx(2.0, abs=0.05)
    assert distance(Where.point(lon=180, lat=-17), round_about).best == 0


@given(lon=LONS, lat=st.floats(-80, 80), metres=st.floats(100, 200_000))
def test_a_disc_has_the_area_of_a_circle_and_its_vertices_on_it(lon, lat, metres):
    """64 vertices lose 0.16 % of the circle; the precision is how far the chords run inside."""
    drawn = disc(Where.point(lon=lon, lat=lat), metres=metres)
    assert area(drawn).best == pytest.approx(math.pi * metres**2, rel=0.01)
    assert drawn.precision == pytest.approx(metres * (1 - math.cos(math.pi / 64)), abs=0.1)


def test_a_disc_that_cannot_be_drawn_is_refused():
    """Around a pole, without a radius, with three corners."""
    for where, metres, vertices in (
        (Where.point(lon=0, lat=89.9), 20_000, 64),
        (VLADIVOSTOK, 0, 64),
        (VLADIVOSTOK, 5, 3),
    ):
        with pytest.raises(ValueError, match="disc"):
            disc(where, metres=metres, vertices=vertices)


def test_area_has_bounds_when_the_outline_has_a_precision():
    """One degree at the equator is 12,309 km2 (Karney's cell); the bounds are perimeter times precision."""
    cell = area(box(0, 0, 1, 1, precision=100))
    assert cell.best == pytest.approx(1.2308778e10, rel=1e-4)
    assert cell.high - cell.best == pytest.approx(4 * 111_000 * 100, rel=0.01)
    assert area(box(0, 0, 1, 1)).low is None
    with pytest.raises(ValueError, match="disc"):
        area(VLADIVOSTOK)


def test_sixteen_sectors_of_22_and_a_half_degrees():
    """North runs from 348.75 to 11.25."""
    assert [sector(angle) for angle in (0, 11.2, 11.3, 33.8, 348.7, 348.8, 360, -5, 180, 270)] == [
        "north", "north", "north-north-east", "north-east", "north-north-west", "north", "north", "north", "south",
        "west",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("radius", "told"),
    [
        (None, "about 78 km north of Vladivostok"),
        (500, "about 78 km north of Vladivostok"),
        (5_000, "about 80 km north of Vladivostok"),
        (12_000, "about 80 km north of Vladivostok"),
        (30_000, "about 100 km from Vladivostok"),
        (40_000, "within about 160 km of Vladivostok"),
    ],
)
def test_words_are_no_finer_than_the_ends_allow(radius, told):
    """Rounded to what the radii carry; the direction falls silent before the distance does."""
    ends = (replace(end, radius=radius) for end in (USSURIYSK, VLADIVOSTOK))
    assert describe_distance(*ends, "Vladivostok") == told


def test_words_for_places_in_at_and_near():
    """Inside, at the edge, at the spot, some hundred metres."""
    region = box(131, 43, 133, 44, precision=100)
    inside = replace(USSURIYSK, radius=200)
    edge = Where.point(lon=131.001, lat=43.5, radius=500)
    assert describe_distance(inside, region, "the district") == "in the district"
    assert describe_distance(edge, region, "the district") == "in or within about 600 m of the district"
    assert describe_distance(region, box(132, 43, 134, 44), "the bay") == "overlapping the bay"
    assert describe_distance(VLADIVOSTOK, VLADIVOSTOK, "the pier") == "at the pier"
    close = destination(VLADIVOSTOK, bearing=135, metres=430)
    assert describe_distance(close, VLADIVOSTOK, "the pier") == "about 430 m south-east of the pier"


@given(st.lists(st.tuples(LONS, LATS), min_size=2, max_size=8))
def test_points_are_ordered_by_distance(spots):
    """The order agrees with measuring each."""
    points = [Where.point(lon=lon, lat=lat) for lon, lat in spots]
    lengths = [distance(VLADIVOSTOK, points[at]).best for at in order_of(VLADIVOSTOK, points)]
    assert lengths == sorted(lengths)


def test_a_city_wins_over_its_own_district_as_a_landmark():
    """The largest of those at most 20 km farther than the nearest."""
    district, city = (destination(VLADIVOSTOK, bearing=90, metres=metres) for metres in (10_000, 25_000))
    far = destination(VLADIVOSTOK, bearing=90, metres=90_000)
    assert landmarks([VLADIVOSTOK], [district, city, far], sizes=[150_000, 900_000, 9_000_000]) == [1]


@given(lon=LONS, lat=LATS)
def test_the_middle_of_a_point_is_the_point(lon, lat):
    """Points are their own middle; areas have one inside their largest part."""
    assert middle(Where.point(lon=lon, lat=lat)) == (lon, lat)
    assume(abs(lon) < 170 and abs(lat) < 80)
    assert middle(box(lon, lat, lon + 2, lat + 2)) == pytest.approx((lon + 1, lat + 1))
