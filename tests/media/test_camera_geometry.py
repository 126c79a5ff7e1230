"""The pinhole camera against printed values, and against itself turned round."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.media.camera import (
    azimuth,
    focal_of_35,
    focal_of_view,
    project,
    rays,
    sensor_shape,
    three_points,
    turned,
    wrap,
)
from dateline.media.landmark import Landmark, Plane


def test_three_points_give_the_printed_place(samples: Path) -> None:
    """Oracle: both cases of the Tienstra example, to a tenth of a millimetre."""
    told = json.loads((samples / "verification/resection/pygeodesy_three_point.json").read_text())
    points = np.array([told["A"], told["B"], told["C"]], dtype=float)
    for case in told["cases"]:
        angles = np.radians(np.cumsum([0.0, case["angle_APB_deg"], case["angle_BPC_deg"]]))
        assert three_points(points, angles) == pytest.approx(case["P"], abs=1e-4)


def test_yaw_offsets_of_tunabreen_agree_once_the_digit_is_back(samples: Path) -> None:
    """Oracle: with easting 556232 all five landmarks give the camera's yaw as 108.2 to 109.0 degrees."""
    told = json.loads((samples / "verification/resection/pytrx_tu2_2015.json").read_text())
    marks = np.array(told["gcps_xyz_uv"], dtype=float)
    fx, _, cx, _ = told["fx_fy_cx_cy"]
    camera = np.array(told["camera_xyz"][:2])
    seen = rays((marks[:, 3] - cx) / fx, np.zeros(5), np.zeros(1), np.zeros(1))[0]
    as_published = np.degrees(wrap(azimuth(camera, marks[:, :2]) - seen))
    marks[3, 0] = 556232
    mended = np.degrees(wrap(azimuth(camera, marks[:, :2]) - seen))
    assert abs(wrap(np.radians(as_published[3] - 108.6))) > np.radians(90)
    assert mended.min() == pytest.approx(108.2, abs=0.05)
    assert mended.max() == pytest.approx(109.0, abs=0.05)


@given(
    pose=st.tuples(*[st.floats(-1, 1)] * 3),
    there=st.tuples(st.floats(-2000, 2000), st.floats(-2000, 2000), st.floats(-500, 500)),
)
def test_a_projected_point_is_seen_in_its_own_direction(
    pose: tuple[float, float, float], there: tuple[float, float, float]
) -> None:
    """Property: project() and rays() are inverse for whatever stands before the camera."""
    yaw, pitch, roll = 3 * pose[0], pose[1], pose[2] / 2
    point = np.array([there[:2]])
    pixel = project(np.zeros(2), 0.0, point, np.array(there[2:]), yaw=yaw, pitch=pitch, roll=roll)
    far = float(np.hypot(*there[:2]))
    if np.isnan(pixel).any() or np.abs(pixel).max() > 20 or far < 10:
        return
    across, above = rays(pixel[:, 0], pixel[:, 1], np.array(pitch), np.array(roll))
    assert wrap(across + yaw - azimuth(np.zeros(2), point)) == pytest.approx(0, abs=1e-7)
    assert above == pytest.approx(np.arctan2(there[2], far), abs=1e-7)


def test_a_raised_camera_turned_clockwise_sees_as_a_person_expects() -> None:
    """Signs: pitch lifts the middle of the picture, roll to the right brings the ground up on the right side."""
    zero = np.zeros(1)
    assert turned(zero, zero, np.array([0.3]), zero)[2][0] > 0
    assert turned(np.ones(1), zero, zero, np.array([0.1]))[2][0] < 0
    assert turned(zero, np.ones(1), zero, zero)[2][0] < 0


def test_focal_lengths_agree_with_each_other() -> None:
    """A 36 x 24 picture by a 50 mm lens sees 39.6 degrees across; upright and lying pictures have one diagonal."""
    assert focal_of_35(50, 3600, 2400) == pytest.approx(5000, rel=1e-4)
    assert focal_of_view(39.5978, 3600) == pytest.approx(5000, rel=1e-4)
    assert focal_of_35(26, 3000, 4000) == focal_of_35(26, 4000, 3000)


@pytest.mark.parametrize(("size", "shape"), [((6000, 4000), "3:2"), ((3024, 4032), "4:3"), ((1280, 720), None)])
def test_a_picture_of_another_shape_was_cut(size: tuple[int, int], shape: str | None) -> None:
    """Sensors are 3:2 or 4:3; a frame of 16:9 is part of one."""
    assert sensor_shape(*size) == shape


def test_the_plane_keeps_directions_and_lengths() -> None:
    """Oracle: geodesics (Karney, through PROJ) within 20 km agree with the plane to 0.01 degree and 10 ppm."""
    from pyproj import Geod

    marks = [Landmark(name=str(i), x=0, y=0, lon=131.9, lat=43.1, map_error=1, pixel_error=1) for i in range(3)]
    plane = Plane.around(marks)
    lon, lat, _ = Geod(ellps="WGS84").fwd([131.9] * 8, [43.1] * 8, list(range(0, 360, 45)), [20_000] * 8)
    points = plane.metres(np.array(lon), np.array(lat))
    assert np.degrees(azimuth(np.zeros(2), points)) % 360 == pytest.approx(np.arange(0, 360, 45), abs=0.01)
    assert np.hypot(*points.T) == pytest.approx(20_000, rel=1e-5)
    assert plane.degrees(points) == pytest.approx(np.stack([lon, lat], axis=1), abs=1e-9)
