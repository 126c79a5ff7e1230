"""A front that moves over invented ground, in the formats of four kinds of map-makers, with known truth."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dateline.evidence.atomic import write_atomic

_DEGREE = 111_195.0
SIMULATED = "simulated"


@dataclass(frozen=True, slots=True, kw_only=True)
class MovingFront:
    """Occupied land east of a north-south line that moves west.

    lon: of the line at `start` [degrees]; lat: of the middle [degrees]; pace: [km per day]; grey: how wide the land of
    unknown status before it is [km].
    """

    lon: float
    lat: float
    start: datetime
    pace: float = 0.5
    grey: float = 2.0

    def line(self, at: datetime) -> float:
        """The longitude of the edge of the occupied land at an instant [degrees]."""
        from math import cos, radians

        days = (at - self.start).total_seconds() / 86_400
        return self.lon - self.pace * days * 1000 / (_DEGREE * cos(radians(self.lat)))

    def west_of(self, lon: float, km: float) -> float:
        """A longitude so many kilometres west of another [degrees]."""
        from math import cos, radians

        return lon - km * 1000 / (_DEGREE * cos(radians(self.lat)))


def daily(folder: Path, front: MovingFront, days: Sequence[datetime]) -> list[Path]:
    """One occupied MultiPolygon a day, named for the morning after the evening on which it was published."""
    paths = []
    for day in days:
        shape = _box(front.line(day - timedelta(hours=4)), front, east=2.0)
        data = {"type": "FeatureCollection", "features": [_feature({}, [shape])]}
        paths.append(_write(folder / f"deepstatemap_data_{day:%Y%m%d}.{SIMULATED}.geojson", data))
    return paths


def full_layers(folder: Path, front: MovingFront, moments: Sequence[datetime]) -> list[Path]:
    """All layers, named by Unix time: occupied, unknown, liberated, icons, and land far away that is no front."""
    paths = []
    for moment in moments:
        line = front.line(moment)
        grey = [[front.west_of(line, front.grey), line]]
        features = [
            _feature({"name": "geoJSON.status.occupied"}, [_box(line, front, east=2.0)]),
            _feature({"name": "geoJSON.status.unknown"}, [_box(grey[0][0], front, east=line - grey[0][0])]),
            _feature({"name": "geoJSON.territories.karelia"}, [[[30, 62], [31, 62], [31, 63], [30, 63], [30, 62]]]),
            {"type": "Feature", "properties": {"name": "icon"}, "geometry": {"type": "Point", "coordinates": [0, 0]}},
        ]
        name = f"{int(moment.timestamp())}.{SIMULATED}.geojson"
        paths.append(_write(folder / name, {"type": "FeatureCollection", "features": features}))
    return paths


def derived(folder: Path, front: MovingFront, days: Sequence[datetime]) -> list[Path]:
    """A simplified derived layer, as others make it of a map-maker's: dates in names, a null geometry among them."""
    paths = []
    for day in days:
        features = [_feature({}, [_box(front.line(day), front, east=2.0)])]
        features.append({"type": "Feature", "properties": {}, "geometry": None})
        name = f"isw_{day:%Y-%m-%d}.{SIMULATED}.geojson"
        paths.append(_write(folder / name, {"type": "FeatureCollection", "features": features}))
    return paths


def control_table(
    path: Path, front: MovingFront, places: Sequence[tuple[str, float]], days: Sequence[datetime]
) -> Path:
    """Who controls each place (name, longitude) on each day, as a CSV."""
    lines = ["geonameid,asciiname,latitude,longitude,date,status"]
    for day in days:
        for number, (name, lon) in enumerate(places):
            status = "RU" if lon >= front.line(day) else "UA"
            lines.append(f"{number},{name},{front.lat},{lon},{day:%Y%m%d},{status}")
    write_atomic(path, "\n".join(lines).encode())
    return path


def days_from(start: datetime, count: int, step: int = 1) -> list[datetime]:
    """Midnights in UTC."""
    first = start.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=UTC)
    return [first + timedelta(days=step * number) for number in range(count)]


def _box(west: float, front: MovingFront, *, east: float) -> list[list[float]]:
    south, north, right = front.lat - 1.0, front.lat + 1.0, west + east
    return [[west, south], [right, south], [right, north], [west, north], [west, south]]


def _feature(properties: dict[str, str], rings: list[list[list[float]]]) -> dict[str, object]:
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]},
    }


def _write(path: Path, data: Mapping[str, object]) -> Path:
    write_atomic(path, json.dumps(data).encode())
    return path
