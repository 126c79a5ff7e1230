"""Distances, bearings and areas on WGS 84, with what both ends leave open carried into the answer.

Geodesics follow Karney (2013), doi:10.1007/s00190-012-0578-z, through PROJ. A radius or precision is a bound, so the
bounds of a distance add both (the worst case). Where nobody said how precise an end is, that side stays open.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod, Transformer
from shapely.geometry import MultiPolygon, Point
from shapely.geometry.base import BaseGeometry
from shapely.ops import nearest_points

from dateline.core import Estimate, Where
from dateline.places.shapes import where_of

LEVEL = 0.95
"""The level written on these intervals. They are bounds, not spreads: the radii given hold them entirely."""

_EARTH = Geod(ellps="WGS84")
_SPACING = 0.05
"""[degrees] Edges are straight in longitude and latitude; points set this close keep them so in a projection, to a
few metres."""
_SECTORS = (
    "north", "north-north-east", "north-east", "east-north-east", "east", "east-south-east", "south-east",
    "south-south-east", "south", "south-south-west", "south-west", "west-south-west", "west", "west-north-west",
    "north-west", "north-north-west",
)  # fmt: skip


def distance(one: Where, other: Where) -> Estimate:
    """The shortest distance over the ground between two places [km]; 0 inside an area and where areas touch.

    Points are measured from the point, areas from the nearest edge. Low and high allow for both ends' radius or
    precision [m]; they are open (None) when an end has none.
    """
    metres = _metres(one, other)
    slack = _slack(one, other)
    return Estimate(
        best=metres / 1000,
        low=None if slack is None else max(0.0, metres - slack) / 1000,
        high=None if slack is None else (metres + slack) / 1000,
        unit="km",
        level=LEVEL,
        n=1,
        how="geodesic on WGS 84" + ("; bounds add what both ends leave open" if slack is not None else ""),
    )


def bearing(start: Where, end: Where) -> Estimate:
    """The direction in which the end lies, seen from the start: initial bearing [degrees], clockwise from north.

    best is in [0, 360); bounds may pass either end (355 to 365) and are open where a radius is unknown or where the
    two places may overlap. Areas count from their middle. From a point to itself the bearing is 0 and open.
    """
    (lon1, lat1), (lon2, lat2) = middle(start), middle(end)
    azimuth, _, metres = _EARTH.inv(lon1, lat1, lon2, lat2)
    best = azimuth % 360.0 if metres > 0 else 0.0
    slack = _slack(start, end) if not (start.is_area or end.is_area) else None
    half = None
    if slack is not None and metres > slack:
        half = math.degrees(math.asin(slack / metres))
    return Estimate(
        best=best,
        low=None if half is None else best - half,
        high=None if half is None else best + half,
        unit="deg",
        level=LEVEL,
        n=1,
        how="initial bearing of the geodesic on WGS 84",
    )


def order_of(where: Where, points: Sequence[Where]) -> list[int]:
    """Many points in the order of their distance from the middle of a place: their indices, the nearest first."""
    return [int(at) for at in np.argsort(_from_middle(where, points), kind="stable")]


def landmarks(places: Sequence[Where], points: Sequence[Where], *, sizes: Sequence[float]) -> list[int]:
    """For each place the point by which a reader would know it: its index.

    That is the largest of those at most 20 km farther than the nearest, so that a city wins over its own districts.
    points must not be empty.
    """
    weight = np.asarray(sizes)
    chosen = []
    for place in places:
        metres = _from_middle(place, points)
        chosen.append(int(np.argmax(np.where(metres <= metres.min() + 20_000.0, weight, -1.0))))
    return chosen


def _from_middle(where: Where, points: Sequence[Where]) -> npt.NDArray[np.float64]:
    """Geodesic distances [m] from the middle of a place to many points; same order."""
    lon, lat = middle(where)
    lons = np.array([point.lon for point in points], dtype=np.float64)
    lats = np.array([point.lat for point in points], dtype=np.float64)
    return np.asarray(_EARTH.inv(np.full(lons.shape, lon), np.full(lats.shape, lat), lons, lats)[2])


def destination(start: Where, *, bearing: float, metres: float) -> Where:
    """The point reached from the start along a bearing [degrees] after a distance [m]; the start's radius stays."""
    lon, lat = middle(start)
    lon, lat, _ = _EARTH.fwd(lon, lat, bearing, metres)
    return Where.point(lon=lon, lat=lat, radius=start.radius)


