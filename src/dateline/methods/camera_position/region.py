"""The region that holds the camera at a level: an ellipse where that is true to the fit, else what the fit allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from dateline.methods.camera_position.fit import F8, PLACE, SIZE, Problem, settle
from dateline.methods.camera_position.solve import Solution

DIRECTIONS = 48
FARTHEST = 12.0
"""[half-axes of the ellipse] A region that reaches farther than this is open."""
TRUE_WITHIN = 1.25
"""An ellipse is kept where the fit's own limit is within this factor of it in every direction."""
WEAK, WEAK_OF_THREE = 0.5, 0.25
"""A region that reaches farther than this share of the middle distance to the landmarks is no place. Of three landmarks
less is believed: nothing is left over that would show a wrong one."""
HALVINGS = 7
_OTHERS = tuple(range(2, SIZE))


@dataclass(frozen=True, kw_only=True)
class Region:
    """Where the camera stood, at a level. Lengths [m], angle [degrees clockwise from north].

    outline: (k, 2) east, north [m]. elliptic: whether the outline is the ellipse. open: no limit was met in some
    direction, so the outline says only "at least".
    """

    centre: F8
    major: float
    minor: float
    azimuth: float
    outline: F8
    elliptic: bool
    open: bool

    @property
    def reach(self) -> float:
        """The farthest point of the region from its centre [m]."""
        return float(np.hypot(*(self.outline - self.centre).T).max())

    def contains(self, point: F8) -> bool:
        """Whether a point east, north [m] lies in it."""
        from shapely import Point, Polygon

        return bool(Polygon(self.outline).covers(Point(point)))


def quantile(level: float) -> float:
    """Of chi-squared with two degrees of freedom: 5.991 at 0.95."""
    return float(stats.chi2.ppf(level, 2))


def region(problem: Problem, found: Solution, *, level: float) -> Region:
    """The region of one solution: the covariance's ellipse, or the profile of the fit where the two differ.

    The profile lets every other number of the state follow, and takes in all places whose cost is not above the
    least by more than the quantile of chi-squared with two degrees of freedom (Venzon and Moolgavkar 1988,
    10.2307/2347496).
    """
    limit = quantile(level)
    values, axes = np.linalg.eigh(found.ground)
    halves = np.sqrt(np.maximum(values, 0) * limit)
    turn = np.linspace(0, 2 * np.pi, DIRECTIONS, endpoint=False)
    rim = (axes * halves) @ np.stack([np.cos(turn), np.sin(turn)])
    reach = profile(problem, found, rim.T, limit * found.enlarged)
    elliptic = bool((reach < TRUE_WITHIN).all() and (reach > 1 / TRUE_WITHIN).all())
    outline = found.place + rim.T * (1.0 if elliptic else reach[:, None])
    return Region(
        centre=found.place,
        major=float(halves[1]),
        minor=float(halves[0]),
        azimuth=float(np.degrees(np.arctan2(axes[0, 1], axes[1, 1])) % 180),
        outline=outline,
        elliptic=elliptic,
        open=bool((reach >= FARTHEST).any()),
    )


def regions(problem: Problem, found: Sequence[Solution], *, level: float) -> list[tuple[Solution, Region]]:
    """Every solution that the level allows and that no better one's region holds already, the best first."""
    limit = found[0].cost + quantile(level) * found[0].enlarged
    made: list[tuple[Solution, Region]] = []
    for one in found:
        if made and too_wide(problem, made[-1][1]):
            break  # there will be no place to tell
        if one.cost <= limit and not any(where.contains(one.place) for _, where in made):
            made.append((one, region(problem, one, level=level)))
    return made


def too_wide(problem: Problem, where: Region) -> bool:
    """Whether a region has no end, or is too large beside the distance to the landmarks to be called a place.

    On the danger circle it is long and bent: then the covariance reaches far, and straight lines soon leave the region.
    """
    far = float(np.median(np.hypot(*(problem.points - where.centre).T)))
    share = WEAK if problem.n > 3 else WEAK_OF_THREE
    return where.open or max(where.reach, where.major) > share * far


def profile(problem: Problem, found: Solution, rim: F8, above: float) -> F8:
    """How far along each vector of the rim (k, 2) [m] the cost stays within `above` of the least, in its lengths."""
    low, high = np.zeros(len(rim)), np.full(len(rim), 1.0)
    for _ in range(8):
        inside = _raised(problem, found, rim * high[:, None]) < above
        if not inside.any() or (high[inside] >= FARTHEST).all():
            break
        low[inside] = high[inside]
        high[inside] = np.minimum(high[inside] * 1.6, FARTHEST)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        inside = _raised(problem, found, rim * middle[:, None]) < above
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    return np.asarray((low + high) / 2)


def _raised(problem: Problem, found: Solution, shift: F8) -> F8:
    """How much the least cost rises when the place is fixed at these shifts (k, 2) [m]."""
    joint = found.covariance
    follow = joint[np.ix_(_OTHERS, PLACE)] @ np.linalg.pinv(joint[np.ix_(PLACE, PLACE)], hermitian=True)
    states = np.tile(found.state, (len(shift), 1))
    states[:, :2] += shift / found.scale
    states[:, 2:] += np.clip((shift / found.scale) @ follow.T, -0.5, 0.5)
    return settle(problem, states, free=_OTHERS, rounds=8).costs - found.cost
