"""The pinhole camera: focal lengths, the rays of pixels, and resection of three points. Pure; angles in radians.

A camera looks along its yaw (clockwise from north), raised by its pitch, and is rolled clockwise about its axis as seen
from behind. Image columns count from the left, rows from the top.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

F8 = npt.NDArray[np.float64]

FILM = 43.2666
"""[mm] Diagonal of a 36 x 24 mm frame: what "35 mm equivalent" relates to."""
SENSORS = {"3:2": 3 / 2, "4:3": 4 / 3}
"""Shapes of sensors; a still of another shape was cut from one of them, in the camera or later."""
SHAPE = 0.01
"""How far a picture's shape may be from a sensor's [1]: a few rows are lost when a raw file is developed."""


def focal_of_35(f35: float, width: float, height: float) -> float:
    """Focal length [px] of an uncropped picture of width x height [px] from its 35 mm equivalent [mm], CIPA DCG-001."""
    return f35 / FILM * math.hypot(width, height)


def focal_of_view(degrees: float, width: float) -> float:
    """Focal length [px] from the horizontal field of view [degrees] and the width [px]."""
    return width / 2 / math.tan(math.radians(degrees) / 2)


def sensor_shape(width: float, height: float) -> str | None:
    """Which sensor has the shape of this picture [px], upright or not; None where none has: it was cut."""
    ratio = max(width, height) / min(width, height)
    near = min(SENSORS, key=lambda name: abs(SENSORS[name] / ratio - 1))
    return near if abs(SENSORS[near] / ratio - 1) <= SHAPE else None


def wrap(angle: F8) -> F8:
    """Angles [rad] brought to -pi .. pi."""
    return (angle + np.pi) % (2 * np.pi) - np.pi


def azimuth(start: F8, ends: F8) -> F8:
    """Direction [rad, clockwise from north] from points to points, (..., 2) each: east, north [m]."""
    return np.arctan2(ends[..., 0] - start[..., 0], ends[..., 1] - start[..., 1])


def turned(x: F8, y: F8, pitch: F8, roll: F8) -> tuple[F8, F8, F8]:
    """Right, forward and up of the ray of a pixel in a level frame that looks along the camera's yaw.

    x, y [1]: offsets of the pixel from the principal point, right and down, over the focal length. pitch, roll [rad].
    """
    right = x * np.cos(roll) - y * np.sin(roll)
    over = -x * np.sin(roll) - y * np.cos(roll)
    return right, np.cos(pitch) - np.sin(pitch) * over, np.sin(pitch) + np.cos(pitch) * over


def rays(x: F8, y: F8, pitch: F8, roll: F8) -> tuple[F8, F8]:
    """Angle from the yaw, clockwise, and elevation [rad] of the rays of pixels; arguments as in `turned`."""
    right, forward, up = turned(x, y, pitch, roll)
    return np.arctan2(right, forward), np.arctan2(up, np.hypot(right, forward))


def pixel_angles(x: F8, y: F8, pitch: F8, roll: F8) -> tuple[F8, F8]:
    """How far angle and elevation turn [rad] for one unit of x and y together (root of the sum of squares)."""
    step = 1e-5
    angle, height = [], []
    for dx, dy in ((step, 0.0), (0.0, step)):
        (a1, e1), (a0, e0) = rays(x + dx, y + dy, pitch, roll), rays(x - dx, y - dy, pitch, roll)
        angle.append(wrap(a1 - a0) / (2 * step))
        height.append((e1 - e0) / (2 * step))
    return np.hypot(*angle), np.hypot(*height)


def project(camera: F8, up: float, points: F8, heights: F8, *, yaw: float, pitch: float, roll: float) -> F8:
    """Offsets x, y [1] from the principal point over the focal length of points; NaN behind the camera.

    camera: east, north [m]; points: (n, 2) [m]; up, heights [m], already lowered by curvature. Inverse of `rays`.
    """
    there = points - camera
    right = there[:, 0] * math.cos(yaw) - there[:, 1] * math.sin(yaw)
    ahead = there[:, 0] * math.sin(yaw) + there[:, 1] * math.cos(yaw)
    rise = heights - up
    depth = ahead * math.cos(pitch) + rise * math.sin(pitch)
    over = -ahead * math.sin(pitch) + rise * math.cos(pitch)
    x = right * math.cos(roll) - over * math.sin(roll)
    y = -(right * math.sin(roll) + over * math.cos(roll))
    with np.errstate(all="ignore"):  # a point beside the camera has no pixel
        return np.where(depth[:, None] > 0, np.stack([x, y], axis=1) / depth[:, None], np.nan)


def three_points(points: F8, angles: F8) -> F8:
    """Where three points are seen under these angles: east, north [m]; NaN on the circle through them.

    points: (..., 3, 2) [m]; angles: (..., 3) [rad, clockwise], from any common zero. Closed form of Pierlot and Van
    Droogenbroeck (2014), 10.1109/TRO.2013.2294061.
    """
    one = points[..., 0, :] - points[..., 1, :]
    two = points[..., 2, :] - points[..., 1, :]
    turn = -angles  # theirs count anticlockwise
    with np.errstate(divide="ignore", invalid="ignore"):
        t12 = 1 / np.tan(turn[..., 1] - turn[..., 0])
        t23 = 1 / np.tan(turn[..., 2] - turn[..., 1])
        t31 = (1 - t12 * t23) / (t12 + t23)
        x12, y12 = one[..., 0] + t12 * one[..., 1], one[..., 1] - t12 * one[..., 0]
        x23, y23 = two[..., 0] - t23 * two[..., 1], two[..., 1] + t23 * two[..., 0]
        x31 = (two[..., 0] + one[..., 0]) + t31 * (two[..., 1] - one[..., 1])
        y31 = (two[..., 1] + one[..., 1]) - t31 * (two[..., 0] - one[..., 0])
        k31 = (one * two).sum(-1) + t31 * (one[..., 0] * two[..., 1] - one[..., 1] * two[..., 0])
        below = (x12 - x23) * (y23 - y31) - (y12 - y23) * (x23 - x31)
        offset = np.stack([k31 * (y12 - y23), k31 * (x23 - x12)], axis=-1) / below[..., None]
    return np.asarray(points[..., 1, :] + offset)
