"""The geometry of a shadow's figure: the ray from the side, the bearing from above, a day or a year with its bars."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dateline.story.chart import path

WIDTH, HEIGHT = 360.0, 210.0
"""Of the side view and of the plan [px]."""
GROUND, FOOT, TALLEST, FARTHEST = 176.0, 34.0, 138.0, 250.0
"""[px] Row of the ground, column of the object's foot, the tallest object and the longest shadow drawn."""
RADIUS = 84.0
"""[px] Of the plan's circle."""
EDGE, LANE, BAR, AXIS = 14.0, 34.0, 14.0, 44.0
"""[px] Margin at the sides of the strip, height of a lane, of its bar, and of the axis with its words."""
MOST_LANES = 6
"""More stretches than these share one lane."""
LEAST = 3.0
"""[px] No stretch is drawn thinner."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """An object, its shadow and the sun's ray, from the side [px]. fan: where the ray may lie."""

    top: float
    tip: float
    fan: str
    clipped: bool
    """Whether the lowest ray meets the ground beyond the drawing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The shadow's direction from above, north up [px]. wedge: where it may point."""

    tip: Point
    wedge: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One stretch of a strip [px]: where it begins, how wide, its lane; its words and where they are anchored."""

    x: float
    width: float
    y: float
    words: str
    anchor: str
    words_x: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """A day, or a stretch of days, with the bars that fit [px]. stated: where what was stated lies."""

    size: str
    width: float
    height: float
    bottom: float
    bars: tuple[Bar, ...]
    ticks: tuple[tuple[float, str], ...]
    stated: float | None


def side(best: float, low: float | None, high: float | None) -> Side:
    """The side view of the sun's elevation [degrees]; an open bound is the horizon, or the zenith."""
    best = min(max(best, 0.5), 89.5)
    tall = min(TALLEST, FARTHEST * math.tan(math.radians(best)))
    top, right = GROUND - tall, WIDTH - EDGE

    def reach(elevation: float) -> Point:
        """Where a ray over the object's top meets the ground, or the drawing's edge."""
        slope = math.tan(math.radians(min(max(elevation, 0.0), 89.5)))
        if slope * (right - FOOT) <= tall:
            return right, round(top + slope * (right - FOOT), 1)
        return round(FOOT + tall / slope, 1), GROUND

    near, far = reach(90.0 if high is None else high), reach(0.0 if low is None else low)
    corners = [(FOOT, round(top, 1)), near, *([(right, GROUND)] if far[1] < GROUND else []), far]
    return Side(top=round(top, 1), tip=reach(best)[0], fan=path(corners) + "Z", clipped=far[1] < GROUND)


def plan(azimuth: float, half: float) -> Plan:
    """The plan of a bearing and half its interval, clockwise from north [degrees]."""

    def at(bearing: float, radius: float = RADIUS) -> Point:
        turned = math.radians(bearing)
        return round(WIDTH / 2 + radius * math.sin(turned), 1), round(HEIGHT / 2 - radius * math.cos(turned), 1)

    start, end = at(azimuth - half), at(azimuth + half)
    arc = f"A{RADIUS:g},{RADIUS:g} 0 {int(half > 90)} 1 {end[0]:g},{end[1]:g}"
    return Plan(
        tip=at(azimuth, RADIUS * 0.86),
        wedge=f"M{WIDTH / 2:g},{HEIGHT / 2:g}L{start[0]:g},{start[1]:g}{arc}Z",
    )


def strip(
    size: str,
    width: float,
    *,
    at: Callable[[float], float],
    spans: Sequence[tuple[float, float, str]],
    ticks: Sequence[tuple[float, str]],
    stated: float | None = None,
) -> Strip:
    """Bars on one scale, a lane each, with their words beside them on the side that has room.

    spans: both ends in the units of `at`, and the words; ticks likewise.
    """
    lanes = len(spans) if len(spans) <= MOST_LANES else 1
    bottom = 8 + LANE * max(lanes, 1)
    bars = []
    for index, (first, last, words) in enumerate(spans):
        x, end = at(first), at(last)
        wide = max(round(end - x, 1), LEAST)
        leftward = x + wide / 2 > width / 2
        bars.append(
            Bar(
                x=x,
                width=wide,
                y=round(8 + LANE * (index % lanes) + (LANE - BAR) / 2, 1),
                words=words if lanes == len(spans) else "",
                anchor="end" if leftward else "start",
                words_x=round(x - 8 if leftward else x + wide + 8, 1),
            )
        )
    return Strip(
        size=size,
        width=width,
        height=bottom + AXIS,
        bottom=bottom,
        bars=tuple(bars),
        ticks=tuple((at(value), words) for value, words in ticks),
        stated=None if stated is None else at(stated),
    )
