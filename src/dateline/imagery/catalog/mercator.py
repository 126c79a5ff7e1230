"""Web map tiles: which square of the Web Mercator pyramid covers a place, and the ground it covers (OGC 17-083r2)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from dateline.imagery.catalog.black_marble import Bounds

RADIUS = 6_378_137.0
"""Of the sphere of EPSG:3857 [m]."""

LIMIT = math.degrees(math.atan(math.sinh(math.pi)))
"""The latitude where the pyramid ends [deg], about 85.05."""


@dataclass(frozen=True, slots=True, order=True)
class MapTile:
    """Column `x` from 180 W eastward and row `y` from the north, among 2**zoom each way."""

    zoom: int
    x: int
    y: int

    @property
    def bounds(self) -> Bounds:
        """West, south, east, north [deg]."""
        count = 2**self.zoom
        return (
            self.x / count * 360 - 180,
            _latitude((self.y + 1) / count),
            (self.x + 1) / count * 360 - 180,
            _latitude(self.y / count),
        )

    @property
    def extent(self) -> Bounds:
        """West, south, east, north [m] in EPSG:3857; metres on the ground are cos(latitude) times these."""
        side = 2 * math.pi * RADIUS / 2**self.zoom
        west, north = self.x * side - math.pi * RADIUS, math.pi * RADIUS - self.y * side
        return (west, north - side, west + side, north)


def _latitude(share: float) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * share))))


def tiles_of(area: Bounds, zoom: int) -> tuple[MapTile, ...]:
    """The tiles that share area with west, south, east, north [deg], or that hold a point; by column, then row."""
    west, south, east, north = area
    count = 2**zoom
    across = _range((west + 180) / 360 * count, (east + 180) / 360 * count, count)
    down = _range(_row(north, count), _row(south, count), count)
    return tuple(MapTile(zoom, x, y) for x in across for y in down)


def _row(latitude: float, count: int) -> float:
    held = math.radians(max(-LIMIT, min(LIMIT, latitude)))
    return (1 - math.asinh(math.tan(held)) / math.pi) / 2 * count


def _range(low: float, high: float, count: int) -> range:
    first = max(0, min(math.floor(low), count - 1))
    return range(first, min(count, max(math.ceil(high), first + 1)))
