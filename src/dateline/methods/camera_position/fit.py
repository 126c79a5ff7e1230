"""Least squares for many starting points at once: where the camera stood, how it looked, and how well that is known.

A state is a row of nine numbers: east, north, up [units of the problem's scale], yaw, log of the focal length over its
expected value, pitch, roll [rad], and the principal point's offset right and down [picture widths]. Directions to
landmarks are compared in angles; a landmark whose height is known gives its elevation as well. Weights follow the
distance to each landmark (its map error turns into an angle) and are taken anew at every step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from dateline.media.camera import azimuth, pixel_angles, rays, wrap
from dateline.media.sight import drop

F8 = npt.NDArray[np.float64]

EAST, NORTH, UP, YAW, FOCAL, PITCH, ROLL, RIGHT, DOWN = range(9)
SIZE = 9
PLACE = (EAST, NORTH)
FIRM = np.array([0, 0, np.inf, 0, 0.3, 1.0, 1.0, 0.05, 0.05])
"""A belief with a larger standard error than this is no observation when what is left over is counted."""
ROUNDS = 60
"""Steps of Levenberg and Marquardt at most."""
SETTLED = 1e-9
"""A state whose cost falls by less than this share no longer moves."""
_STEP = 1e-5
_NEAREST = 1e-6
"""[scale] A camera is never nearer to a landmark than this: directions would lose their meaning."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Landmarks and what is believed beforehand.

    pixels: (n, 2), from the middle of the picture, right and down [px]. points: (n, 2) east, north [m]; heights: (n,)
    [m], NaN unknown. pixel_error [px], map_error, height_error [m]: (n,). width, focal [px]. mean, sigma: (9,), the
    prior of each number of a state; sigma inf where nothing is believed. ground: heights of the ground at points [m].
    """

    pixels: F8
    points: F8
    heights: F8
    pixel_error: F8
    map_error: F8
    height_error: F8
    width: float
    focal: float
    scale: float
    mean: F8
    sigma: F8
    ground: Callable[[F8], F8] | None = None
    eyes: float = 1.6

    @property
    def n(self) -> int:
        """How many landmarks."""
        return len(self.points)

    def without(self, index: int) -> Problem:
        """The same without one landmark."""
        keep = np.arange(self.n) != index
        names = ("pixels", "points", "heights", "pixel_error", "map_error", "height_error")
        return replace(self, **{name: getattr(self, name)[keep] for name in names})

    @property
    def informative(self) -> int:
        """Angles and beliefs that the fit is made of, less the numbers that it finds."""
        with_up = np.isfinite(self.heights).any()
        believed = self.sigma < FIRM
        believed[UP] &= with_up
        found = SIZE if with_up else SIZE - 1
        return self.n + int(np.isfinite(self.heights).sum()) + int(believed.sum()) - found


@dataclass(frozen=True)
class Errors:
    """Standard errors of the angles to every landmark [rad]: across and above, (s, n) each."""

    across: F8
    above: F8


def differences(problem: Problem, states: F8) -> tuple[F8, F8]:
    """Mapped minus seen angle of every landmark, across and above [rad], (s, n) each, for states (s, 9).

    NaN above where the landmark's height is unknown.
    """
    x, y, _ = _offsets(problem, states)
    seen, risen = rays(x, y, states[:, PITCH, None], states[:, ROLL, None])
    start, far, rise = _distances(problem, states)
    across = wrap(azimuth(start, problem.points) - states[:, YAW, None] - seen)
    return across, np.arctan2(rise, far) - risen


def standard_errors(problem: Problem, states: F8) -> Errors:
    """What marks, map and heights leave open of the angles, at the distances of these states (s, 9)."""
    x, y, focal = _offsets(problem, states)
    _, far, rise = _distances(problem, states)
    by_x, by_y = pixel_angles(x, y, states[:, PITCH, None], states[:, ROLL, None])
    pixel, span = problem.pixel_error / focal, far**2 + rise**2
    above = np.sqrt(
        (pixel * by_y) ** 2 + (problem.height_error * far / span) ** 2 + (problem.map_error * rise / span) ** 2
    )
    return Errors(across=np.hypot(pixel * by_x, problem.map_error / far), above=above)


def _offsets(problem: Problem, states: F8) -> tuple[F8, F8, F8]:
    """Marks from the principal point over the focal length [1], (s, n) each, and the focal length [px], (s, 1)."""
    focal = problem.focal * np.exp(states[:, FOCAL, None])
    x = (problem.pixels[:, 0] - problem.width * states[:, RIGHT, None]) / focal
    y = (problem.pixels[:, 1] - problem.width * states[:, DOWN, None]) / focal
    return x, y, focal


def _distances(problem: Problem, states: F8) -> tuple[F8, F8, F8]:
    """Cameras (s, 1, 2), distances to landmarks and their rise above the camera (s, n), all [m]."""
    start = states[:, None, :2] * problem.scale
    there = problem.points - start
    far = np.maximum(np.hypot(there[..., 0], there[..., 1]), _NEAREST * problem.scale)
    return start, far, problem.heights - drop(far) - states[:, UP, None] * problem.scale


def residuals(problem: Problem, states: F8, errors: Errors) -> F8:
    """Weighted residuals (s, 2 n + 9) with the given errors: directions, elevations, beliefs; 0 where nothing is."""
    across, above = differences(problem, states)
    above = np.where(np.isfinite(above), above / errors.above, 0.0)
    mean = np.broadcast_to(problem.mean, states.shape)
    if problem.ground is not None:
        ground = problem.ground(states[:, :2] * problem.scale)
        mean = mean.copy()
        known = np.isfinite(ground)
        mean[known, UP] = (ground[known] + problem.eyes) / problem.scale
    beliefs = (states - mean) / problem.sigma
    return np.concatenate([across / errors.across, np.nan_to_num(above), beliefs], axis=1)


def jacobian(problem: Problem, states: F8, errors: Errors, free: tuple[int, ...]) -> F8:
    """Central differences of the residuals: (s, 2 n + 9, number of free)."""
    s, k = len(states), len(free)
    shifts = np.zeros((2, k, SIZE))
    shifts[0, range(k), free], shifts[1, range(k), free] = _STEP, -_STEP
    moved = (states[None, None] + shifts[:, :, None]).reshape(-1, SIZE)
    tiled = Errors(np.tile(errors.across, (2 * k, 1)), np.tile(errors.above, (2 * k, 1)))
    made = residuals(problem, moved, tiled).reshape(2, k, s, -1)
    return np.moveaxis((made[0] - made[1]) / (2 * _STEP), 0, -1)


@dataclass(frozen=True)
class Fitted:
    """States (s, 9) and their costs (s,): sums of squared weighted residuals."""

    states: F8
    costs: F8


def settle(problem: Problem, starts: F8, *, free: tuple[int, ...] = tuple(range(SIZE)), rounds: int = ROUNDS) -> Fitted:
    """Levenberg and Marquardt from every start (s, 9) at once, weights renewed at every step (Marquardt 1963)."""
    states = starts.copy()
    damping = np.full(len(states), 1e-3)
    moving = np.arange(len(states))
    for _ in range(rounds):
        states[moving], damping[moving], settled = _step(problem, states[moving], damping[moving], free)
        moving = moving[~settled]
        if not len(moving):
            break
    states[:, YAW] = wrap(states[:, YAW])
    return Fitted(states, (residuals(problem, states, standard_errors(problem, states)) ** 2).sum(1))


def _step(problem: Problem, states: F8, damping: F8, free: tuple[int, ...]) -> tuple[F8, F8, npt.NDArray[np.bool_]]:
    """One damped step of each state: where it is then, its damping, and whether it no longer moves."""
    errors, eye = standard_errors(problem, states), np.eye(len(free))
    old = residuals(problem, states, errors)
    slope = jacobian(problem, states, errors, free)
    normal = np.swapaxes(slope, 1, 2) @ slope
    pull = np.einsum("smk,sm->sk", slope, old)
    weight = np.einsum("skk->sk", normal)[:, :, None] * eye
    step = -np.linalg.solve(normal + damping[:, None, None] * weight + 1e-12 * eye, pull[..., None])[..., 0]
    step = np.clip(step, -1.0, 1.0)
    tried = states.copy()
    tried[:, free] += step
    before, after = (old**2).sum(1), (residuals(problem, tried, errors) ** 2).sum(1)
    better = after < before
    settled = np.where(better, (before - after < SETTLED * (1 + before)) & (np.abs(step).max(1) < 1e-4), damping > 1e6)
    return (
        np.where(better[:, None], tried, states),
        np.clip(np.where(better, damping / 5, damping * 6), 1e-12, 1e8),
        settled,
    )


def covariance(problem: Problem, state: F8) -> F8:
    """(J'J)^-1 of one state (9,): (9, 9), in the state's units; not yet enlarged by what the fit leaves over.

    What the landmarks do not determine at all gets a very large variance, never none.
    """
    one = state[None]
    slope = jacobian(problem, one, standard_errors(problem, one), tuple(range(SIZE)))[0]
    size = np.maximum(np.sqrt((slope**2).sum(axis=0)), 1e-12)
    values, axes = np.linalg.eigh((slope / size).T @ (slope / size))
    inverse = (axes / np.maximum(values, 1e-12)) @ axes.T
    return np.asarray(inverse / np.outer(size, size))
