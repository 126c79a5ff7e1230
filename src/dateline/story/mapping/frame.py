"""A map's frame: an equal-area projection around its own middle, degrees to pixels and back, fitted to what it shows.

Lambert azimuthal equal-area on the ellipsoid (Snyder 1987, USGS PP 1395, pp. 187-190), by PROJ. At its middle the
scale is true in every direction and north is up; a window over the 180th meridian or a pole is a window as any other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from pyproj import Geod, Transformer

F8 = npt.NDArray[np.float64]
Lonlat = tuple[float, float]
Window = tuple[float, float, float, float]
"""West, south, east, north [degrees]; east may lie west of west: then the window runs over the 180th meridian."""

EARTH = Geod(ellps="WGS84")
LEAST = 20_000.0
"""[m] No map shows less than this across: a single place needs its surroundings."""
_MOST = 179.0
"""[degrees] Half the longitudes that a window may span."""


@dataclass(frozen=True, slots=True)
class Frame:
    """lon, lat: the middle [degrees]. width, height [px]. metres: of a pixel at the middle [m]."""

    lon: float
    lat: float
    width: float
    height: float
    metres: float

    def pixels(self, lons: npt.ArrayLike, lats: npt.ArrayLike) -> F8:
        """Pixels (n, 2), x to the right and y down, of positions [degrees]; the point opposite is infinite."""
        x, y = _around(self.lon, self.lat).transform(np.asarray(lons, float), np.asarray(lats, float))
        return np.column_stack((np.atleast_1d(x) / self.metres, -np.atleast_1d(y) / self.metres)) + self._middle

    def pixel(self, lon: float, lat: float) -> tuple[float, float]:
        """The pixel of one position [degrees]."""
        x, y = self.pixels([lon], [lat])[0]
        return float(x), float(y)

    def degrees(self, x: npt.ArrayLike, y: npt.ArrayLike) -> F8:
        """Longitude and latitude (n, 2) [degrees] of pixels; longitudes within 180 degrees of the middle's."""
        points = (np.column_stack((np.asarray(x, float), np.asarray(y, float))) - self._middle) * self.metres
        lons, lats = _around(self.lon, self.lat).transform(points[:, 0], -points[:, 1], direction="INVERSE")
        far = np.where(np.isfinite(lons), lons, np.nan)
        turned = self.lon + (far - self.lon + 180.0) % 360.0 - 180.0
        return np.column_stack((turned, lats))

    def box(self, margin: float = 0.0) -> Window:
        """Longitudes and latitudes that hold all of the frame; longitudes run on past 180, around a pole all of them.

        margin: more room on each side [px].
        """
        xs, ys = np.meshgrid(
            np.linspace(-margin, self.width + margin, 41), np.linspace(-margin, self.height + margin, 41)
        )
        seen = self.degrees(xs.ravel(), ys.ravel())
        seen = seen[np.isfinite(seen).all(axis=1)]
        west, east = float(seen[:, 0].min()), float(seen[:, 0].max())
        south, north = float(seen[:, 1].min()), float(seen[:, 1].max())
        pad = 0.02 * max(north - south, 0.05)
        for pole in (-90.0, 90.0):
            x, y = self.pixel(self.lon, pole)
            if -margin <= x <= self.width + margin and -margin <= y <= self.height + margin:
                west, east = self.lon - 180.0, self.lon + 180.0
                south, north = min(south, pole), max(north, pole)
        return (
            max(west - pad, self.lon - 180.0), max(south - pad, -90.0),
            min(east + pad, self.lon + 180.0), min(north + pad, 90.0),
        )  # fmt: skip

    @property
    def _middle(self) -> F8:
        return np.array([self.width / 2, self.height / 2])


