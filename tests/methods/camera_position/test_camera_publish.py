"""What leaves the method tells a position no finer than it may."""

from __future__ import annotations

import io
import json
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pyproj import Geod
from tests.methods.camera_position.test_camera_position import CAMERA, SIX, asked

from dateline.media.landmark import Frame
from dateline.methods.camera_position.publish import Precision
from dateline.methods.contract import Outcome

NUMBER = re.compile(r"-?\d+\.\d+|-?\d+")


def written(made: Outcome) -> str:
    """All that is written of an answer beside its files."""
    parts = [made.statement.en, str(made.statement.args), str(made.values), str(made.rows), str(made.estimates)]
    return "\n".join([*parts, *(note.text for note in (*made.reasons, *made.caveats)), *made.needed])


def drawn(made: Outcome) -> list[list[float]]:
    """Every position of its GeoJSON."""
    data = json.loads(next(one for one in made.artifacts if one.role == "camera").data)
    shapes = [one["geometry"] for one in data["features"]]
    return [
        point
        for shape in shapes
        for point in ([shape["coordinates"]] if shape["type"] == "Point" else shape["coordinates"][0])
    ]


@pytest.mark.parametrize("step", [200.0, 1000.0, 20_000.0])
def test_no_number_of_a_coarse_answer_is_the_position_or_a_landmark(step: float) -> None:
    """No number written and no position drawn is the camera's or a landmark's, and no landmark is named."""
    made = asked(SIX, f35=26, publish_precision=step)
    assert made.result == "located"
    exact = [CAMERA, *((one.lon, one.lat) for one in SIX)]
    numbers = [float(number) for number in NUMBER.findall(written(made))]
    assert not any(abs(number - value) < 1e-4 for number in numbers for place in exact for value in place)
    assert min(abs(lon - x) + abs(lat - y) for lon, lat in drawn(made) for x, y in exact) > 1e-4
    assert not any(one.name in written(made) for one in SIX)
    assert not {"distance_m", "residual_m"} & set(made.rows[0])


def test_a_shift_within_the_cell_changes_no_told_position() -> None:
    """Whoever compares two answers learns no more than the cell: point, cell and direction stay."""
    made = [asked(marks, f35=26, publish_precision=5000) for marks in (SIX, SIX[:5])]
    told = [one.values["places"][0] for one in made]
    assert told[0]["lon"] == told[1]["lon"]
    assert told[0]["lat"] == told[1]["lat"]


def test_exact_is_only_told_when_asked_for() -> None:
    """With 0 the files hold the point, the region and the landmarks, and a caveat says that they do."""
    made = asked(SIX, f35=26, publish_precision=0)
    data = json.loads(next(one for one in made.artifacts if one.role == "camera").data)
    roles = [one["properties"]["role"] for one in data["features"]]
    assert roles.count("landmark") == 6
    point = next(one for one in data["features"] if one["geometry"]["type"] == "Point")["geometry"]["coordinates"]
    assert point == pytest.approx(CAMERA, abs=2e-5)
    assert "exact-position" in {note.code for note in made.caveats}
    assert {"distance_m", "residual_m"} <= set(made.rows[0])


def test_the_wedge_opens_from_the_told_point_over_the_true_view() -> None:
    """The field of view begins at the cell's middle, is closed anticlockwise, and holds the direction of view."""
    from shapely import LineString, Polygon

    made = asked(SIX, f35=26)
    data = json.loads(next(one for one in made.artifacts if one.role == "camera").data)
    wedge = Polygon(
        next(one for one in data["features"] if one["properties"]["role"] == "view")["geometry"]["coordinates"][0]
    )
    point = Precision(1000).point(*CAMERA)
    lon, lat, _ = Geod(ellps="WGS84").fwd(*point, 40.0, 4000)
    assert wedge.exterior.is_ccw
    assert wedge.buffer(1e-6).covers(LineString([point, (lon, lat)]))


def test_the_photo_goes_out_only_beside_the_exact_map() -> None:
    """Coarse: an empty frame with the residuals; exact: the photo and the map side by side."""
    photo = np.full((300, 400, 3), (200, 30, 30), np.uint8)
    frame = Frame(width=4000, height=3000, pixels=photo)
    coarse, exact = (
        Image.open(io.BytesIO(asked(SIX, frame, f35=26, publish_precision=step).artifacts[1].data))
        for step in (1000, 0)
    )
    assert exact.width > 1.5 * coarse.width
    red = [(np.asarray(one.convert("RGB")).astype(int) @ (1, -1, 0) > 80).mean() for one in (coarse, exact)]
    assert red[0] < 0.001
    assert red[1] > 0.2


@given(lon=st.floats(-179.9, 179.9), lat=st.floats(-89, 89), step=st.sampled_from([50.0, 1000.0, 30_000.0]))
def test_a_cell_holds_its_position_and_tells_no_other(lon: float, lat: float, step: float) -> None:
    """Property: the cell holds the position, its middle lies in the same cell, and it is as large as promised."""
    precision = Precision(step)
    west, south, east, north = precision.cell(lon, lat)
    assert west <= lon <= east
    assert south <= lat <= north
    assert Precision(step).point(*precision.point(lon, lat)) == precision.point(lon, lat)
    assert (north - south) * 111_195 == pytest.approx(step, rel=1e-6)
    if abs(lon) < 170 and abs(lat) < 75:
        assert (east - west) * 111_195 * np.cos(np.radians((south + north) / 2)) == pytest.approx(step, rel=0.05)


def test_several_answers_tell_no_more_than_the_finest_of_them() -> None:
    """Steps whose cells cross would together tell the place to metres; rounded up, cells lie in each other."""
    cells = [Precision.of(step).cell(*CAMERA) for step in np.arange(1000, 30_000, 37.0)]
    finest = Precision.of(1000).cell(*CAMERA)
    for west, south, east, north in cells:
        assert west <= finest[0] + 1e-9
        assert south <= finest[1] + 1e-9
        assert east >= finest[2] - 1e-9
        assert north >= finest[3] - 1e-9
    assert [Precision.of(step).step for step in (0, 200, 1000, 1001, 200_000)] == [0, 250, 1000, 2000, 256_000]


def test_words_are_no_finer_than_the_step() -> None:
    """A position in words has no digit that the step cannot carry."""
    assert Precision(1000).written(131.95, 43.12) == "43.12° N, 131.95° E"
    assert Precision(100_000).written(-70.2, -33.4).count(".") == 0
    assert Precision(0).written(131.95, 43.12) == "43.12000° N, 131.95000° E"
