"""Positions as people write them: which number is the latitude, how precise, and what is refused."""

from __future__ import annotations

import math

import mgrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from dateline.core import UsageError
from dateline.places.positions import read_position

EARTH = Geod(ellps="WGS84")
LATS = st.floats(-79, 83, allow_nan=False)
LONS = st.floats(-179.9, 179.9, allow_nan=False)
CHONGJIN = (41.791667, 129.82)


def position(text, **options):
    spot = read_position(text, **options)
    assert spot is not None, text
    return spot.where.lat, spot.where.lon


@pytest.mark.parametrize(
    "text",
    [
        "41°47'30\"N 129°49'12\"E",
        "41°47′30″N, 129°49′12″E",
        "41º47’30”N 129º49’12”E",
        "41˚ 47' 30'' N / 129˚ 49' 12'' E",
        "41-47-30N 129-49-12E",
        "41 47 30 N, 129 49 12 E",
        "41:47:30N 129:49:12E",
        "N41 47 30 E129 49 12",
        "41°47′30″ с.ш. 129°49′12″ в.д.",
        "41°47′30″ северной широты, 129°49′12″ восточной долготы",
        "41°47′30″ пн. ш., 129°49′12″ сх. д.",
        "41°47′30″ С, 129°49′12″ В",
        "북위 41도 47분 30초 동경 129도 49분 12초",
        "北纬41°47′30″ 东经129°49′12″",
        "北緯41度47分30秒 東経129度49分12秒",
        "414730N1294912E",
        "414730N 1294912E",
        "41°47.5'N 129°49.2'E",
        "129°49'12\"E, 41°47'30\"N",
        "４１°４７′３０″N １２９°４９′１２″E",
        "41°47'30\", 129°49'12\"",
    ],
)
def test_degrees_in_many_typographies_are_one_position(text):
    """One position near Chongjin, as maps, notices to airmen and four languages print it."""
    assert position(text) == pytest.approx(CHONGJIN, abs=2e-6)


@pytest.mark.parametrize(
    "text",
    [
        "41.79, 129.83",
        "41.79 129.83",
        "(41.79,129.83)",
        "41.79°, 129.83°",
        "41,79; 129,83",
        "41,79 129,83",
        "41,79, 129,83",
        "41,79,129,83",
        "129.83, 41.79",
        "lat: 41.79, lon: 129.83",
        "lon=129.83 lat=41.79",
        "Latitude 41.79 N Longitude 129.83 E",
        "north 41.79 east 129.83",
    ],
)
def test_decimals_in_many_typographies_are_one_position(text):
    """Decimal commas, labels and either order give the same place."""
    assert position(text) == (41.79, 129.83)


def test_the_order_that_was_read_is_told_with_its_reason():
    """Whoever pastes longitude first is told that it was read so, and why."""
    assert read_position("129.83, 41.79").notes == ("Read as longitude, latitude: 129.83 cannot be a latitude.",)
    assert read_position("41.79, 129.83").notes == ("Read as latitude, longitude: 129.83 cannot be a latitude.",)


def test_a_pair_that_can_be_read_both_ways_is_refused_with_both_readings():
    """48.06, 37.37 is in Ukraine one way and near Qazvin the other; nothing is guessed."""
    with pytest.raises(UsageError) as caught:
        read_position("48.06, 37.37")
    assert caught.value.code == "ambiguous-order"
    assert "48.06 N, 37.37 E" in caught.value.do
    assert "37.37 N, 48.06 E" in caught.value.do
    assert position("48.06 N, 37.37 E") == (48.06, 37.37)
    assert position("48.06, 37.37", order="lat,lon") == (48.06, 37.37)
    assert position("48.06, 37.37", order="lon,lat") == (37.37, 48.06)
    assert position("45, 45") == (45, 45)


@pytest.mark.parametrize(
    "text",
    [
        "41.79 N, 200 E",
        "91.5, 120",
        "95, 200",
        "41°61'N 129°E",
        "41°47'60\"N 129°E",
        "41.5°30'N 129°E",
        "-33.9 S, 151.2 E",
        "41.79 N",
        "41.79 N, 129.83 N",
        "1e5, 2",
        "52.5 N 13.4 O",
        "416130N1294912E",
    ],
)
def test_impossible_coordinates_are_refused_in_three_parts(text):
    """Minutes past 59, latitudes past 90, a sign said twice, a German O: each is named, none is mended silently."""
    with pytest.raises(UsageError) as caught:
        read_position(text)
    assert caught.value.code == "coordinates"
    assert caught.value.do


@pytest.mark.parametrize(
    "text", ["Chongjin", "", "🔥🔥", "1994-08-08", "12:30", "route 66",
        "St.Petersburg",
        "A/B",
        "South Hamgyong", "nan, nan", "41", "x" * 5000]
)  # fmt: skip
def test_what_is_no_position_is_left_to_others(text):
    """Names, dates and times are not read as coordinates."""
    assert read_position(text) is None


def test_the_digits_written_become_the_radius():
    """Half a unit of the last digit in both directions, in metres; whole degrees are tens of kilometres."""
    corner = EARTH.inv(129.83, 41.79, 129.835, 41.795)[2]
    assert read_position("41.79, 129.83").where.radius == pytest.approx(corner, rel=0.01)
    assert read_position("42 N, 130 E").where.radius > 60_000
    assert read_position("41°47'N 129°49'E").where.radius == pytest.approx(1157, abs=10)
    assert read_position("41.7900000 N, 129.8300000 E").where.radius == 1.0
    computed = read_position("43.933333000000005 N, 130.1 E")
    assert computed.where.radius is None
    assert "computation" in computed.notes[0]


