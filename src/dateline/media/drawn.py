"""What lines that people draw on a picture measure: directions, lengths, the camera's roll and pitch, shadows.

Every end of a line has an error; it is carried through by the delta method (numeric derivatives). Columns count from
the left, rows from the top of the upright picture. Pure; angles in degrees, lengths in px, metres or camera heights.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dateline.core.errors import Refusal
from dateline.media.camera import turned, wrap

F8 = npt.NDArray[np.float64]
Point = tuple[float, float]
Line = tuple[Point, Point]

END = 2.0
"""[px] Standard error of the end of a line, in column and row each, where nobody says."""
CENTRE = 0.003
"""[picture widths] Standard error of the principal point, of column and row each."""
WIDEST, WIDEST_TURN = 0.15, math.radians(8)
"""[1], [rad] A ratio, a direction that is known no better than this is none: its error is no longer symmetric either
(at twice as much an interval of 95 % covers 82 %, from eye height at 50 m).
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """A value with one standard deviation, in the unit that its field names."""

    value: float
    sigma: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Lens:
    """width, height [px] of the upright picture; focal [px]; sigma: standard error of its logarithm [1]."""

    width: int
    height: int
    focal: float
    sigma: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """The camera's attitude. roll: clockwise as seen from behind; pitch: upwards [degrees]."""

    roll: Measured
    pitch: Measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """A shadow. ratio: length over height [1]; length [the unit of its ground]; turn: direction from foot to tip,
    clockwise from north, or from the way the camera looks where `from_view` says so [degrees]. None: not told."""

    ratio: Measured | None = None
    length: Measured | None = None
    turn: Measured | None = None
    from_view: bool = False


def carried(function: Callable[[F8], F8], at: F8, sigma: F8) -> tuple[F8, F8]:
    """Values (k,) of a function of n numbers and their covariance (k, k), by the delta method.

    at, sigma (n,): the numbers and their independent standard errors. Derivatives by central differences of half an
    error, so that what is curved over an error is not taken for straight.
    """
    value = np.atleast_1d(function(at))
    steps = []
    for index, error in enumerate(sigma):
        if error == 0:
            continue
        step = np.zeros_like(at)
        step[index] = error / 2
        steps.append(np.atleast_1d(function(at + step)) - np.atleast_1d(function(at - step)))
    slopes = np.array(steps).reshape(-1, len(value))
    return value, slopes.T @ slopes


def _flat(*lines: Sequence[Point]) -> F8:
    return np.array([number for line in lines for point in line for number in point], np.float64)


def level_of(horizon: Line, lens: Lens, *, end: float = END) -> Level:
    """Roll and pitch from a line along the horizon [px]. Raises Refusal `short-line`.

    The level plane through the camera meets the picture where x sin(roll) + y cos(roll) = tan(pitch), with x, y [1]
    from the principal point (pinhole camera, Hartley and Zisserman 2004, 8.6).
    """
    check_length(horizon, end, "horizon")
    at = np.append(_flat(horizon), [math.log(lens.focal), 0.0, 0.0])
    centre = CENTRE * lens.width
    sigma = np.array([end] * 4 + [lens.sigma, centre, centre])
    value, spread = carried(lambda one: np.array(_level(one, lens)), at, sigma)
    roll, pitch = np.degrees(value)
    errors = np.degrees(np.sqrt(np.diag(spread)))
    return Level(roll=Measured(float(roll), float(errors[0])), pitch=Measured(float(pitch), float(errors[1])))


def _level(one: F8, lens: Lens) -> tuple[float, float]:
    """Roll and pitch [rad] of x1, y1, x2, y2 [px], log focal, shift of the principal point [px]."""
    x = (one[0:4:2] - lens.width / 2 - one[5]) / math.exp(one[4])
    y = (one[1:4:2] - lens.height / 2 - one[6]) / math.exp(one[4])
    sign = 1.0 if x[1] >= x[0] else -1.0
    roll = -math.atan2(sign * (y[1] - y[0]), sign * (x[1] - x[0]))
    return roll, math.atan(float(np.mean(x)) * math.sin(roll) + float(np.mean(y)) * math.cos(roll))


def check_length(line: Line, end: float, name: str) -> None:
    """Raises Refusal `short-line` for a line whose ends are nearer than ten of their errors."""
    long = math.dist(*line)
    if long < 10 * end:
        raise Refusal(
            f"The line along the {name} is too short to measure a direction.",
            saw=f"{long:.0f} px, with an error of {end:g} px at each end",
            do="Draw it longer, zoom in, or use a picture with finer detail.",
            code="short-line",
        )


def from_above(shadow: Line, place: Callable[[F8], F8], *, end: float = END) -> Cast:
    """Length and direction of a shadow that is seen from above. Raises Refusal `short-line`.

    place: points (2, 2) [px] -> (length [m], azimuth [degrees]) on the ground.
    """
    check_length(shadow, end, "shadow")
    start = float(place(_flat(shadow).reshape(2, 2))[1])

    def measured(one: F8) -> F8:
        length, azimuth = place(one.reshape(2, 2))
        return np.array([length, start + (azimuth - start + 180) % 360 - 180])

    value, spread = carried(measured, _flat(shadow), np.full(4, end))
    errors = np.sqrt(np.diag(spread))
    return Cast(
        length=Measured(float(value[0]), float(errors[0])),
        turn=Measured(float(value[1]) % 360, float(errors[1])),
    )


