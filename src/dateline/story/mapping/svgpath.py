"""Shapes in pixels as SVG path data: rounded to a tenth of a pixel, each step told from the one before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry


def path_of(shapes: Iterable[BaseGeometry]) -> str:
    """Polygons (with holes) and lines as one path; "" for nothing."""
    return "".join(_shape(part) for shape in shapes for part in shapely.get_parts(shape))


def _shape(part: BaseGeometry) -> str:
    match part.geom_type:
        case "Polygon":
            given: Any = part
            return "".join(_run(ring.coords[:-1], "z") for ring in (given.exterior, *given.interiors))
        case "LineString" | "LinearRing":
            return _run(part.coords[:], "")
        case "MultiPolygon" | "MultiLineString" | "GeometryCollection":
            return "".join(_shape(inner) for inner in shapely.get_parts(part))
    return ""


def _run(points: Sequence[Sequence[float]], end: str) -> str:
    """One line. Rounded positions are what is kept, so that steps add up; points that fall on the last one go."""
    tenths = [(round(point[0] * 10), round(point[1] * 10)) for point in points]
    if not tenths:
        return ""
    steps, (x, y) = [], tenths[0]
    for next_x, next_y in tenths[1:]:
        if (next_x, next_y) != (x, y):
            steps.append(_pair(next_x - x, next_y - y))
            x, y = next_x, next_y
    if len(steps) < (2 if end else 1):
        return ""
    joined = steps[0] + "".join(step if step[0] == "-" else f" {step}" for step in steps[1:])
    return f"M{_pair(*tenths[0])}l{joined}{end}"


def _pair(x: int, y: int) -> str:
    one, two = _tenth(x), _tenth(y)
    return one + two if two[0] == "-" else f"{one} {two}"


def _tenth(value: int) -> str:
    text = f"{value / 10:g}"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text
