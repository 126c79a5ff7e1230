"""What a coverage promises: exact shares, true ground, and a word about every odd place."""

from __future__ import annotations

import json
import math
import warnings

import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from imagery_fakes import area_of, blob, box, dense, grid
from odc.geo.geobox import GeoBox
from pyproj import Geod
from shapely.affinity import translate
from shapely.geometry import mapping

from dateline.core import InputError, Where
from dateline.imagery.coverage import Window, cover, cover_extent, trace

WGS84 = Geod(ellps="WGS84")


def wide_grid():
    """Room enough around every blob."""
    return grid(30, 30, west=129.98, north=43.03)


@pytest.mark.parametrize("seed", range(12))
def test_shares_are_those_of_exactextract(seed):
    """Every pixel's share of a polygon with a hole agrees with exactextract's to single precision."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from exactextract import exact_extract
        from exactextract.raster import NumPyRasterSource
    shape, geobox = blob(seed), wide_grid()
    bounds = geobox.boundingbox
    source = NumPyRasterSource(
        np.zeros(geobox.shape), xmin=bounds.left, ymin=bounds.bottom, xmax=bounds.right, ymax=bounds.top
    )
    feature = {"type": "Feature", "geometry": mapping(shape), "properties": {}}
    told = exact_extract(source, feature, ["cell_id", "coverage"])[0]["properties"]
    theirs = np.zeros(geobox.shape)
    theirs.ravel()[np.asarray(told["cell_id"], dtype=int)] = told["coverage"]
    ours = dense(cover({"a": area_of(shape)}, geobox).strips, 1, geobox.shape)[0]
    np.testing.assert_allclose(ours, theirs, atol=2e-7)


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 10_000))
def test_the_size_of_a_place_is_its_area_in_pixels(seed):
    """The shares of a polygon add up to its area, as shapely has it, also where it leaves the grid."""
    shape = blob(seed)
    coverage = cover({"a": area_of(shape)}, grid(30, 10, west=130.01, north=43.03))
    assert coverage.size[0] == pytest.approx(shape.area * 240**2, rel=1e-9)
    assert coverage.strips.covered(1)[0] + coverage.outside[0] == pytest.approx(coverage.size[0], rel=1e-9)


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10_000), count=st.integers(2, 12))
def test_a_partition_of_the_window_covers_every_pixel_once(seed, count):
    """Places that share their borders neither lose nor double light: their shares add up to 1 in every pixel."""
    rng = np.random.default_rng(seed)
    geobox = grid(9, 13)
    bounds = geobox.boundingbox
    rest = shapely.box(bounds.left, bounds.bottom, bounds.right, bounds.top)
    parts = []
    for _ in range(count):
        x, y, angle = rng.uniform(bounds.left, bounds.right), rng.uniform(bounds.bottom, bounds.top), rng.uniform(0, 7)
        line = shapely.LineString(
            [(x - math.cos(angle), y - math.sin(angle)), (x + math.cos(angle), y + math.sin(angle))]
        )
        cut = shapely.get_parts(
            shapely.polygonize([*shapely.get_parts(shapely.node(shapely.union(rest.boundary, line)))])
        )
        parts.append(cut[0]) if len(cut) > 1 else None
        rest = shapely.union_all(cut[1:]) if len(cut) > 1 else rest
    places = {str(index): area_of(part) for index, part in enumerate([*parts, rest])}
    shares = dense(cover(places, geobox).strips, len(places), geobox.shape)
    np.testing.assert_allclose(shares.sum(axis=0), 1, atol=1e-9)


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10_000), rows=st.integers(0, 40), columns=st.integers(0, 40))
def test_a_whole_pixel_shift_moves_the_shares_and_changes_none(seed, rows, columns):
    """Coverage does not depend on where the grid begins."""
    rng = np.random.default_rng(seed)
    shape = shapely.convex_hull(shapely.multipoints(rng.uniform(2, 9, (8, 2))))
    here = trace(np.array([shape], dtype=object))
    there = trace(np.array([translate(shape, columns, rows)], dtype=object))
    moved = np.roll(dense(here, 1, (60, 60)), (rows, columns), (1, 2))
    np.testing.assert_allclose(dense(there, 1, (60, 60)), moved, atol=1e-9)


@pytest.mark.parametrize("turn", [1, -1])
def test_the_turning_of_rings_does_not_matter(turn):
    """Shell and hole count the same whichever way they were drawn."""
    shell = [(130.01, 42.96), (130.05, 42.96), (130.05, 42.99), (130.01, 42.99), (130.01, 42.96)]
    hole = [(130.02, 42.97), (130.04, 42.97), (130.04, 42.98), (130.02, 42.98), (130.02, 42.97)]
    place = Where.area([[shell[::turn], hole[::turn]]])
    size = cover({"a": place}, grid(20, 20)).size[0]
    assert size == pytest.approx((0.04 * 0.03 - 0.02 * 0.01) * 240**2)


def test_a_grid_that_counts_rows_upward_gives_the_same_shares():
    """A south-up file is measured like a north-up one."""
    north_up = grid(12, 16)
    south_up = GeoBox((12, 16), north_up.affine @ Affine.translation(0, 12) @ Affine.scale(1, -1), "EPSG:4326")
    place = {"a": area_of(blob(3))}
    one, other = (dense(cover(place, geobox).strips, 1, (12, 16))[0] for geobox in (north_up, south_up))
    np.testing.assert_allclose(one, other[::-1], atol=1e-9)


def test_a_ring_that_crosses_itself_is_mended_and_noted():
    """Both wings of a bow tie count, and the place carries a note."""
    west, south = 130.01, 42.96
    tie = Where.area(
        [[[(west, south), (west + 0.02, south + 0.02), (west + 0.02, south), (west, south + 0.02), (west, south)]]]
    )
    coverage = cover({"tie": tie}, grid(20, 20))
    assert coverage.size[0] == pytest.approx(2 * 0.01 * 0.02 / 2 * 240**2)
    assert [code for _, code, _ in coverage.notes] == ["ring-repaired"]


@pytest.mark.samples
def test_las_marias_is_mended(samples):
    """The real outline that crosses itself is noted; its neighbours are not."""
    folder = samples / "lights" / "puerto_rico_maria_2017"
    features = json.loads((folder / "puerto_rico_adm1.geojson").read_text())["features"]
    places = {feature["properties"]["NAME_1"]: Where.from_json(feature["geometry"]) for feature in features}
    coverage = cover(places, GeoBox((152, 655), Affine(1 / 240, 0, -67.95, 0, -1 / 240, 18.517), "EPSG:4326"))
    assert [(name, code) for name, code, _ in coverage.notes if code == "ring-repaired"] == [
        ("Las Marías", "ring-repaired")
    ]


def test_a_place_outside_is_refused_by_name():
    """A place that the images do not show stops the work, with both positions in the message."""
    with pytest.raises(InputError, match="Kyiv") as caught:
        cover({"Rason": area_of(blob(1)), "Kyiv": box(30.4, 50.4, 30.6, 50.5)}, wide_grid())
    assert caught.value.code == "outside"
    assert "30.400" in caught.value.saw


def test_a_place_partly_outside_is_told():
    """What lies beyond the grid is counted and noted, not left out silently."""
    coverage = cover({"half": box(129.99, 42.97, 130.01, 42.99)}, grid(20, 20))
    assert coverage.outside[0] / coverage.size[0] == pytest.approx(0.5)
    assert coverage.notes[0][:2] == ("half", "partly-outside")
    assert "50.0 %" in coverage.notes[0][2]


def test_a_place_smaller_than_a_pixel_is_flagged():
    """A berth within one pixel is measured, but flagged, so that a method can refuse it."""
    coverage = cover({"berth": box(130.0201, 42.9801, 130.0221, 42.9821)}, grid(20, 20))
    assert coverage.size[0] < 1
    assert coverage.notes[0][:2] == ("berth", "smaller-than-pixel")


@pytest.mark.parametrize(
    ("place", "code"),
    [
        (Where.point(lon=130, lat=43), "no-radius"),
        (Where.point(lon=130, lat=43, radius=0), "no-radius"),
        (Where.point(lon=10, lat=89.99, radius=5000), "pole"),
        (Where.area([[[(130, 43), (130.01, 43), (130.02, 43), (130, 43)]]]), "empty-area"),
    ],
)
def test_what_has_no_area_is_refused(place, code):
    """A bare point, a disc around a pole and a flat ring are errors with a code, never a number."""
    with pytest.raises(InputError) as caught:
        cover({"it": place}, wide_grid())
    assert caught.value.code == code


def test_no_place_and_no_crs_are_refused():
    """An empty list of places, and an image that does not say where it lies."""
    with pytest.raises(InputError, match="no place"):
        cover({}, wide_grid())
    with pytest.raises(InputError, match="where on Earth"):
        cover({"a": area_of(blob(1))}, GeoBox((5, 5), Affine.identity(), None))


@pytest.mark.parametrize("latitude", [-43.0, 0.0, 66.0])
def test_a_disc_has_the_area_of_its_radius(latitude):
    """Three kilometres around a point are 28.27 square kilometres wherever it is."""
    geobox = grid(60, 120, west=129.8, north=latitude + 0.12)
    coverage = cover({"port": Where.point(lon=130, lat=latitude, radius=3000)}, geobox)
    assert coverage.area[0] == pytest.approx(math.pi * 9, rel=1e-4)


def test_a_disc_at_the_dateline_keeps_both_halves():
    """A disc around 180 degrees covers pixels on both sides of the map."""
    geobox = GeoBox((40, 1440), Affine(0.25, 0, -180, 0, -0.25, 70), "EPSG:4326")
    coverage = cover({"Chukotka": Where.point(lon=179.9, lat=66, radius=60_000)}, geobox)
    assert coverage.strips.start.min() == 0
    assert coverage.strips.stop.max() == 1440
    assert coverage.area[0] == pytest.approx(math.pi * 3600, rel=1e-3)


@pytest.mark.parametrize(
    ("crs", "left", "top", "pixel"),
    [
        ("EPSG:4326", 130.0, 43.0, 1 / 240),
        ("EPSG:3857", 14_471_533.0, 5_311_971.0, 500.0),
        ("EPSG:32652", 580_000.0, 4_760_000.0, 463.0),
    ],
)
def test_area_is_that_of_the_ground(crs, left, top, pixel):
    """The same outline has the geodesic area on every projection: web-Mercator metres are not metres."""
    shape = shapely.segmentize(shapely.box(130.01, 42.8, 130.3, 42.98), 0.01)
    geobox = GeoBox((80, 110), Affine(pixel, 0, left, 0, -pixel, top), crs)
    coverage = cover({"a": area_of(shape)}, geobox)
    true = abs(WGS84.geometry_area_perimeter(shape)[0]) / 1e6
    assert coverage.outside[0] == 0
    assert coverage.area[0] == pytest.approx(true, rel=2e-5)
    assert (coverage.strips.covered(1)[0] * np.prod(coverage.pixel_km)) == pytest.approx(true, rel=5e-3)


def test_pixel_areas_are_geodesic():
    """A 15-arc-second pixel covers 0.155 km2 at 44 N and 0.132 at 52 N."""
    for latitude, area in ((44, 0.155), (52, 0.132)):
        strips = cover_extent(grid(1, 1, north=latitude), [Window(slice(0, 1), slice(0, 1))]).strips
        corners = [130, 130 + 1 / 240, 130 + 1 / 240, 130], [latitude, latitude, latitude - 1 / 240, latitude - 1 / 240]
        true = abs(WGS84.polygon_area_perimeter(*corners)[0]) / 1e6
        assert strips.area[0] == pytest.approx(area, abs=1e-3)
        assert strips.area[0] == pytest.approx(true, rel=1e-6)


def test_places_may_overlap():
    """A town inside its county counts in both."""
    places = {"county": box(130.0, 42.95, 130.06, 43.0), "town": box(130.02, 42.97, 130.03, 42.98)}
    coverage = cover(places, grid(20, 20))
    np.testing.assert_allclose(coverage.size, [0.06 * 0.05 * 240**2, 0.01 * 0.01 * 240**2])
