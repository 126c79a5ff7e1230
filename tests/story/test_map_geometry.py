"""Maps: the projection and the scale are true, the borders are those declared, no label touches another."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod, Transformer
from shapely.geometry import Polygon

from dateline.core.estimate import Estimate
from dateline.story.mapping.basemap import basemap, clipped, drawn_area, state_name
from dateline.story.mapping.frame import Frame, around, fitted, outline, unrolled
from dateline.story.mapping.furniture import grid, inset, scale_bar
from dateline.story.mapping.labels import Mark, Placed, crosses, drawn_name, placed, text_width
from dateline.story.mapping.svgpath import path_of
from dateline.story.mapping.symbols import LEAST, rings, sizes

GEOD = Geod(ellps="WGS84")
PRIMORYE = [(130.3, 42.23), (132.3, 42.88), (129.77, 41.79), (131.66, 44.34)]
WIDE = {"width": 720.0, "heights": (360.0, 540.0)}


@given(
    lon=st.floats(-180, 180), lat=st.floats(-85, 85), off_x=st.floats(-300, 300), off_y=st.floats(-200, 200),
    metres=st.floats(10, 5_000),
)  # fmt: skip
@settings(max_examples=12, deadline=None)
def test_pixels_and_degrees_are_each_others_way_back(
    lon: float, lat: float, off_x: float, off_y: float, metres: float
) -> None:
    """A pixel's position is drawn on that pixel, anywhere on Earth; PROJ's own transformation of it agrees."""
    frame = Frame(round(lon, 4), round(lat, 4), 720, 480, metres)
    x, y = 360 + off_x, 240 + off_y
    ((there_lon, there_lat),) = frame.degrees([x], [y])
    assert frame.pixel(there_lon, there_lat) == pytest.approx((x, y), abs=0.02)
    crs = f"+proj=laea +lon_0={frame.lon} +lat_0={frame.lat} +ellps=WGS84"
    east, north = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(there_lon, there_lat)
    assert (off_x * metres, -off_y * metres) == pytest.approx((east, north), abs=0.5)


@pytest.mark.parametrize(
    "points",
    [PRIMORYE, [(179.2, 66.0), (-178.0, 65.0)], [(17.3, 78.5), (15.6, 78.2)], [(12.4, -42.3)], [(0, 89.5), (120, 89)]],
)
def test_the_scale_bar_is_true_at_the_middle_and_north_is_up(points: list[tuple[float, float]]) -> None:
    """The ground between the bar's ends, laid through the middle, is the length printed, to a thousandth."""
    frame = fitted(points, **WIDE, room=(70, 50))
    metres, length = scale_bar(frame, 200)
    for turn in ((1, 0), (0, 1)):
        ends = [(360 + side * turn[0] * length / 2, frame.height / 2 + side * turn[1] * length / 2) for side in (-1, 1)]
        (one, other) = frame.degrees([x for x, _ in ends], [y for _, y in ends])
        assert GEOD.inv(*one, *other)[2] == pytest.approx(metres, rel=2e-3)
    assert 60 < length <= 200
    (up,) = frame.degrees([360], [frame.height / 2 - 10])
    assert abs((up[0] - frame.lon + 180) % 360 - 180) < 0.01 or abs(frame.lat) > 89
    drawn = frame.pixels([lon for lon, _ in points], [lat for _, lat in points])
    assert (drawn >= 0).all()
    assert (drawn <= [frame.width, frame.height]).all()


def test_a_window_over_the_180th_meridian_is_as_any_other() -> None:
    """Both sides lie side by side, the land is whole there, and a shape of either side is drawn where it lies."""
    assert np.ptp(unrolled([179.0, -179.0, 178.0])) == 3.0
    frame = fitted(outline((170, 62, -168, 69)), **WIDE)
    assert abs(abs(frame.lon) - 179) < 2
    west, east = frame.pixel(175.0, 65.0), frame.pixel(-175.0, 65.0)
    assert 0 < west[0] < east[0] < 720
    box = frame.box()
    assert box[2] - box[0] < 60
    square = Polygon([(-176, 64), (-174, 64), (-174, 66), (-176, 66)])
    assert shapely.union_all(list(clipped(square, box))).area == pytest.approx(4.0)
    assert drawn_area(frame, square).contains(shapely.Point(east))
    drawn = basemap(frame, "iso", "en")
    assert {"Russia", "United States of America"} >= {name for name, *_ in drawn.names} >= {"Russia"}
    crossing = shapely.LineString([frame.pixel(180.0, 67.2), frame.pixel(180.0, 68.3)])
    assert drawn.land
    assert crossing.length > 5