def disc(centre: Where, *, metres: float, vertices: int = 64) -> Where:
    """The area within a distance [m] of a point, as a polygon of n vertices cut at the 180th meridian.

    Its precision [m] is how far the chords run inside the circle. ValueError when it would reach a pole.
    """
    lon, lat = middle(centre)
    if metres <= 0 or vertices < 8:
        raise ValueError(f"A disc needs metres > 0 and at least 8 vertices; saw {metres} and {vertices}.")
    if _EARTH.line_length([lon, lon], [lat, math.copysign(90.0, lat)]) <= metres:
        raise ValueError("A disc around a pole cannot be drawn in longitude and latitude.")
    angles = np.linspace(0.0, -360.0, vertices, endpoint=False)  # anticlockwise, as RFC 7946 asks of a shell
    lons, lats, _ = _EARTH.fwd(np.full(vertices, lon), np.full(vertices, lat), angles, np.full(vertices, metres))
    ring = [(float(x), float(y)) for x, y in zip(lons, lats, strict=True)]
    sagitta = metres * (1 - math.cos(math.pi / vertices))
    return _cut(ring, precision=round(sagitta, 1))


def area(where: Where) -> Estimate:
    """The area on the ellipsoid [m2]; bounds move the whole outline by its precision [m]. A point has none: ValueError.

    Edges are geodesics between the vertices, as PROJ takes them.
    """
    if not where.is_area:
        raise ValueError("A point has no area; draw a disc around it first.")
    size = perimeter = 0.0
    for polygon in where.polygons:
        signed, around = _EARTH.geometry_area_perimeter(shapely.geometry.polygon.orient(_polygon(polygon)))
        size, perimeter = size + abs(signed), perimeter + around
    edge = None if where.precision is None else perimeter * where.precision
    return Estimate(
        best=size,
        low=None if edge is None else max(0.0, size - edge),
        high=None if edge is None else size + edge,
        unit="m2",
        level=LEVEL,
        n=1,
        how="ellipsoidal area on WGS 84" + ("; bounds: perimeter times precision" if edge is not None else ""),
    )


def middle(where: Where) -> tuple[float, float]:
    """Longitude and latitude [degrees] of a point, or of the middle of the largest part of an area."""
    if not where.is_area:
        assert where.lon is not None
        assert where.lat is not None
        return where.lon, where.lat
    largest = max((_polygon(polygon) for polygon in where.polygons), key=lambda shape: shape.area)
    return float(largest.centroid.x), float(largest.centroid.y)