@given(lat=LATS, lon=LONS)
def test_a_position_survives_being_written_in_degrees_minutes_and_seconds(lat, lon):
    """Round trip: what a person writes to a hundredth of a second is read back within it, and the radius covers it."""
    spot = read_position(f"{_dms(lat)}{'S' if lat < 0 else 'N'} {_dms(lon)}{'W' if lon < 0 else 'E'}")
    away = EARTH.inv(lon, lat, spot.where.lon, spot.where.lat)[2]
    assert away <= spot.where.radius


@given(lat=LATS, lon=LONS, decimals=st.integers(0, 6))
def test_a_position_survives_being_written_in_decimals_within_its_radius(lat, lon, decimals):
    """Round trip: rounding to some digits never moves a place out of the radius that these digits give."""
    spot = read_position(f"lat {lat:.{decimals}f}, lon {lon:.{decimals}f}")
    away = EARTH.inv(lon, lat, spot.where.lon, spot.where.lat)[2]
    assert away <= spot.where.radius * 1.01 + 0.1


def _dms(value):
    hundredths = round(abs(value) * 360_000)
    degrees, rest = divmod(hundredths, 360_000)
    minutes, seconds = divmod(rest, 6_000)
    return f"{degrees}°{minutes:02d}'{seconds / 100:05.2f}\""


@pytest.mark.parametrize(
    ("text", "lat", "lon", "within"),
    [
        ("15TWG0000049776", 41.999997975, -93.0, 1.5),  # printed in the documentation of the library mgrs
        ("18SUJ2337106519", 38.8898, -77.03654, 20),  # the Washington Monument, FGDC-STD-011-2001
        ("4QFJ12345678", 21.3095, -157.9168, 20),  # NGA's example square near Honolulu
        ("31NEA0000000000", 0.0, 3.0, 1.5),  # where the equator meets the middle of zone 31
    ],
)
def test_mgrs_as_printed_by_authorities(text, lat, lon, within):
    """Published references are read to their square."""
    spot = read_position(text)
    assert EARTH.inv(lon, lat, spot.where.lon, spot.where.lat)[2] <= within


@given(lat=LATS, lon=LONS, precision=st.integers(0, 5))
def test_mgrs_names_a_square_that_holds_the_point(lat, lon, precision):
    """Oracle: the square that the library writes for a point is read back with the point inside the radius.

    On the equator itself the library writes band M with the first row of band N, and then refuses its own words.
    """
    assume(abs(lat) > 1e-6)
    text = mgrs.MGRS().toMGRS(lat, lon, MGRSPrecision=precision)
    spot = read_position(text)
    away = EARTH.inv(lon, lat, spot.where.lon, spot.where.lat)[2]
    assert away <= spot.where.radius * 1.02 + 1


@pytest.mark.parametrize("text", ["52TEM123", "52SEM6896426793", "QCJ+2VX Rajin", "XX000000+"])
def test_grid_references_that_name_no_square_are_refused(text):
    """An odd number of digits, a short Plus code, one off the Earth."""
    with pytest.raises(UsageError, match="grid reference"):
        read_position(text)


@given(lon=st.floats(126.1, 131.9), lat=st.floats(-79, 83))
def test_utm_is_read_as_pyproj_writes_it(lon, lat):
    """Oracle: pyproj's easting and northing of zone 52, with the hemisphere in words."""
    half = "south" if lat < 0 else "north"
    x, y = Transformer.from_crs(4326, 32752 if lat < 0 else 32652, always_xy=True).transform(lon, lat)
    assert position(f"52 {half} {x:.1f} {y:.1f}") == pytest.approx((lat, lon), abs=3e-6 / math.cos(math.radians(lat)))


def test_utm_zone_s_is_asked_about_when_it_can_be_a_band():
    """36S is northern Syria by band and far in the southern ocean by hemisphere."""
    with pytest.raises(UsageError, match="also short for south") as caught:
        read_position("36S 500000 4000000")
    assert "36 north 500000 4000000" in caught.value.do
    assert position("36S 500000 8000000")[0] == pytest.approx(-18.0887, abs=1e-4)
    assert position("52T 568922 4626676") == pytest.approx((41.788946, 129.829476), abs=1e-6)
    with pytest.raises(UsageError, match="cannot be read"):
        read_position("52M 568922 4626676")
    with pytest.raises(UsageError, match="cannot be read"):
        read_position("52N 568922 14626676")


@pytest.mark.parametrize(
    ("code", "south", "west", "north", "east"),
    [  # decoding tests printed with the Open Location Code specification
        ("7FG49Q00+", 20.35, 2.75, 20.4, 2.8),
        ("7FG49QCJ+2V", 20.37, 2.782125, 20.370125, 2.78225),
        ("7FG49QCJ+2VX", 20.3701, 2.78221875, 20.370125, 2.78225),
        ("8FVC2222+22", 47.0, 8.0, 47.000125, 8.000125),
        ("4VCPPQGP+Q9", -41.273125, 174.785875, -41.273, 174.786),
    ],
)
def test_plus_codes_as_printed_in_their_specification(code, south, west, north, east):
    """The middle of the printed cell, and its half diagonal."""
    spot = read_position(code)
    assert (spot.where.lat, spot.where.lon) == pytest.approx(((south + north) / 2, (west + east) / 2), abs=1e-9)
    assert spot.where.radius == pytest.approx(max(1, EARTH.inv(west, south, east, north)[2] / 2), rel=0.01, abs=0.1)