def test_a_window_around_a_pole_holds_all_longitudes() -> None:
    """The pole itself is in the box; the land around it is drawn."""
    frame = fitted(outline((-179, -90, 179, -72)), **WIDE)
    west, south, east, _ = frame.box()
    assert (south, round(east - west)) == (-90.0, 360)
    assert len(basemap(frame, "iso", "en").land) > 1000


def _perekop(view: str) -> tuple[str, str]:
    drawn = basemap(fitted(outline((33.4, 45.6, 35.2, 46.4)), **WIDE), view, "en")
    return drawn.borders, drawn.disputed


def test_the_border_at_perekop_is_drawn_as_the_view_says() -> None:
    """Ukraine's view and ISO draw no border between Crimea and the mainland, Russia's does; else it is open."""
    assert _perekop("ua") == _perekop("iso") == ("", "")
    assert _perekop("ru")[0]
    assert not _perekop("de-facto")[0]
    assert _perekop("de-facto")[1]
    names = {
        view: {name for name, *_ in basemap(fitted(outline((33.0, 44.5, 35.8, 45.8)), **WIDE), view, "en").names}
        for view in ("ua", "ru")
    }
    assert names == {"ua": {"Ukraine"}, "ru": {"Russia"}}
    assert (state_name("ua", "en"), state_name("ua", "uk")) == ("Ukraine", "Україна")


def test_contested_land_is_named_as_such() -> None:
    """Where states differ and the drawing cannot show it, the map says so."""
    assert basemap(fitted(outline((74, 32, 80, 36)), **WIDE), "in", "en").contested[:1] == ("Jammu and Kashmir",)


names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)
spots = st.lists(
    st.tuples(st.floats(0, 720), st.floats(0, 480), st.sampled_from([0.0, 4.0, 5.0, 9.0, 26.0]), names),
    min_size=1, max_size=40,
)  # fmt: skip


def overlaps(found: Placed, marks: list[Mark], size: tuple[float, float]) -> list[str]:
    """Whatever touches what it should not."""
    bad = []
    for one, other in itertools.combinations(found.labels, 2):
        a, b = one.box, other.box
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]:
            bad.append(f"labels {one.lines} {other.lines}")
        for led, box in ((one.leader, b), (other.leader, a)):
            if led is not None and crosses(np.array(led), np.array(box)):
                bad.append(f"leader over {one.lines} or {other.lines}")
    for label in found.labels:
        left, top, right, bottom = label.box
        if left < 0 or top < 0 or right > size[0] or bottom > size[1]:
            bad.append(f"{label.lines} leaves the map")
        for mark in marks:
            x, y = min(max(mark.x, left), right), min(max(mark.y, top), bottom)
            if math.dist((x, y), (mark.x, mark.y)) < mark.radius - 1e-9:
                bad.append(f"{label.lines} on a mark")
    return bad


@given(spots=spots)
@settings(max_examples=20, deadline=None)
def test_no_label_touches_another_or_a_mark(spots: list[tuple[float, float, float, str]]) -> None:
    """Whatever the places: every name stands clear, or is under a number in the list; none is lost."""
    marks = [Mark(x, y, r, (drawn_name(name) or "?",)) for x, y, r, name in spots]
    keep = [(600.0, 0.0, 720.0, 104.0)]
    found = placed(marks, (720, 480), 14, keep=keep, quiet=[("Somewhere", 300, 200)])
    assert overlaps(found, marks, (720, 480)) == []
    assert all(not (label.box[2] > 600 and label.box[1] < 104) for label in found.labels)
    told = [label.mark for label in found.labels if label.number is None]
    assert sorted([*told, *(at for group in found.numbered for at in group)]) == list(range(len(marks)))
    numbers = [label.number for label in found.labels if label.number is not None]
    assert numbers == list(range(1, len(numbers) + 1))


