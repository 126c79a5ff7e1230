"""The right side of the bench: a georeferenced picture of the case, or a plain map of lines around what is known."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dateline.core.errors import InputError, UsageError
from dateline.ledger.case import Case
from dateline.measure.files import item_path
from dateline.measure.gather.georeferenced import Georeference, georeference_of
from dateline.media.landmark import Plane
from dateline.places.positions import read_position

F8 = npt.NDArray[np.float64]
Position = tuple[float, float]

PLAN = "plan"
"""The name of the plain map, which is no item."""
SIDE = 8000
"""[px] Side of the plain map."""
SMALLEST = 4000.0
"""[m] Its side at least."""
LARGEST, MOST_POINTS = 20_000_000, 60_000
"""[bytes] of a file of lines, and points of it that are drawn."""
PICTURES = "image/"
LINES = (".geojson", ".json")


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What pairs are found again on. item: None for the plain map. lines: arrays (n, 2) [px] to draw."""

    item: str | None
    reference: Georeference
    lines: Sequence[F8] = ()

    def to_json(self) -> dict[str, Any]:
        """For the script: its size and lines in pixels; no coordinates."""
        return {
            "item": self.item or PLAN,
            "width": self.reference.width,
            "height": self.reference.height,
            "pixel": self.reference.way(np.array([[0.0, 0.0], [1.0, 0.0]]))[0],
            "lines": [np.round(line, 1).tolist() for line in self.lines],
        }


def pictures(case: Case) -> Iterator[tuple[str, str]]:
    """Items that are pictures: id, name."""
    for name, item in sorted(case.items.items()):
        if (item.media_type or "").startswith(PICTURES):
            yield name, item.name


def georeferenced(case: Case) -> Iterator[str]:
    """Items that are georeferenced pictures whose bytes are here."""
    for name, _ in pictures(case):
        with suppress(InputError):
            path = item_path(case, name)
            if _reference(path, path.stat().st_mtime_ns) is not None:
                yield name


def line_items(case: Case) -> Iterator[str]:
    """Items that hold lines of a map (GeoJSON)."""
    return (name for name, item in sorted(case.items.items()) if item.name.lower().endswith(LINES))


@lru_cache(maxsize=64)
def _reference(path: Path, _changed: int) -> Georeference | None:
    return georeference_of(path)


def ground_of(case: Case, told: Mapping[str, Any], known: Sequence[Position]) -> Ground | None:
    """The right side that a script asks for: {map, start, lines}. known: positions of pairs [degrees].

    start: a position as somebody typed it. None where a plain map has nothing to lie around.
    Raises UsageError `map`, `no-item`; those of reading `start`; InputError `map-lines`.
    """
    wanted = str(told.get("map") or PLAN)
    if wanted != PLAN:
        if wanted not in case.items:
            raise UsageError("The case has no such image.", saw=wanted[:80], do="Archive it first.", code="no-item")
        path = item_path(case, wanted)
        reference = _reference(path, path.stat().st_mtime_ns)
        if reference is None:
            raise UsageError(
                "That picture has no georeference.",
                saw=wanted,
                do="Use the plain map, or archive a GeoTIFF of the place.",
                code="map",
            )
        return Ground(item=wanted, reference=reference)
    lines = _lines(case, told.get("lines"))
    start = read_text(str(told["start"]), order=told.get("order"))[0] if told.get("start") else None
    points = [*known, *(tuple(point) for line in lines for point in line.tolist())]
    if start is None and not points:
        return None
    plan = plan_around(start, points)
    return Ground(item=None, reference=plan, lines=[plan.pixels(line) for line in lines])


