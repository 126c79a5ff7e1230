"""Parts of layouts: pieces as long as what they are compared with, and halves of one site."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from shapely import LineString
from shapely.ops import substring

from dateline.imagery.shapes import Line, Pattern


def piece(lines: Sequence[Line], length: float, rng: np.random.Generator) -> tuple[Line, ...]:
    """Lines around a random one of them, nearest first, until they are `length` [m] long; the last one is cut."""
    start = lines[int(rng.integers(len(lines)))].points.mean(axis=0)
    order = np.argsort([float(np.hypot(*(line.points.mean(axis=0) - start))) for line in lines], kind="stable")
    made, left = list[Line](), length
    for index in order:
        line = lines[int(index)]
        if line.length >= left:
            made += _cut(line, left, rng)
            break
        made.append(line)
        left -= line.length
    return tuple(made)


def _cut(line: Line, length: float, rng: np.random.Generator) -> list[Line]:
    begin = float(rng.uniform(0, max(line.length - length, 0)))
    part = substring(LineString(line.points), begin, begin + length)
    return (
        [Line(np.asarray(part.coords, np.float64), line.width)] if isinstance(part, LineString) and length > 0 else []
    )


def halves(pattern: Pattern) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """The site cut in two by length, along its longer side; a line that lies across the cut is cut too."""
    points = np.concatenate([line.points for line in pattern.lines])
    axis = int(np.argmax(np.ptp(points, axis=0)))
    order = sorted(pattern.lines, key=lambda line: float(line.points[:, axis].mean()))
    one, other, left = list[Line](), list[Line](), pattern.length / 2
    for line in order:
        if line.length <= left:
            one.append(line)
        elif left > 0:
            whole = LineString(line.points if line.points[0, axis] <= line.points[-1, axis] else line.points[::-1])
            one.append(Line(np.asarray(substring(whole, 0, left).coords), line.width))
            other.append(Line(np.asarray(substring(whole, left, line.length).coords), line.width))
        else:
            other.append(line)
        left -= line.length
    return tuple(one), tuple(other)