def test_hundreds_of_places_are_all_told() -> None:
    """Two hundred places, half of them in one town: none is lost, nothing collides, and the same each time."""
    random = np.random.default_rng(5)
    spots = np.vstack((random.uniform((20, 20), (700, 460), (100, 2)), random.normal((300, 200), 12, (100, 2))))
    marks = [Mark(float(x), float(y), 4.0, (f"Place {at}",)) for at, (x, y) in enumerate(spots)]
    found = placed(marks, (720, 480), 14)
    assert overlaps(found, marks, (720, 480)) == []
    told = {label.mark for label in found.labels if label.number is None}
    assert len(told) > 40
    assert told | {at for group in found.numbered for at in group} == set(range(200))
    assert found == placed(marks, (720, 480), 14)


def test_what_turns_text_round_is_not_drawn() -> None:
    """Override marks, control letters and endless names stop at the map's edge."""
    assert drawn_name("a\u202eb\u2066c\x00d\n e") == "abcd e"
    assert len(drawn_name("x" * 500)) == 26
    assert text_width("나진항", 10) > 30
    assert text_width("a\u0301", 10) == text_width("a", 10)


def test_paths_are_short_and_do_not_drift() -> None:
    """Rounded to a tenth; a thousand steps end where the line ends; what falls on one point is left out."""
    xs = np.linspace(0, 333.33, 1000)
    text = path_of([shapely.LineString(np.column_stack((xs, np.sin(xs))))])
    steps = text.replace("M", " ").replace("l", " ").replace("-", " -").replace(" .", " 0.").split()
    assert sum(float(step) for step in steps[::2]) == pytest.approx(333.3, abs=0.06)
    assert path_of([Polygon([(1, 1), (1.01, 1), (1.01, 1.01)])]) == ""
    assert path_of([shapely.box(0, 0, 10, 0.5)]) == "M10 0l0 .5-10 0 0-.5z"


def test_a_grid_and_a_small_map_show_where_it_lies() -> None:
    """Round degrees at the edges; the small map in the emptiest corner, and none on a map of half the world."""
    frame = fitted(PRIMORYE, **WIDE, room=(70, 50))
    ticks = grid(frame, 7).ticks
    assert {tick.degrees for tick in ticks if tick.side == "bottom"} >= {129.0, 131.0, 133.0}
    for tick in ticks:
        (where,) = frame.degrees([tick.x], [tick.y])
        assert where[0 if tick.side == "bottom" else 1] == pytest.approx(tick.degrees, abs=0.01)
    small = inset(frame, 100, [Mark(700, 20, 5, ("a",))])
    assert small is not None
    assert (small.x, small.y) != (619.0, 1.0)
    assert small.land
    assert small.frame
    assert inset(fitted(outline((-60, -50, 60, 60)), **WIDE), 100, []) is None


def test_marks_grow_by_area_and_never_below_the_least() -> None:
    """Four times the number is twice the radius; an interval over nothing has no inner ring, an open one no outer."""

    def told(best: float, low: float | None, high: float | None) -> Estimate:
        return Estimate(best=best, low=low, high=high, unit="%", level=0.9, n=9, how="test")

    scale = sizes([told(100, 90, 100), told(25, 20, 30)], 26)
    assert scale.radius(100) == 26
    assert scale.radius(-25) == 13
    assert scale.radius(0) == LEAST
    assert rings(told(5, -10, 20), scale)[0] == 0
    assert rings(told(5, 1, None), scale)[1] is None
    assert sizes([], 26).key() == ()
    assert sizes([told(0, 0, 0)], 26).radius(0) == LEAST


def test_around_is_geodesic() -> None:
    """Each point of the circle lies at its distance, near a pole and over the 180th meridian too."""
    for lon, lat in ((179.9, 66.0), (20.0, 89.0)):
        far = [GEOD.inv(lon, lat, *point)[2] for point in around(lon, lat, 150_000.0, 16)]
        assert far == pytest.approx([150_000.0] * 16, rel=1e-6)


@pytest.mark.parametrize("window", [(1, 2, 1, 3), (0, 50, 10, 40), (0, 0, 200, 5), (0, -95, 5, 5)])
def test_no_window(window: tuple[float, float, float, float]) -> None:
    """South above north, no width, degrees that there are not."""
    with pytest.raises(ValueError, match="window"):
        outline(window)
