"""Which landmark does not fit the others, and by how much; and whether all were written down mirrored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from dateline.media.camera import pixel_angles
from dateline.methods.camera_position.fit import (
    DOWN,
    F8,
    FOCAL,
    PITCH,
    RIGHT,
    ROLL,
    YAW,
    Problem,
    differences,
)
from dateline.methods.camera_position.solve import Solution, solutions

DOUBT = 0.01
"""Stated errors that would leave this much over less often than this do not explain it."""
FALLS, AHEAD = 10.8, 4.0
"""By how much the cost must fall without the landmark, and how far it must lie below that without any other; in units
of what the rest leaves over."""
MIRRORS = ("longitude and latitude swapped", "left and right swapped", "rows counted upward")


@dataclass(frozen=True, kw_only=True)
class Blame:
    """One landmark against all others. index: from 0. degrees, pixels: in the picture; metres: on the map."""

    index: int
    degrees: float
    pixels: float
    metres: float
    behind: bool
    problem: Problem
    without: Sequence[Solution]


def fits(problem: Problem, cost: float) -> bool:
    """Whether the stated errors explain what the fit leaves over; True where nothing is left to compare."""
    return problem.informative <= 0 or float(stats.chi2.sf(cost, problem.informative)) >= DOUBT


def blamed(problem: Problem, found: Sequence[Solution]) -> Blame | None:
    """Leave-one-out: the landmark without which the others agree, where there is just one such; None otherwise.

    Four directions with a known lens leave one over, and any of the four can explain it: at least five are needed.
    """
    if problem.n < 5 and problem.without(0).informative <= 0:
        return None
    tried = [solutions(problem.without(index)) for index in range(problem.n)]
    costs = np.array([one[0].cost for one in tried])
    first, second = np.argsort(costs)[:2]
    best = tried[first][0]
    if found[0].cost - best.cost < FALLS * best.enlarged or costs[second] - best.cost < AHEAD * best.enlarged:
        return None
    return _blame(problem, int(first), tried[first])


def _blame(problem: Problem, index: int, without: Sequence[Solution]) -> Blame:
    """How far the landmark lies from where the others put it."""
    best = without[0]
    across = float(differences(problem, best.state[None])[0][0, index])
    there = problem.points[index] - best.place
    far = float(np.hypot(*there))
    off = far * abs(np.sin(across)) if abs(across) < np.pi / 2 else far
    return Blame(
        index=index,
        degrees=float(np.degrees(across)),
        pixels=abs(across) / float(pixel_turn(problem, best.state)[index]),
        metres=float(off),
        behind=bool(np.cos(np.arctan2(there[0], there[1]) - best.state[YAW]) < 0),
        problem=problem.without(index),
        without=without,
    )


def pixel_turn(problem: Problem, state: F8) -> F8:
    """How far the direction turns over one pixel at every landmark [rad]; (n,)."""
    focal = problem.focal * np.exp(state[FOCAL])
    x = (problem.pixels[:, 0] - problem.width * state[RIGHT]) / focal
    y = (problem.pixels[:, 1] - problem.width * state[DOWN]) / focal
    return np.asarray(pixel_angles(x, y, state[PITCH], state[ROLL])[0] / focal)


def mirrored(problem: Problem, cost: float, swapped_points: F8 | None) -> str | None:
    """Which swap makes landmarks agree that don't agree as written; None where none does, or nothing is left over.

    swapped_points: (n, 2) [m], of the positions with longitude and latitude exchanged, where those are positions.
    """
    if problem.informative <= 0:
        return None
    swaps = {
        MIRRORS[0]: None if swapped_points is None else replace(problem, points=swapped_points),
        MIRRORS[1]: replace(problem, pixels=problem.pixels * (-1, 1)),
        MIRRORS[2]: replace(problem, pixels=problem.pixels * (1, -1)),
    }
    for name, swapped in swaps.items():
        if swapped is None:
            continue
        found = solutions(swapped)
        if found and fits(problem, found[0].cost) and found[0].cost < cost / 5:
            return name
    return None
