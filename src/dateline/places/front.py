"""Where the front ran, as one map-maker drew it at one moment; and how far a point lay from it.

A front here is the edge of an area that a map-maker drew as occupied; seen from inside, without the stretches of it
that are the country's own coast or border. Distances are negative inside the occupied area.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Literal

import numpy as np
import shapely
from pyproj import Transformer
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry
from shapely.ops import nearest_points

from dateline.core import Estimate, Where
from dateline.places.borders import PRECISION, borders
from dateline.places.geodesy import middle

Drawn = Literal["occupied", "unknown", "liberated"]
"""How land is drawn: held by the occupier; of unknown status, contested; taken back."""
Reading = Literal["occupied", "occupied or unknown"]
"""What is counted as the occupier's: the map-maker's occupied land alone, or with the land of unknown status."""
READINGS: tuple[Reading, ...] = ("occupied", "occupied or unknown")

REACH = 400_000.0
"""[m] How far around a point a map is looked at."""
_DEGREE = 111_195.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMap:
    """One map: who drew it, when it was published (both ends, UTC), its land by how it is drawn [degrees, WGS 84].

    sha256: of the file. Two files of one maker are one source at two moments.
    """

    maker: str
    first: datetime
    last: datetime
    land: Mapping[Drawn, BaseGeometry]
    file: str
    sha256: str
    simulated: bool = False

    def __post_init__(self) -> None:
        if self.first.tzinfo is None or self.last.tzinfo is None or self.first > self.last:
            raise ValueError(f"{self.file}: published from {self.first} to {self.last}; give both with their zone.")

    def area(self, reading: Reading) -> BaseGeometry | None:
        """The occupier's land in one reading; None where the map does not tell land of unknown status apart."""
        occupied = self.land.get("occupied")
        if reading == "occupied":
            return occupied
        unknown = self.land.get("unknown")
        if unknown is None:
            return None
        return unknown if occupied is None else shapely.union(occupied, unknown)


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """What a table says of one populated place on one day: who controls it ("occupied" is the occupier)."""

    maker: str
    at: datetime
    status: Drawn | Literal["held"]
    where: Where
    place: str
    file: str
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Side:
    """How far a point lies from a front [km], negative inside, with the point's own doubt in the bounds.

    is_at_border: the nearest edge is also a coast or a recognised border; who stands behind it is another question.
    """

    distance: Estimate
    is_at_border: bool = False

    @property
    def inside(self) -> bool | None:
        """Whether the point lies inside the occupied area; None where its own doubt reaches over the edge."""
        low, high = self.distance.low, self.distance.high
        assert low is not None
        assert high is not None
        return True if high < 0 else False if low > 0 else None


def side_of(area: BaseGeometry, where: Where) -> Side | None:
    """The signed distance [km] of a place from the front of an area; None where no front is within REACH.

    area: polygons in longitude and latitude [degrees]. A place's radius, or half its extent and precision, widens the
    bounds; the map's own error is not known and is not in them.
    """
    lon, lat = middle(where)
    around = _around(lon, lat)
    inside = bool(area.covers(Point(lon, lat)))
    line = _edge(area, lon, lat, inside=inside)
    if line.is_empty:
        return None
    metric = shapely.transform(line, lambda xy: np.column_stack(around.transform(xy[:, 0], xy[:, 1])))
    metres = float(metric.distance(Point(0.0, 0.0)))
    best, slack = (-metres if inside else metres) / 1000, _doubt(where) / 1000
    return Side(
        is_at_border=not inside and _is_at_border(line, lon, lat),
        distance=Estimate(
            best=best,
            low=best - slack,
            high=best + slack,
            unit="km",
            level=0.95,
            n=1,
            how="to the drawn edge of the occupied area, negative inside; bounds: the place's own precision",
        ),
    )


def is_inside(area: BaseGeometry, where: Where) -> bool | None:
    """Whether a place lies inside an area; None where its own doubt reaches over the edge. As `side_of`, but fast."""
    lon, lat = middle(where)
    point = Point(lon, lat)
    degrees = float(shapely.distance(shapely.boundary(area), point))
    if degrees * _DEGREE * max(math.cos(math.radians(min(abs(lat) + degrees, 89.0))), 0.01) > _doubt(where):
        return bool(area.covers(point))
    side = side_of(area, where)
    return None if side is None else side.inside


