"""The places where a camera may have stood: every separate minimum that the landmarks allow, with its covariance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dateline.methods.camera_position.fit import (
    EAST,
    F8,
    FOCAL,
    NORTH,
    PLACE,
    YAW,
    Problem,
    covariance,
    differences,
    settle,
    standard_errors,
)
from dateline.methods.camera_position.starts import starts

FIRST_ROUNDS, KEPT = 12, 14
"""Steps from every start, and how many of the best go on."""
SAME = 1e-3
"""[scale] Minima nearer than this to each other are one."""


@dataclass(frozen=True, kw_only=True)
class Solution:
    """One place: its state, cost, covariance (9, 9), and by how much the covariance was enlarged [1]."""

    state: F8
    cost: float
    covariance: F8
    enlarged: float
    scale: float

    @property
    def place(self) -> F8:
        """East and north [m]."""
        return np.asarray(self.state[:2] * self.scale)

    @property
    def ground(self) -> F8:
        """Covariance of the place, (2, 2) [m2]."""
        return np.asarray(self.covariance[np.ix_(PLACE, PLACE)] * self.scale**2)

    @property
    def yaw(self) -> tuple[float, float]:
        """Direction of view and its standard error [degrees]."""
        return float(np.degrees(self.state[YAW]) % 360), float(np.degrees(np.sqrt(self.covariance[YAW, YAW])))

    def focal(self, problem: Problem) -> float:
        """Focal length [px]."""
        return float(problem.focal * np.exp(self.state[FOCAL]))


def solutions(problem: Problem, *, further: F8 | None = None, within: float = np.inf) -> list[Solution]:
    """All separate minima, the best first, with costs at most `within` above the best.

    further: (s, 9) more states to begin from.
    """
    begun = starts(problem) if further is None else np.concatenate([starts(problem), further])
    first = settle(problem, begun, rounds=FIRST_ROUNDS)
    best = first.states[np.argsort(first.costs, kind="stable")[:KEPT]]
    fitted = settle(problem, best)
    found: list[Solution] = []
    for index in np.argsort(fitted.costs, kind="stable"):
        state, cost = fitted.states[index], float(fitted.costs[index])
        if not np.isfinite(cost) or (found and cost > found[0].cost + within):
            continue
        if all(np.hypot(*(state - one.state)[[EAST, NORTH]]) > _near(one) for one in found):
            found.append(_solution(problem, state, cost))
    return found


def _near(one: Solution) -> float:
    """[scale] A tenth of a standard error, or less than anything that matters."""
    return max(SAME, 0.1 * float(np.sqrt(np.linalg.eigvalsh(one.ground)[-1])) / one.scale)


def _solution(problem: Problem, state: F8, cost: float) -> Solution:
    left = cost / problem.informative if problem.informative > 0 else 1.0
    return Solution(
        state=state,
        cost=cost,
        covariance=covariance(problem, state) * max(1.0, left),
        enlarged=max(1.0, left),
        scale=problem.scale,
    )


def misfit(problem: Problem, state: F8) -> tuple[F8, F8]:
    """Mapped minus seen direction of every landmark [rad], and its standard error [rad]; (n,) each."""
    one = state[None]
    return differences(problem, one)[0][0], standard_errors(problem, one).across[0]
