"""How finely an answer may tell a position: everything that leaves the method goes through here.

With a step of 0 the answer is exact. With any other the point is the middle of the cell of a fixed grid that holds the
camera, directions are rounded to 5 degrees, and landmarks are numbered but neither named nor placed: names with
residuals, distances and directions would give the camera away again.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pyproj import Geod

from dateline.core.where import Where
from dateline.methods.contract import Produced

TURN = 5.0
"""[degrees] Directions of a coarse answer are rounded to this."""
_EARTH = Geod(ellps="WGS84")
_DEGREE = 111_195.0
"""[m] One degree of latitude on the mean sphere."""
_BAND = 128_000.0 / _DEGREE
"""[degrees] Height of a band in which all columns of a grid are as wide."""


@dataclass(frozen=True)
class Precision:
    """The finest that may be told. step [m]; 0 is exact."""

    step: float

    @classmethod
    def of(cls, asked: float) -> Precision:
        """At least as coarse as asked [m]: 1 km times or over a power of two, so that cells lie within each other.

        Answers for 1000, 1037 and 1074 m would else have cells that cross, and together tell the place to metres.
        """
        return cls(0.0 if asked == 0 else 1000.0 * 2.0 ** math.ceil(math.log2(asked / 1000.0) - 1e-9))

    @property
    def exact(self) -> bool:
        """Whether nothing is coarsened."""
        return self.step == 0

    def point(self, lon: float, lat: float) -> tuple[float, float]:
        """The middle of the cell that holds a position [degrees]; the position itself where all may be told."""
        if self.exact:
            return lon, lat
        west, south, east, north = self.cell(lon, lat)
        return (west + east) / 2, (south + north) / 2

    def cell(self, lon: float, lat: float) -> tuple[float, float, float, float]:
        """West, south, east, north [degrees] of the grid's cell; rows of one step, columns about as wide.

        Columns are as wide in all rows of a band of 128 km, so that those of finer grids lie within them.
        """
        tall = self.step / _DEGREE
        row = math.floor(lat / tall)
        south = max(row * tall, -90.0)
        north = min(south + tall, 90.0)
        band = max(tall, _BAND)
        middle = (math.floor((south + north) / 2 / band) + 0.5) * band
        wide = min(tall / max(math.cos(math.radians(min(abs(middle), 90.0))), 1e-3), 90.0)
        west = math.floor(lon / wide) * wide
        return max(west, -180.0), south, min(west + wide, 180.0), north

    def where(self, lon: float, lat: float, reach: float) -> Where:
        """The point that may be told, with how far the camera may be from it [m]."""
        told = self.point(lon, lat)
        return Where.point(lon=told[0], lat=told[1], radius=reach if self.exact else self.step * math.sqrt(0.5) + reach)

    def degrees(self, value: float) -> float:
        """A direction that may be told [degrees]."""
        return round(value, 2) if self.exact else TURN * round(value / TURN)

    def outwards(self, low: float, high: float) -> tuple[float, float]:
        """The bounds of a direction [degrees], never narrower than they are."""
        if self.exact:
            return low, high
        return TURN * math.floor(low / TURN), TURN * math.ceil(high / TURN)

    def written(self, lon: float, lat: float) -> str:
        """A position in words, no finer than may be told: "43.35° N, 131.90° E"."""
        told = self.point(lon, lat)
        decimals = 5 if self.exact else max(0, math.floor(-math.log10(self.step / _DEGREE)))
        ways = ("N" if told[1] >= 0 else "S", "E" if told[0] >= 0 else "W")
        return f"{abs(told[1]):.{decimals}f}° {ways[0]}, {abs(told[0]):.{decimals}f}° {ways[1]}"

    def words(self) -> str:
        """How fine the point is: "1 km", "200 m"."""
        return f"{self.step / 1000:g} km" if self.step >= 1000 else f"{self.step:g} m"


@dataclass(frozen=True, kw_only=True)
class Spot:
    """One place of the camera as it is known: degrees, metres. outline: lon, lat of the region's rim."""

    lon: float
    lat: float
    outline: Sequence[tuple[float, float]]
    yaw: float
    view: float
    reach: float


def geojson(
    spots: Sequence[Spot], landmarks: Sequence[dict[str, Any]], far: float, precision: Precision, *, level: float
) -> Produced:
    """Regions, wedges of view as long as the farthest landmark, and landmarks, as GeoJSON (RFC 7946).

    far [m]. Coarse: the cell instead of the region, and no landmarks at all.
    """
    features: list[dict[str, Any]] = []
    for number, spot in enumerate(spots, 1):
        point = precision.point(spot.lon, spot.lat)
        shared = {"place": number, "precision_m": precision.step, "level": level}
        ring = _ring(spot.outline) if precision.exact else _cell(precision.cell(spot.lon, spot.lat))
        what = "region that holds the camera" if precision.exact else "cell of the published grid that holds the camera"
        reach = float(f"{spot.reach:.2g}")
        features.append(_feature("Polygon", [ring], {"role": "camera", "what": what, "reach_m": reach, **shared}))
        features.append(_feature("Point", _rounded(point), {"role": "camera", "what": "point", **shared}))
        wedge = _wedge(point, spot, far, precision)
        features.append(_feature("Polygon", [wedge], {"role": "view", "what": "field of view", **shared}))
    if precision.exact:
        features += [_feature("Point", [one["lon"], one["lat"]], {"role": "landmark", **one}) for one in landmarks]
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, indent=1)
    return Produced(role="camera", name="camera.geojson", media_type="application/geo+json", data=text.encode())


def _feature(kind: str, coordinates: Any, told: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": kind, "coordinates": coordinates}, "properties": told}


def _rounded(point: tuple[float, float]) -> list[float]:
    return [round(point[0], 6), round(point[1], 6)]


def _ring(points: Sequence[tuple[float, float]]) -> list[list[float]]:
    """A closed ring, anticlockwise."""
    made = [_rounded(one) for one in points]
    xy = np.array(made)
    area = float(np.sum(xy[:, 0] * np.roll(xy[:, 1], -1) - np.roll(xy[:, 0], -1) * xy[:, 1]))
    made = made if area > 0 else made[::-1]
    return [*made, made[0]]


def _cell(bounds: tuple[float, float, float, float]) -> list[list[float]]:
    west, south, east, north = bounds
    return _ring([(west, south), (east, south), (east, north), (west, north)])


def _wedge(point: tuple[float, float], spot: Spot, far: float, precision: Precision) -> list[list[float]]:
    """The field of view from the told point. Coarse: opened to whole steps, as long as whole steps."""
    left, right = precision.outwards(spot.yaw - spot.view / 2, spot.yaw + spot.view / 2)
    length = far if precision.exact else 5 * precision.step * math.ceil(far / (5 * precision.step))
    turns = np.linspace(left, right, max(2, int((right - left) / 2) + 1))
    n = len(turns)
    lon, lat, _ = _EARTH.fwd(np.full(n, point[0]), np.full(n, point[1]), turns, np.full(n, length))
    return _ring([point, *zip(np.asarray(lon).tolist(), np.asarray(lat).tolist(), strict=True)])