def nearest_control(rows: Sequence[Control], where: Where, status: str) -> tuple[Control, float] | None:
    """The populated place of one status that is nearest to a place, and its distance [km]; None where there is none."""
    lon, lat = middle(where)
    chosen = [row for row in rows if row.status == status]
    if not chosen:
        return None
    from pyproj import Geod

    lons, lats = zip(*(middle(row.where) for row in chosen), strict=True)
    many = np.full(len(chosen), lon), np.full(len(chosen), lat)
    metres = np.asarray(Geod(ellps="WGS84").inv(*many, np.array(lons), np.array(lats))[2])
    at = int(np.argmin(metres))
    return chosen[at], float(metres[at]) / 1000


def _edge(area: BaseGeometry, lon: float, lat: float, *, inside: bool) -> BaseGeometry:
    """The edge of an area near a point; from inside without the stretches that are the country's coast or border.

    From outside the nearest edge faces the point, whatever lies behind it.
    """
    box = _frame(lon, lat)
    edge = shapely.clip_by_rect(shapely.boundary(area), *box)
    if inside and not edge.is_empty:
        edge = shapely.difference(edge, shapely.buffer(_outline(box), _near(lat)))
    return shapely.segmentize(edge, 0.05)


def _frame(lon: float, lat: float) -> tuple[float, float, float, float]:
    """The box [degrees] around a point in which a map is looked at."""
    up = REACH / _DEGREE
    across = up / max(math.cos(math.radians(lat)), 0.05)
    return lon - across, lat - up, lon + across, lat + up


def _near(lat: float) -> float:
    """How near [degrees] an edge must run to a border to be the same line."""
    return PRECISION / _DEGREE / max(math.cos(math.radians(lat)), 0.05)


def _is_at_border(line: BaseGeometry, lon: float, lat: float) -> bool:
    """Whether the stretch of an edge that is nearest to a point is a coast or recognised border too."""
    squeeze = math.cos(math.radians(lat))
    near, _ = nearest_points(_squeezed(line, squeeze), Point(lon * squeeze, lat))
    return bool(_outline(_frame(lon, lat)).distance(Point(near.x / squeeze, near.y)) <= _near(lat))


def _squeezed(shape: BaseGeometry, by: float) -> BaseGeometry:
    """A shape whose degrees of longitude are as long as those of latitude."""
    return shapely.transform(shape, lambda xy: xy * (by, 1.0))


@lru_cache(maxsize=4)
def _outline(box: tuple[float, float, float, float]) -> BaseGeometry:
    """Coasts and the land borders that every view recognises, in a box [degrees].

    A border that some view does not recognise, such as the one drawn across Crimea's neck, may be the front itself.
    """
    found = borders()
    frame = shapely.box(*box)
    agreed = [
        found.lines[at].shape
        for at in found.line_tree.query(frame)
        if all(standing == "recognised" for standing in found.lines[at].standing.values())
    ]
    land = shapely.union_all([shapely.clip_by_rect(found.parts[at].shape, *box) for at in found.part_tree.query(frame)])
    coast = shapely.boundary(land)  # countries melt into one: what is left is the sea's edge
    return shapely.union_all([coast, *agreed])


def _around(lon: float, lat: float) -> Transformer:
    crs = f"+proj=aeqd +lat_0={lat!r} +lon_0={lon!r} +datum=WGS84 +units=m"
    return Transformer.from_crs("EPSG:4326", crs, always_xy=True)


def _doubt(where: Where) -> float:
    """How far the true place may lie from its middle [m]; 0 where nobody said."""
    if not where.is_area:
        return where.radius or 0.0
    lon, lat = middle(where)
    xs, ys = np.array([point for polygon in where.polygons for point in polygon[0]]).T
    east, north = _around(lon, lat).transform(xs, ys)
    return float(np.hypot(east, north).max()) + (where.precision or 0.0)


def instant(text: str | float) -> datetime:
    """An instant from Unix seconds or ISO 8601 with its zone. Raises ValueError for a naive or impossible one."""
    if isinstance(text, int | float):
        return datetime.fromtimestamp(text, UTC)
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(f"{text!r} has no zone")
    return found.astimezone(UTC)
