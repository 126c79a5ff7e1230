"""Berths from a case's places or from a GeoJSON file of quay lines: the water side is said, or where the place is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import shapely
from pyproj import Geod

from dateline.core.errors import InputError
from dateline.core.identity import digest
from dateline.core.where import Where
from dateline.imagery.berth import Berth, Slot
from dateline.imagery.catalog.black_marble import Bounds
from dateline.ledger.place import Place

DEPTH = 40.0
"""How far over the water a ship reaches where nobody says it [m]: the beam of the broadest."""
_DEEPEST = 300.0
_ON_THE_LINE = 1.0
"""Nearer to the quay than this a position does not say on which side the water is [m]."""
_MOST_SLOTS = 200
_GEOD = Geod(ellps="WGS84")
_DEGREE = 111_320.0

Line = tuple[tuple[float, float], ...]


def berth_of(place: Place, sha256: str) -> Berth:
    """A place with a quay line as a berth. The water is on the side of the place's own point or area.

    Raises InputError `berth-line` for a place without a quay, `berth-water` where its position lies on the line.
    """
    line = tuple((float(lon), float(lat)) for lon, lat in place.quay)
    _check_line(line, place.id)
    corners = _corners(place.where)
    side = _side(line, np.mean(corners, axis=0), place.id)
    return Berth(
        id=place.id,
        name=place.name(),
        quay=line,
        water=side,
        depth=_depth(line, corners) if place.where.is_area else DEPTH,
        slots=tuple(Slot(id=slot.id, start=slot.start, end=slot.end) for slot in place.slots),
        sha256=sha256,
    )


def berths_in_file(path: Path) -> tuple[Berth, ...]:
    """The quay lines of a GeoJSON file, in longitude and latitude.

    Properties of each LineString: id or name; water ("left" or "right" of the line as it is drawn); depth [m]; slots
    (a list of id, start, end [m], or a number of equal ones). Raises InputError `geojson`, `berth-line`,
    `berth-water`, `berth-slots`, `doubled-berth`.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
        features = data["features"] if data.get("type") == "FeatureCollection" else [data]
        found = tuple(_feature(feature, number, path) for number, feature in enumerate(features, 1))
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise InputError(
            "The file of berths is not GeoJSON as it should be.",
            saw=f"{path.name}: {error!r}"[:200],
            do="Give a FeatureCollection of LineString features, one a quay.",
            code="geojson",
        ) from error
    ids = [berth.id for berth in found]
    if not found or len(set(ids)) < len(ids):
        raise InputError(
            "The file has no berth, or two of one id.",
            saw=f"{path.name}: {', '.join(ids) or 'no feature'}",
            do="Give each quay a line and an id of its own.",
            code="doubled-berth",
        )
    return found


def bounds_of_berths(berths: Sequence[Berth], margin: float) -> Bounds:
    """West, south, east, north [degrees] around quays, with a margin [m]."""
    lon, lat = np.array([point for berth in berths for point in berth.quay]).T
    up = margin / _DEGREE
    across = up / max(0.05, float(np.cos(np.radians(np.abs(lat).max()))))
    edges = (lon.min() - across, lat.min() - up, lon.max() + across, lat.max() + up)
    west, south, east, north = (round(float(edge), 6) for edge in edges)
    return west, south, east, north


def _feature(feature: Mapping[str, Any], number: int, path: Path) -> Berth:
    told = feature.get("properties") or {}
    name = str(told.get("name") or told.get("id") or f"berth {number}")
    identity = str(told.get("id") or feature.get("id") or _slug(name))
    geometry = feature["geometry"]
    if geometry["type"] != "LineString":
        raise InputError(
            "A berth is drawn as the line of its quay.",
            saw=f"{path.name}, {identity}: {geometry['type']}",
            do="Draw the quay edge from end to end as a LineString.",
            code="berth-line",
        )
    line = tuple((float(point[0]), float(point[1])) for point in geometry["coordinates"])
    _check_line(line, f"{path.name}, {identity}")
    depth = float(told.get("depth", DEPTH))
    if not 0 < depth <= _DEEPEST:
        raise ValueError(f"depth is {depth:g} m")
    return Berth(
        id=identity,
        name=name,
        quay=line,
        water=_told_side(told.get("water"), f"{path.name}, {identity}"),
        depth=depth,
        slots=_slots(told.get("slots"), line, f"{path.name}, {identity}"),
        sha256=digest({"id": identity, "name": name, "quay": line, "told": dict(told)}),
    )