def sector(degrees: float) -> str:
    """A bearing [degrees] as one of sixteen directions of 22.5 degrees: 11.2 is north, 11.3 north-north-east."""
    return _SECTORS[int((degrees % 360.0 + 11.25) // 22.5) % 16]


def describe_distance(place: Where, reference: Where, name: str) -> str:
    """Where a place lies, as a clause: 'about 78 km north of Vladivostok'. A straight line, and no finer than it is.

    Distances are rounded to what the ends allow; the direction is left out where it may differ by more than a
    sector's two neighbours, and both where the two may be in the same spot.
    """
    far = distance(reference, place)
    if far.best == 0 and reference.is_area:
        return _inside(place, reference, name)
    if far.high is not None and far.low == 0:
        return f"within about {_rounded(far.high, far.high / 4)} of {name}" if far.high > 0 else f"at {name}"
    if far.best == 0:
        return f"at {name}"
    half = None if far.high is None else far.high - far.best
    told = f"about {_rounded(far.best, half)}"
    way = bearing(reference, place)
    if way.high is not None and way.high - way.best > 45:
        return f"{told} from {name}"
    return f"{told} {sector(way.best)} of {name}"


def _inside(place: Where, reference: Where, name: str) -> str:
    """In an area, or no more than touching it: 'in' is said only where the edge is farther than the doubt."""
    if place.is_area:
        return f"overlapping {name}"
    slack = _slack(place, reference)
    if slack is None or _to_edge(place, reference)[0] >= slack:
        return f"in {name}"
    return f"in or within about {_rounded(slack / 1000, slack / 4000)} of {name}"


def _rounded(km: float, half: float | None) -> str:
    """A distance [km] rounded to 1, 2 or 5 times a power of ten not above half the width of its interval [km]."""
    finest = 1.0 if km >= 10 else 0.1 if km >= 1 else 0.01
    step = finest
    if half is not None and half > finest:
        power = 10.0 ** math.floor(math.log10(half))
        step = max(factor * power for factor in (1, 2, 5) if factor * power <= half * (1 + 1e-9))
    value = max(round(km / step), 1) * step
    return f"{value * 1000:,.0f} m" if value < 1 else f"{value:,.{0 if step >= 1 else 1}f} km"


def _slack(one: Where, other: Where) -> float | None:
    """What both ends leave open [m], or None when nobody said."""
    open_ends = [end.precision if end.is_area else end.radius for end in (one, other)]
    return None if None in open_ends else sum(length for length in open_ends if length is not None)


def _metres(one: Where, other: Where) -> float:
    if not one.is_area and not other.is_area:
        (lon1, lat1), (lon2, lat2) = middle(one), middle(other)
        return float(_EARTH.inv(lon1, lat1, lon2, lat2)[2])
    if one.is_area and other.is_area:
        return _between_areas(one, other)
    point, whole = (other, one) if one.is_area else (one, other)
    return _nearest(point, whole)[0]


def _nearest(point: Where, whole: Where) -> tuple[float, Where]:
    """The distance [m] from a point to an area, and the nearest point of the area: the point itself inside it."""
    lon, lat = middle(point)
    shape = _shape(whole)
    if shape.covers(Point(lon, lat)) or (abs(lon) == 180 and shape.covers(Point(-lon, lat))):
        return 0.0, Where.point(lon=lon, lat=lat)
    return _to_edge(point, whole)


def _to_edge(point: Where, whole: Where) -> tuple[float, Where]:
    """The distance [m] from a point to the outline of an area, from either side, and the nearest point of it.

    In an azimuthal equidistant projection around the point, every distance from the point is true.
    """
    lon, lat = middle(point)
    around = _around(lon, lat)
    spot = nearest_points(Point(0.0, 0.0), _projected(whole, around).boundary)[1]
    near_lon, near_lat = around.transform(spot.x, spot.y, direction="INVERSE")
    return float(_EARTH.inv(lon, lat, near_lon, near_lat)[2]), Where.point(lon=near_lon, lat=near_lat)


def _between_areas(one: Where, other: Where) -> float:
    """The gap between two areas [m].

    A rough pair of nearest points, found by going to and fro, gives the centre of a projection in which the gap is
    hardly distorted; the nearest points there are made exact by going to and fro again.
    """
    if _shape(one).intersects(_shape(other)):
        return 0.0
    start = Where.point(lon=middle(other)[0], lat=middle(other)[1])
    metres, here, there = _to_and_fro(start, one, other)
    forth = bearing(here, there).best
    half_way = destination(here, bearing=forth, metres=metres / 2)
    around = _around(*middle(half_way))
    near = nearest_points(_projected(one, around), _projected(other, around))[1]
    lon, lat = around.transform(near.x, near.y, direction="INVERSE")
    return min(metres, _to_and_fro(Where.point(lon=lon, lat=lat), one, other)[0])


def _to_and_fro(start: Where, one: Where, other: Where) -> tuple[float, Where, Where]:
    """The distance [m] between a point of one area and the nearest of the other, and both, after some turns."""
    there = start
    for _ in range(3):
        _, here = _nearest(there, one)
        metres, there = _nearest(here, other)
    return metres, here, there


def _projected(whole: Where, around: Transformer) -> BaseGeometry:
    return shapely.transform(_shape(whole), lambda xy: np.column_stack(around.transform(xy[:, 0], xy[:, 1])))


@lru_cache(maxsize=64)
def _around(lon: float, lat: float) -> Transformer:
    return Transformer.from_crs(
        "EPSG:4326", f"+proj=aeqd +lat_0={lat!r} +lon_0={lon!r} +datum=WGS84 +units=m", always_xy=True
    )


@lru_cache(maxsize=64)
def _shape(where: Where) -> BaseGeometry:
    return shapely.segmentize(MultiPolygon([_polygon(polygon) for polygon in where.polygons]), _SPACING)


def _polygon(polygon: tuple[tuple[tuple[float, float], ...], ...]) -> shapely.Polygon:
    return shapely.Polygon(polygon[0], polygon[1:])


def _cut(ring: list[tuple[float, float]], *, precision: float) -> Where:
    where, _ = where_of(shapely.Polygon(ring), None, feature="disc")
    return replace(where, precision=precision)