def from_north_line(shadow: Line, north: Line, *, end: float = END, north_end: float = END) -> Cast:
    """The same by a line that points north on the picture: length [px], azimuth [degrees]. Raises `short-line`."""
    check_length(shadow, end, "shadow")
    check_length(north, north_end, "north")
    at = _flat(shadow, north)
    start = float(_from_north(at)[1])

    def measured(one: F8) -> F8:
        length, azimuth = _from_north(one)
        return np.array([length, start + (azimuth - start + 180) % 360 - 180])

    value, spread = carried(measured, at, np.array([end] * 4 + [north_end] * 4))
    errors = np.sqrt(np.diag(spread))
    return Cast(
        length=Measured(float(value[0]), float(errors[0])), turn=Measured(float(value[1]) % 360, float(errors[1]))
    )


def _from_north(one: F8) -> F8:
    (x, y), (east, south) = one[2:4] - one[0:2], one[6:8] - one[4:6]
    turn = math.atan2(y, x) - math.atan2(south, east)  # rows count downward, so that angles count clockwise
    return np.array([math.hypot(x, y), math.degrees(turn) % 360])


def in_perspective(thing: Line, shadow: Line, horizon: Line, lens: Lens, *, end: float = END, far: float = END) -> Cast:
    """Length over height, and the direction of the shadow from the way the camera looks, on level ground.

    The horizon gives roll and pitch; rays of foot and tip meet the ground, that of the top rises over the foot; all in
    camera heights, which leave the ratio (Hartley and Zisserman 2004, 8.7). end, far [px]: errors of the ends of both
    lines and of the horizon. Raises Refusal `above-horizon`, `too-uncertain`, `short-line`.
    """
    for line, name, error in ((thing, "object", end), (shadow, "shadow", end), (horizon, "horizon", far)):
        check_length(line, error, name)
    at = np.concatenate([_flat(horizon), [math.log(lens.focal), 0.0, 0.0], _flat(thing, (shadow[1],))])
    centre = CENTRE * lens.width
    sigma = np.array([far] * 4 + [lens.sigma, centre, centre] + [end] * 6)
    _check_below(_standing(at, lens))
    start = float(_standing(at, lens)[1])

    def measured(one: F8) -> F8:
        ratio, turn, *_ = _standing(one, lens)
        return np.array([math.log(max(ratio, 1e-9)), start + float(wrap(np.array(turn - start)))])

    value, spread = carried(measured, at, sigma)
    ratio, doubt = math.exp(float(value[0])), math.sqrt(float(spread[1, 1]))
    if not doubt <= WIDEST_TURN:
        raise _too_short(f"its direction with a standard error of {math.degrees(doubt):.0f} degrees")
    return Cast(
        ratio=_ratio(ratio, ratio * math.sqrt(float(spread[0, 0]))),
        turn=Measured(math.degrees(float(value[1])) % 360, math.degrees(doubt)),
        from_view=True,
    )


def _standing(one: F8, lens: Lens) -> F8:
    """Ratio [1], direction from the yaw [rad], rise of foot and tip's rays and height of the top [1]."""
    roll, pitch = _level(one, lens)
    x = (one[7::2] - lens.width / 2 - one[5]) / math.exp(one[4])
    y = (one[8::2] - lens.height / 2 - one[6]) / math.exp(one[4])
    right, ahead, up = turned(x, y, np.array(pitch), np.array(roll))
    drop = np.where(up < 0, -up, np.nan)
    foot, tip = (np.array([right[index], ahead[index]]) / drop[index] for index in (0, 2))
    height = 1 + math.hypot(*foot) * up[1] / math.hypot(right[1], ahead[1])
    along = tip - foot
    ratio = math.hypot(*along) / height if height > 0 else math.nan
    return np.array([ratio, math.atan2(*along), up[0], up[2], height])


def _check_below(found: F8) -> None:
    if not (found[2] < 0 and found[3] < 0 and found[4] > 0):
        raise Refusal(
            "The object does not stand on the ground below the horizon.",
            saw="its foot or the shadow's tip lies above the horizon, or its top under its foot",
            do="Draw the object from foot to top, the shadow from foot to tip, and check the horizon.",
            code="above-horizon",
        )


def _ratio(value: float, sigma: float) -> Measured:
    if not math.isfinite(sigma) or sigma > WIDEST * value:
        raise _too_short(f"length over height {value:.2g}, with a standard error of {100 * sigma / value:.0f} %")
    return Measured(value, sigma)


def _too_short(saw: str) -> Refusal:
    return Refusal(
        "The picture shortens this shadow too much to measure it.",
        saw=saw,
        do="Use an object nearer to the camera, a longer line, or a picture from above.",
        code="too-uncertain",
    )