def plan_around(start: Position | None, points: Sequence[Position]) -> Georeference:
    """A map of metres, north up, around a start [degrees] (else the middle of the points), wide enough for the points.

    Points far beyond all others are left outside. Azimuthal equidistant on WGS 84: true to 0.01 degree within 50 km.
    """
    first = start or (float(np.median([x for x, _ in points])), float(np.median([y for _, y in points])))
    middle = (round(first[0], 3), round(first[1], 3))  # so that a further pair moves the map rarely
    far = 0.0
    if points:
        there = Plane(*middle).metres(np.array([x for x, _ in points]), np.array([y for _, y in points]))
        each = np.abs(there[np.isfinite(there).all(axis=1)]).max(axis=1)
        near = each[each <= 5 * np.median(each) + SMALLEST] if len(each) else each  # a blunder does not make the map
        far = float(near.max(initial=0.0))
    side = max(SMALLEST, 16 * far)  # the camera stands farther off than landmarks from each other
    power = 10.0 ** math.floor(math.log10(side))
    side = min(next(factor * power for factor in (1, 2, 5, 10) if factor * power >= side), 1_000_000.0)
    step = side / SIDE
    crs = f"+proj=aeqd +lon_0={middle[0]!r} +lat_0={middle[1]!r} +datum=WGS84 +units=m +no_defs"
    return Georeference(crs=crs, affine=(step, 0.0, -side / 2, 0.0, -step, side / 2), width=SIDE, height=SIDE)


def read_text(text: str, *, order: Any = None) -> tuple[Position, tuple[str, ...]]:
    """A position as people paste it [degrees], with what a reader must know of it.

    Decimal, degrees-minutes-seconds, MGRS, UTM, links; signs that only set the direction of writing are left out.
    Raises UsageError `ambiguous-order` where both orders are on Earth, `coordinates`, `position`.
    """
    plain = "".join(letter for letter in text if letter not in _DIRECTION).strip()
    chosen = order if order in {"lat,lon", "lon,lat"} else None
    spot = read_position(plain, order=chosen)
    if spot is None or spot.where.lon is None or spot.where.lat is None:
        raise UsageError(
            "This is no position.",
            saw=repr(text[:80]),
            do="Write 43.10562 N, 131.87353 E; degrees, minutes and seconds; or MGRS, 52T GP 12345 67890.",
            code="position",
        )
    return (spot.where.lon, spot.where.lat), (spot.form, *spot.notes)


_DIRECTION = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c"


def _lines(case: Case, name: Any) -> list[F8]:
    """Lines and rims of a GeoJSON item as arrays (n, 2) [degrees]. Raises InputError `map-lines`."""
    if not name:
        return []
    if str(name) not in case.items:
        raise UsageError("The case has no such file.", saw=str(name)[:80], do="Archive it first.", code="no-item")
    path = item_path(case, str(name))
    try:
        if path.stat().st_size > LARGEST:
            raise ValueError(f"{path.stat().st_size:,} bytes")
        data = json.loads(path.read_bytes())
        found = [np.asarray(line, np.float64)[:, :2] for line in _of_geometry(data)]
        if sum(map(len, found)) > MOST_POINTS:
            raise ValueError(f"more than {MOST_POINTS:,} points")
        if not all((np.abs(line) <= (180, 90)).all() for line in found):
            raise ValueError("positions beyond 180 and 90 degrees")
    except (OSError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        raise InputError(
            "No lines of a map can be read from this file.",
            saw=f"{path.name}: {error or type(error).__name__}"[:200],
            do="Archive GeoJSON (RFC 7946) of the roads, shores and buildings around the place.",
            code="map-lines",
        ) from error
    return found


def _of_geometry(data: Mapping[str, Any]) -> Iterator[Any]:
    """Every line and ring in a GeoJSON object."""
    match data.get("type"):
        case "FeatureCollection":
            for feature in data["features"]:
                yield from _of_geometry(feature)
        case "Feature":
            yield from _of_geometry(data["geometry"] or {})
        case "GeometryCollection":
            for one in data["geometries"]:
                yield from _of_geometry(one)
        case "LineString":
            yield data["coordinates"]
        case "MultiLineString" | "Polygon":
            yield from data["coordinates"]
        case "MultiPolygon":
            for polygon in data["coordinates"]:
                yield from polygon