@lru_cache(maxsize=32)
def _around(lon: float, lat: float) -> Transformer:
    """Degrees to metres around a middle."""
    crs = f"+proj=laea +lat_0={lat!r} +lon_0={lon!r} +ellps=WGS84 +units=m +no_defs"
    return Transformer.from_crs("EPSG:4326", crs, always_xy=True)


def fitted(
    points: Sequence[Lonlat], *, width: float, heights: tuple[float, float], room: tuple[float, float] = (0.0, 0.0)
) -> Frame:
    """The frame that shows all these positions [degrees], with room [px] at the sides and above and below.

    heights: least and most [px]. ValueError where there are none.
    """
    if not points:
        raise ValueError("A map needs at least one position.")
    lons, lats = unrolled([lon for lon, _ in points]), np.array([lat for _, lat in points])
    lon, lat = float(lons.min() + lons.max()) / 2, float(lats.min() + lats.max()) / 2
    for _ in range(6):
        x, y = _around(lon, lat).transform(lons, lats)
        keep = np.isfinite(x) & np.isfinite(y)
        x, y = np.asarray(x)[keep], np.asarray(y)[keep]
        lon, lat = _around(lon, lat).transform((x.min() + x.max()) / 2, (y.min() + y.max()) / 2, direction="INVERSE")
    lon, lat = round((lon + 180.0) % 360.0 - 180.0, 4), round(lat, 4)
    x, y = _around(lon, lat).transform(lons, lats)
    half_x, half_y = (float(np.abs(side[np.isfinite(side)]).max()) for side in (np.asarray(x), np.asarray(y)))
    across, least, most = width - 2 * room[0], *heights
    ideal = across * half_y / max(half_x, 1.0) + 2 * room[1]
    height = float(round(min(max(ideal, least), most)))
    metres = max(2 * half_x / across, 2 * half_y / (height - 2 * room[1]), LEAST / width)
    return Frame(lon=lon, lat=lat, width=width, height=height, metres=float(f"{metres:.6g}"))


def unrolled(lons: Sequence[float]) -> F8:
    """Longitudes [degrees] made to run on without a jump: cut where the widest gap between them lies."""
    given = np.asarray(lons, float) % 360.0
    order = np.sort(given)
    gaps = np.diff(np.append(order, order[0] + 360.0))
    start = order[(int(np.argmax(gaps)) + 1) % len(order)]
    turned = start + (given - start) % 360.0
    return np.asarray(turned - 360.0 * round(float(turned.mean()) / 360.0))


def outline(window: Window, steps: int = 12) -> list[Lonlat]:
    """Positions along the edge of a window [degrees]. ValueError where it is none."""
    west, south, east, north = window
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south < north <= 90) or west == east:
        raise ValueError("A window is west, south, east, north in degrees, with north above south.")
    east += 360.0 if east < west else 0.0
    if east - west > 2 * _MOST:
        west, east = (west + east) / 2 - _MOST, (west + east) / 2 + _MOST
    across, up = np.linspace(west, east, steps + 1), np.linspace(south, north, steps + 1)
    ring = [(lon, lat) for lat in (south, north) for lon in across] + [(lon, lat) for lon in (west, east) for lat in up]
    return [(float((lon + 180.0) % 360.0 - 180.0), float(lat)) for lon, lat in ring]


def around(lon: float, lat: float, metres: float, steps: int = 32) -> list[Lonlat]:
    """Positions on a circle [m] around a point, geodesic."""
    turns = np.linspace(0.0, 360.0, steps, endpoint=False)
    lons, lats, _ = EARTH.fwd(np.full(steps, lon), np.full(steps, lat), turns, np.full(steps, metres))
    return [(float(x), float(y)) for x, y in zip(lons, lats, strict=True)]


def round_length(most: float) -> float:
    """The longest of 1, 2, 5 times a power of ten that is no longer than this [any unit]."""
    power = 10.0 ** math.floor(math.log10(most))
    return next(step * power for step in (5.0, 2.0, 1.0) if step * power <= most * (1 + 1e-9))
