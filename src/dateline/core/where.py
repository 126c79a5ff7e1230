"""A place: a point with a radius, or a polygon with a precision. Never a bare pair of numbers."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

Ring = tuple[tuple[float, float], ...]
Polygon = tuple[Ring, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Longitude and latitude [degrees, WGS 84] with a radius [m], or polygons with a precision [m].

    Build it with Where.point(...) or Where.area(...): keywords only, so that longitude and latitude cannot be
    swapped. `radius` is how far the true place may lie from the point, or the extent meant; `precision` is how
    far the true boundary may lie from the one drawn. None means that nobody said.
    """

    lon: float | None = None
    lat: float | None = None
    radius: float | None = None
    polygons: tuple[Polygon, ...] = ()
    precision: float | None = None

    def __post_init__(self) -> None:
        if self.polygons:
            if self.lon is not None or self.lat is not None or self.radius is not None:
                raise ValueError("A Where is a point or an area, not both.")
            if not all(self.polygons):
                raise ValueError("A polygon needs at least its outer ring.")
            for ring in (ring for polygon in self.polygons for ring in polygon):
                _check_ring(ring)
        else:
            if self.lon is None or self.lat is None:
                raise ValueError("A Where needs lon= and lat= [degrees], or polygons.")
            _check_position(self.lon, self.lat)
            if self.precision is not None:
                raise ValueError("A point has a radius [m]; a precision belongs to an area.")
        for name in ("radius", "precision"):
            length = getattr(self, name)
            if length is not None and not (math.isfinite(length) and length >= 0):
                raise ValueError(f"Where.{name} is {length}; it is a length in metres.")

    @classmethod
    def point(cls, *, lon: float, lat: float, radius: float | None = None) -> Self:
        """A point [degrees] and how far around it we mean [m]."""
        return cls(lon=float(lon), lat=float(lat), radius=radius)

    @classmethod
    def area(cls, polygons: Sequence[Sequence[Sequence[Sequence[float]]]], *, precision: float | None = None) -> Self:
        """Polygons as in a GeoJSON MultiPolygon: polygons > rings > (lon, lat); the first ring is the shell."""
        frozen = tuple(
            tuple(tuple((float(x), float(y)) for x, y, *_ in ring) for ring in polygon) for polygon in polygons
        )
        if not frozen:
            raise ValueError("An area needs at least one polygon.")
        return cls(polygons=frozen, precision=precision)

    @property
    def is_area(self) -> bool:
        """Whether this is an area and not a point."""
        return bool(self.polygons)

    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north [degrees] of the point itself or of the polygons."""
        if not self.polygons:
            assert self.lon is not None
            assert self.lat is not None
            return (self.lon, self.lat, self.lon, self.lat)
        xs = [x for polygon in self.polygons for ring in polygon for x, _ in ring]
        ys = [y for polygon in self.polygons for ring in polygon for _, y in ring]
        return (min(xs), min(ys), max(xs), max(ys))

    def to_json(self) -> dict[str, Any]:
        """A GeoJSON geometry with our radius or precision [m] beside it."""
        if self.polygons:
            return {"type": "MultiPolygon", "coordinates": self.polygons, "precision": self.precision}
        return {"type": "Point", "coordinates": [self.lon, self.lat], "radius": self.radius}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """A GeoJSON Point, Polygon or MultiPolygon (with radius or precision [m] where known)."""
        match data.get("type"):
            case "Point":
                lon, lat = data["coordinates"][:2]
                return cls.point(lon=lon, lat=lat, radius=data.get("radius"))
            case "Polygon":
                return cls.area([data["coordinates"]], precision=data.get("precision"))
            case "MultiPolygon":
                return cls.area(data["coordinates"], precision=data.get("precision"))
        raise ValueError(f"A place is a Point, Polygon or MultiPolygon; saw {data.get('type')!r}.")


def _check_position(lon: float, lat: float) -> None:
    if not (math.isfinite(lon) and math.isfinite(lat)) or abs(lat) > 90 or abs(lon) > 180:
        hint = " They look swapped." if abs(lon) <= 90 < abs(lat) <= 180 else ""
        raise ValueError(f"Not a position on Earth: lon={lon}, lat={lat} [degrees].{hint}")


def _check_ring(ring: Ring) -> None:
    if len(ring) < 4 or ring[0] != ring[-1]:
        raise ValueError(f"A ring has at least four points and ends where it begins; saw {len(ring)} points.")
    for lon, lat in ring:
        _check_position(lon, lat)
    for (here, _), (there, _) in itertools.pairwise(ring):
        if abs(there - here) > 180:
            raise ValueError("A ring crosses the 180th meridian; cut it there into two polygons.")
