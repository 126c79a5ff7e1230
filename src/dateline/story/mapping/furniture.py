"""What stands around a map: ticks of longitude and latitude, a scale bar, a small map of where this one lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString

from dateline.story.mapping.basemap import basemap_land
from dateline.story.mapping.frame import F8, Frame, round_length
from dateline.story.mapping.labels import Mark, Rect
from dateline.story.mapping.svgpath import path_of

TICK = 5.0
"""[px] Length of a tick inside the frame."""
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0)
"""[degrees] Between ticks."""
WIDEST = 9_000_000.0
"""[m] No small map shows more across: beyond it the world is bent too much, and the large one shows it anyway."""
_TIMES, _REGION = 8.0, 1_500_000.0
"""How much more ground the small map shows, and the least that it shows [m]: less is no shape that readers know."""
_HERE = 3.0
"""[px] The large map's frame is no smaller on the small one than twice this."""


@dataclass(frozen=True, slots=True)
class Tick:
    """Where a line of the grid meets the frame [px]. degrees: longitude or latitude. side: bottom or left."""

    degrees: float
    x: float
    y: float
    side: str


@dataclass(frozen=True, slots=True)
class Grid:
    """lines: path data of meridians and parallels. ticks: at the edges. step [degrees]."""

    lines: str
    ticks: tuple[Tick, ...]
    step: float


@dataclass(frozen=True, slots=True)
class Inset:
    """The small map [px]: its corner and side, its land and the large map's frame as path data, in its own pixels."""

    x: float
    y: float
    side: float
    land: str
    frame: str

    @property
    def rect(self) -> Rect:
        """The room it takes."""
        return self.x, self.y, self.x + self.side, self.y + self.side


def grid(frame: Frame, most: int) -> Grid:
    """Meridians and parallels at a round step, at most about `most` across the frame."""
    west, south, east, north = frame.box()
    span = max(min(east - west, 60.0), north - south)
    step = next((step for step in _STEPS if span / step <= most), 30.0)
    inside = shapely.box(0, 0, frame.width, frame.height)
    lines, ticks = [], list[Tick]()
    for lon in _round(west, east, step):
        lats = np.linspace(max(south, -89.9), min(north, 89.9), 61)
        lines.append(_line(frame, np.full(61, lon), lats))
        ticks += _ticks(lines[-1], (lon + 180.0) % 360.0 - 180.0, "bottom", frame)
    for lat in _round(max(south, -89.0), min(north, 89.0), step):
        lines.append(_line(frame, np.linspace(west, east, 121), np.full(121, lat)))
        ticks += _ticks(lines[-1], lat, "left", frame)
    return Grid(path_of([shapely.simplify(line & inside, 0.2) for line in lines]), tuple(ticks), step)


def _round(low: float, high: float, step: float) -> list[float]:
    first, last = int(np.ceil(low / step)), int(np.floor(high / step))
    return [round(index * step, 6) for index in range(first, last + 1)]


def _line(frame: Frame, lons: F8, lats: F8) -> LineString:
    points = frame.pixels(lons, lats)
    return LineString(points[np.isfinite(points).all(axis=1)])


def _ticks(line: LineString, degrees: float, side: str, frame: Frame) -> list[Tick]:
    """Where a line meets the bottom or the left of the frame."""
    edge = LineString(
        [(0, frame.height), (frame.width, frame.height)] if side == "bottom" else [(0, 0), (0, frame.height)]
    )
    met = [point for point in shapely.get_parts(line & edge) if point.geom_type == "Point"]
    return [Tick(degrees, round(point.x, 1), round(point.y, 1), side) for point in met[:1]]


def scale_bar(frame: Frame, most: float) -> tuple[float, float]:
    """A round length [m] and the pixels it takes at the map's middle, at most `most` of them."""
    metres = round_length(most * frame.metres)
    return metres, round(metres / frame.metres, 1)


def inset(frame: Frame, side: float, marks: Sequence[Mark]) -> Inset | None:
    """The small map in the corner with the fewest marks; None where the large one shows a good part of the world."""
    across = max(frame.width, frame.height) * frame.metres
    if across * 2 > WIDEST:
        return None
    small = Frame(frame.lon, frame.lat, side, side, min(max(across * _TIMES, _REGION), WIDEST) / side)
    ring = [
        *((x, 0.0) for x in np.linspace(0, frame.width, 9)),
        *((frame.width, y) for y in np.linspace(0, frame.height, 9)),
        *((x, frame.height) for x in np.linspace(frame.width, 0, 9)),
        *((0.0, y) for y in np.linspace(frame.height, 0, 9)),
    ]
    corners = frame.degrees([x for x, _ in ring], [y for _, y in ring])
    there = small.pixels(corners[:, 0], corners[:, 1])
    spots = [(x, y) for y in (1.0, frame.height - side - 1) for x in (frame.width - side - 1, 1.0)]
    x, y = min(spots, key=lambda spot: _marks_in(spot, side, marks))
    own = shapely.simplify(shapely.Polygon(there), 0.05)
    if own.bounds[2] - own.bounds[0] < 2 * _HERE:
        own = shapely.box(side / 2 - _HERE, side / 2 - _HERE, side / 2 + _HERE, side / 2 + _HERE)
    return Inset(x, y, side, basemap_land(small), path_of([own]))


def _marks_in(spot: tuple[float, float], side: float, marks: Sequence[Mark]) -> int:
    """How many marks, with room for their names, lie under a corner; marks right under it count twice."""
    found = 0
    for mark in marks:
        for room in (4.0, 40.0):
            near_x = spot[0] - mark.radius - room < mark.x < spot[0] + side + mark.radius + room
            near_y = spot[1] - mark.radius - room < mark.y < spot[1] + side + mark.radius + room
            found += near_x and near_y
    return found
