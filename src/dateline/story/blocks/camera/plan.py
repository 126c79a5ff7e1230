"""The geometry of both panels: marks with arrows on the picture, region and landmarks on a map with north up."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH = 360.0
"""Of either panel [px]."""
LONGEST = 0.09
"""How long the longest arrow is drawn [panel widths]: what is left over is small."""
_DEGREE = 111_195.0
"""[m] One degree of latitude on the mean sphere."""
Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One landmark: its mark, and how far to the right the camera sees the mapped one [px of the picture]."""

    number: int
    x: float
    y: float
    shift: float
    used: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """The left panel. arrows: number, x, y, end [px of the panel], used; times: how much longer arrows are drawn."""

    height: float
    arrows: tuple[tuple[int, float, float, float, bool], ...]
    times: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The right panel [px]: outlines of the region and of the field of view, landmarks with numbers, a scale bar."""

    height: float
    regions: tuple[str, ...]
    views: tuple[str, ...]
    spots: tuple[tuple[str, float, float], ...]
    bar: float
    bar_metres: float


def draw_marks(marks: Sequence[Mark], size: tuple[int, int]) -> Photo:
    """The marks of a picture of size [px], with arrows stretched alike."""
    scale = WIDTH / size[0]
    used = max((abs(mark.shift) for mark in marks if mark.used), default=0.0)
    times = max(1.0, min(1000.0, LONGEST * size[0] / used if used else 1.0))
    times = float(f"{times:.1g}")
    arrows = tuple(
        (
            mark.number,
            round(mark.x * scale, 1),
            round(mark.y * scale, 1),
            round(min(max((mark.x + times * mark.shift) * scale, 0.0), WIDTH), 1),
            mark.used,
        )
        for mark in marks
    )
    return Photo(height=round(size[1] * scale, 1), arrows=arrows, times=times)


def draw_plan(features: Iterable[dict[str, Any]]) -> Plan:
    """The finding's GeoJSON as a map; landmarks that were left out lie anywhere and are not drawn."""
    regions, views = list[Points](), list[Points]()
    spots: list[tuple[str, float, float]] = []
    for feature in features:
        told, geometry = feature["properties"], feature["geometry"]
        if geometry["type"] == "Polygon":
            ring: Points = tuple((float(x), float(y)) for x, y, *_ in geometry["coordinates"][0])
            (views if told.get("role") == "view" else regions).append(ring)
        elif told.get("role") == "landmark" and told.get("used"):
            x, y, *_ = geometry["coordinates"]
            spots.append((str(told["number"]), float(x), float(y)))
    every = [point for ring in (*regions, *views) for point in ring] + [(x, y) for _, x, y in spots]
    lat = sum(y for _, y in every) / len(every)
    east = _DEGREE * math.cos(math.radians(lat))
    west, right = min(x for x, _ in every), max(x for x, _ in every)
    south, north = min(y for _, y in every), max(y for _, y in every)
    span = 1.12 * max((right - west) * east, (north - south) * _DEGREE)

    def at(x: float, y: float) -> tuple[float, float]:
        across, up = (x - (west + right) / 2) * east / span, (y - (south + north) / 2) * _DEGREE / span
        return round(WIDTH * (0.5 + across), 1), round(WIDTH * (0.5 - up), 1)

    length = _round_length(span / 4)
    return Plan(
        height=WIDTH,
        regions=tuple(_path(at(*point) for point in ring) for ring in regions),
        views=tuple(_path(at(*point) for point in ring) for ring in views),
        spots=tuple((name, *at(x, y)) for name, x, y in spots),
        bar=round(length / span * WIDTH, 1),
        bar_metres=length,
    )


def _path(points: Iterable[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x},{y}" for x, y in points) + "Z"


def _round_length(metres: float) -> float:
    """1, 2 or 5 times a power of ten, at most so many metres."""
    power = 10.0 ** math.floor(math.log10(metres))
    return max(factor * power for factor in (1.0, 2.0, 5.0) if factor * power <= metres * (1 + 1e-9))
