"""Lines of sight over a grid of ground heights: what hides a landmark from a camera."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pyproj import Geod

F8 = npt.NDArray[np.float64]

RADIUS = 6_371_000.0
"""[m] Mean radius of the Earth."""
REFRACTION = 0.13
"""Share of the curvature that refraction takes back, by day over land [1] (Gauss's coefficient)."""
_EARTH = Geod(ellps="WGS84")


def drop(metres: F8) -> F8:
    """How far the ground sinks below a level line after a distance [m], refraction taken off [m].

    6.8 m at 10 km, 61 m at 30 km: (1 - k) d^2 / 2 R, k = 0.13 (Brunner 1984, Geodetic Refraction).
    """
    return (1 - REFRACTION) * np.square(metres) / (2 * RADIUS)


@dataclass(frozen=True)
class Elevation:
    """Heights of the ground [m above sea level] at the nodes of a grid in longitude and latitude; NaN is unknown.

    heights: (rows, columns), the first row in the north. west, north [degrees]: of the first node; step_lon, step_lat
    [degrees], both positive.
    """

    heights: npt.NDArray[np.float32]
    west: float
    north: float
    step_lon: float
    step_lat: float
    simulated: bool = False

    def __post_init__(self) -> None:
        if self.step_lon <= 0 or self.step_lat <= 0:
            raise ValueError("The steps of a grid of heights are positive degrees; is its north its south?")

    @property
    def step(self) -> float:
        """The finer side of a cell [m]."""
        middle = self.north - self.step_lat * self.heights.shape[0] / 2
        return 111_195.0 * min(self.step_lat, self.step_lon * math.cos(math.radians(middle)))

    def at(self, lon: F8, lat: F8) -> F8:
        """Heights [m] at positions [degrees], between the four nodes around each; NaN outside and beside unknowns."""
        column = (np.asarray(lon) - self.west) / self.step_lon
        row = (self.north - np.asarray(lat)) / self.step_lat
        rows, columns = self.heights.shape
        inside = (column >= 0) & (row >= 0) & (column <= columns - 1) & (row <= rows - 1)
        left = np.clip(np.floor(np.where(inside, column, 0)), 0, columns - 2).astype(int)
        top = np.clip(np.floor(np.where(inside, row, 0)), 0, rows - 2).astype(int)
        a, b = column - left, row - top
        z = self.heights
        upper = z[top, left] * (1 - a) + z[top, left + 1] * a
        lower = z[top + 1, left] * (1 - a) + z[top + 1, left + 1] * a
        return np.where(inside, upper * (1 - b) + lower * b, np.nan)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """Whether a line of sight is free. clearance [m]: the least height of the line above ground (below it: negative).

    at [m]: how far from the camera that is; known [1]: share of the line over known ground.
    """

    clearance: float | None
    at: float | None
    known: float

    @property
    def blocked(self) -> bool | None:
        """None where too little of the ground is known to say that it is free."""
        if self.clearance is not None and self.clearance < 0:
            return True
        return False if self.known > 0.95 else None


def sight(
    ground: Elevation,
    start: tuple[float, float, float],
    end: tuple[float, float, float],
    *,
    near: float = 0.0,
    far: float = 0.0,
) -> Sight:
    """The line between two points lon, lat [degrees], height [m], over the ground sunk by curvature and refraction.

    near, far [m]: stretches at both ends that are left out, where the position itself is in doubt.
    """
    azimuth, _, metres = _EARTH.inv(start[0], start[1], end[0], end[1])
    first, last = max(near, ground.step / 2), metres - max(far, ground.step / 2)
    if last <= first:
        return Sight(clearance=None, at=None, known=1.0)
    d = np.linspace(first, last, max(3, int((last - first) / (ground.step / 2)) + 1))
    lon, lat, _ = _EARTH.fwd(np.full(d.shape, start[0]), np.full(d.shape, start[1]), np.full(d.shape, azimuth), d)
    level = ground.at(np.asarray(lon), np.asarray(lat)) - drop(d)
    goal = end[2] - float(drop(np.array([metres]))[0])
    line = start[2] + (goal - start[2]) * d / metres
    free = line - level
    known = np.isfinite(free)
    if not known.any():
        return Sight(clearance=None, at=None, known=0.0)
    worst = int(np.nanargmin(free))
    return Sight(clearance=float(free[worst]), at=float(d[worst]), known=float(known.mean()))
