"""Where to begin: resections of triples of landmarks for several focal lengths, and a ring of points around them."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from dateline.media.camera import azimuth, rays, three_points
from dateline.methods.camera_position.fit import F8, FOCAL, SIZE, UP, YAW, Problem

TRIPLES = 20
RINGS = (0.3, 1.0, 3.0)
"""[scale] Radii of the rings around the landmarks."""
DIRECTIONS = 8


def starts(problem: Problem) -> F8:
    """States (s, 9): each place with the yaw that fits the landmarks best there."""
    made = [_states(problem, focal) for focal in _focals(problem)]
    return np.concatenate(made)


def _focals(problem: Problem) -> F8:
    """Logarithms of the focal length over the expected one: one where it is known, five where it may be anything."""
    sigma = problem.sigma[FOCAL]
    return np.zeros(1) if sigma < 0.1 else sigma * np.array([-1.5, -0.75, 0.0, 0.75, 1.5])


def _states(problem: Problem, focal: float) -> F8:
    flat = np.zeros(1)
    x, y = problem.pixels.T / (problem.focal * np.exp(focal))
    seen = rays(x, y, flat, flat)[0]
    middle = problem.points.mean(axis=0)
    turn = np.linspace(0, 2 * np.pi, DIRECTIONS, endpoint=False)
    ring = np.stack([np.sin(turn), np.cos(turn)], axis=1)
    around = [middle + radius * problem.scale * ring for radius in RINGS]
    places = np.concatenate([_of_triples(problem, seen), *around])
    far = np.hypot(*(places - middle).T)
    places = places[np.isfinite(far) & (far < 100 * problem.scale)]
    towards = azimuth(places[:, None, :], problem.points) - seen
    made = np.tile(problem.mean, (len(places), 1))
    made[:, :2] = places / problem.scale
    made[:, FOCAL] = focal
    made[:, YAW] = np.angle(np.exp(1j * towards).sum(axis=1))
    if problem.ground is not None:
        ground = problem.ground(places)
        made[:, UP] = np.where(np.isfinite(ground), (ground + problem.eyes) / problem.scale, made[:, UP])
    assert made.shape[1] == SIZE
    return made


def _of_triples(problem: Problem, seen: F8) -> F8:
    """Closed-form resections of triples, spread over all there are."""
    triples = np.array(list(combinations(range(problem.n), 3)))
    if len(triples) > TRIPLES:
        triples = triples[np.linspace(0, len(triples) - 1, TRIPLES).round().astype(int)]
    return three_points(problem.points[triples], seen[triples])
