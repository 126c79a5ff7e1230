"""What a layout of lines is like: legs, turns, how they repeat, how lines lie to each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely import LineString

from dateline.imagery.shapes import Line, Pattern

F8 = npt.NDArray[np.float64]

TOLERANCE = 1.0
"""Corners that lie within this of a straight leg are no corners [m]."""
STEP, LAGS = 1.0, 120
"""Between points of the turning function, and how far its repetition is followed [m]."""
PEAK = 0.15
"""Least autocorrelation at which a wavelength is told [1]."""
SHARP = np.radians(40)
"""A turn from which on a corner is a traverse."""
TOUCH = 3.0
"""Ends this near to another line meet it [m]."""
POINTS = 12
"""Points along a line from which the next line is looked for."""
QUANTILES = np.linspace(0.05, 0.95, 19)


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """legs: quantiles of the logarithm of leg lengths, by length [ln m]. turns: quantiles of turning angles [radian].

    alternation: share of turns against the one before [1]. wavelength: [ln m] and repetition: its autocorrelation.
    traverse: middle distance between sharp corners [ln m]. spacing: to the next line [ln m]. width: [ln m].
    junctions: share of ends that meet a line [1]. None: the layout has none of it.
    """

    legs: F8
    turns: F8
    alternation: float | None
    wavelength: float | None
    repetition: float
    traverse: float | None
    spacing: float | None
    width: float | None
    junctions: float


@dataclass(frozen=True, slots=True)
class Content:
    """How much there is to compare: length [m], legs, turns."""

    length: float
    legs: int
    turns: int


def content(pattern: Pattern) -> Content:
    """Counts of a pattern after its corners were thinned."""
    lines = [_thinned(line) for line in pattern.lines]
    legs = sum(len(line) - 1 for line in lines)
    return Content(sum(line.length for line in pattern.lines), legs, sum(max(len(line) - 2, 0) for line in lines))


def features(lines: Sequence[Line]) -> Features:
    """The features of lines [m]; at least one leg among them."""
    thin = [_thinned(line) for line in lines]
    legs = np.concatenate([np.hypot(*np.diff(line, axis=0).T) for line in thin])
    turns = [_turns(line) for line in thin]
    sizes = np.abs(np.concatenate(turns))
    wavelength, repetition = _wavelength(thin)
    return Features(
        legs=_quantiles(np.log(legs), legs),
        turns=_quantiles(sizes, np.ones(len(sizes))) if len(sizes) else np.zeros(len(QUANTILES)),
        alternation=_alternation(turns),
        wavelength=wavelength,
        repetition=repetition,
        traverse=_traverse(thin, turns),
        spacing=_spacing(thin),
        width=_width(lines),
        junctions=_junctions(thin),
    )


def _thinned(line: Line) -> F8:
    """Corners of a line within TOLERANCE (Douglas and Peucker 1973)."""
    return np.asarray(LineString(line.points).simplify(TOLERANCE, preserve_topology=False).coords, np.float64)


def _turns(points: F8) -> F8:
    """Signed turning angles at a line's inner corners, to the left positive [radian]."""
    way = np.diff(points, axis=0)
    angle = np.arctan2(way[:, 1], way[:, 0])
    return np.asarray((np.diff(angle) + np.pi) % (2 * np.pi) - np.pi)


def _quantiles(values: F8, weights: F8) -> F8:
    order = np.argsort(values)
    share = (np.cumsum(weights[order]) - weights[order] / 2) / weights.sum()
    return np.interp(QUANTILES, share, values[order])


def _alternation(turns: Sequence[F8]) -> float | None:
    pairs = np.concatenate([one[1:] * one[:-1] for one in turns]) if turns else np.empty(0)
    return float((pairs < 0).mean()) if len(pairs) >= 3 else None


def _wavelength(lines: Sequence[F8]) -> tuple[float | None, float]:
    """The peak of the turning function's autocorrelation where it first comes back over 0 [ln m], and its height [1].

    The turning function is the direction along the line [radian] less its own straight trend; autocorrelations of
    lines are summed by the number of pairs.
    """
    top, count = np.zeros(LAGS), np.zeros(LAGS)
    for line in lines:
        bent = _turning(line)
        for lag in range(min(LAGS, len(bent) // 2)):
            top[lag] += float((bent[lag:] * bent[: len(bent) - lag]).sum())
            count[lag] += len(bent) - lag
    known = count > 0
    if known.sum() < 3 or top[0] <= 0:
        return None, 0.0
    curve = (top[known] / count[known]) / (top[0] / count[0])
    under = np.flatnonzero(curve < 0)
    over = under[0] + np.flatnonzero(curve[under[0] :] > 0) if len(under) else np.empty(0, np.int64)
    if not len(over):
        return None, 0.0
    ends = over[0] + np.flatnonzero(curve[over[0] :] < 0)
    last = int(ends[0]) if len(ends) else len(curve)
    at = int(over[0] + np.argmax(curve[over[0] : last]))
    if curve[at] < PEAK or at == len(curve) - 1:
        return None, float(curve[at])
    return float(np.log(at * STEP)), float(curve[at])


def _turning(points: F8) -> F8:
    """Direction of travel every STEP [m], unwrapped, less its straight trend [radian]."""
    way = np.diff(points, axis=0)
    angle = np.unwrap(np.arctan2(way[:, 1], way[:, 0]))
    ends = np.cumsum(np.hypot(*way.T))
    at = np.arange(STEP / 2, ends[-1], STEP)
    if len(at) < 4:
        return np.empty(0)
    bent = angle[np.minimum(np.searchsorted(ends, at), len(angle) - 1)]
    return np.asarray(bent - np.polyval(np.polyfit(at, bent, 1), at))


def _traverse(lines: Sequence[F8], turns: Sequence[F8]) -> float | None:
    found: list[float] = []
    for line, angles in zip(lines, turns, strict=True):
        run = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
        found += np.diff(run[1:-1][np.abs(angles) >= SHARP]).tolist()
    return float(np.log(max(np.median(found), STEP))) if len(found) >= 3 else None


def _spacing(lines: Sequence[F8]) -> float | None:
    """Middle distance from points along the lines to the nearest other line [ln m]; None for a single line."""
    if len(lines) < 2:
        return None
    drawn = np.array([LineString(line) for line in lines], dtype=object)
    found = []
    for index, line in enumerate(drawn):
        points = shapely.line_interpolate_point(line, np.linspace(0, 1, POINTS), normalized=True)
        found.append(shapely.distance(points[:, None], np.delete(drawn, index)[None]).min(axis=1))
    return float(np.log(max(float(np.median(np.concatenate(found))), STEP)))


def _width(lines: Sequence[Line]) -> float | None:
    known = [(line.width, line.length) for line in lines if line.width]
    if not known:
        return None
    widths, lengths = np.array(known, np.float64).T
    return float(np.log(np.average(widths, weights=lengths)))


def _junctions(lines: Sequence[F8]) -> float:
    drawn = [LineString(line) for line in lines]
    met = 0
    for index, line in enumerate(lines):
        for end in (line[0], line[-1]):
            point = LineString([end, end])
            met += any(point.distance(other) <= TOUCH for number, other in enumerate(drawn) if number != index)
    return met / (2 * len(lines))