def _slug(name: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in name.lower()).split()) or "berth"


def _told_side(water: Any, origin: str) -> Literal["left", "right"]:
    if water == "left":
        return "left"
    if water == "right":
        return "right"
    raise InputError(
        "The berth does not say on which side of its quay the water is.",
        saw=f"{origin}: water = {water!r}",
        do='Add the property water: "left" or "right", seen along the line from its first point.',
        code="berth-water",
    )


def _slots(told: Any, line: Line, origin: str) -> tuple[Slot, ...]:
    length = line_length(line)
    if told is None:
        return ()
    if isinstance(told, int):
        if not 0 < told <= _MOST_SLOTS:
            raise ValueError(f"{told} slots")
        step = length / told
        return tuple(Slot(id=str(i + 1), start=i * step, end=(i + 1) * step) for i in range(told))
    slots = tuple(Slot(id=str(one["id"]), start=float(one["start"]), end=float(one["end"])) for one in told)
    for slot in slots:
        if not 0 <= slot.start < slot.end <= length * 1.02:
            raise InputError(
                "A slot does not lie on its quay.",
                saw=f"{origin}, {slot.id}: {slot.start:g} to {slot.end:g} m of {length:.0f} m",
                do="Measure slots along the line from its first point [m].",
                code="berth-slots",
            )
    return slots


def line_length(line: Line) -> float:
    """Length of a line of (lon, lat) on the ellipsoid [m]."""
    lon, lat = zip(*line, strict=True)
    return float(_GEOD.line_length(lon, lat))


def _check_line(line: Line, origin: str) -> None:
    on_earth = all(abs(lon) <= 180 and abs(lat) <= 90 for lon, lat in line)
    if len(line) < 2 or not on_earth or line_length(line) < 5:
        raise InputError(
            "This is no quay line.",
            saw=f"{origin}: {len(line)} points{'' if on_earth else ', not in degrees'}",
            do="Give two or more (longitude, latitude) points along the quay edge.",
            code="berth-line",
        )


def _corners(where: Where) -> np.ndarray[Any, np.dtype[np.float64]]:
    if not where.is_area:
        return np.array([[where.lon, where.lat]], dtype=float)
    shell = [point for polygon in where.polygons for point in polygon[0][:-1]]
    return np.array(shell, dtype=float)


def _plane(points: Any, origin: tuple[float, float]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Metres east and north of an origin: a berth is small enough to be flat."""
    lon, lat = np.asarray(points, dtype=float).reshape(-1, 2).T
    scale = _DEGREE * float(np.cos(np.radians(origin[1])))
    return np.column_stack([(lon - origin[0]) * scale, (lat - origin[1]) * _DEGREE])


def _side(line: Line, spot: Any, origin: str) -> Literal["left", "right"]:
    """The side of the line on which a position lies, judged at the nearest stretch."""
    path, at = _plane(line, line[0]), _plane(spot, line[0])[0]
    ends = path[1:] - path[:-1]
    lengths = np.maximum((ends**2).sum(axis=1), 1e-12)
    share = np.clip(((at - path[:-1]) * ends).sum(axis=1) / lengths, 0, 1)
    away = at - (path[:-1] + share[:, None] * ends)
    nearest = int(np.argmin((away**2).sum(axis=1)))
    start, end = ends[nearest], at - path[nearest]
    area = float(start[0] * end[1] - start[1] * end[0])
    if abs(area) / float(np.sqrt(lengths[nearest])) < _ON_THE_LINE:
        raise InputError(
            "The berth's position does not say on which side of its quay the water is.",
            saw=f"{origin}: its point lies on the quay line",
            do="Put the place's point (or area) on the water, where the ships lie.",
            code="berth-water",
        )
    return "left" if area > 0 else "right"


def _depth(line: Line, corners: Any) -> float:
    """How far the drawn area reaches from the quay [m]."""
    path = shapely.LineString(_plane(line, line[0]))
    reach = shapely.distance(path, shapely.points(_plane(corners, line[0])))
    return float(np.clip(np.max(reach), 10.0, _DEEPEST))
