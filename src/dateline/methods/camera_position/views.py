"""What is asked of each place: lines of sight to the landmarks, and whether it lies near the danger circle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dateline.media.landmark import F8, Frame, Landmark, Plane, Reference
from dateline.media.sight import Elevation, Sight, sight
from dateline.methods.camera_position.blame import Blame
from dateline.methods.camera_position.fit import UP, Problem
from dateline.methods.camera_position.publish import Precision
from dateline.methods.camera_position.region import Region
from dateline.methods.camera_position.setup import Lens
from dateline.methods.camera_position.solve import Solution
from dateline.methods.card import Card

NEAR_CIRCLE = 0.1
"""[radii] A camera nearer than this to the circle through its landmarks is on it."""
ABOVE_GROUND = 10.0
"""[m] What of a landmark without a height is taken to stand above the ground: a house, the top of a tree."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Everything an answer is made from. whole: the problem with all landmarks; problem: the one that was solved."""

    card: Card
    landmarks: Sequence[Landmark]
    frame: Frame
    plane: Plane
    whole: Problem
    problem: Problem
    blame: Blame | None
    lens: Lens
    reference: Reference | None
    precision: Precision
    level: float


@dataclass(frozen=True, kw_only=True)
class Place:
    """One place of the camera. sights: the line to each landmark, None where no ground was given."""

    solution: Solution
    region: Region
    sights: Sequence[Sight | None]


def sights(answer: Answer, found: Solution, ground: Elevation | None) -> list[Sight | None]:
    """The line of sight to every landmark, beginning and ending outside of what the positions leave open."""
    if ground is None:
        return [None] * len(answer.landmarks)
    lon, lat = answer.plane.degrees(found.place).tolist()
    stood = float(ground.at(np.array([lon]), np.array([lat]))[0]) + answer.whole.eyes
    if np.isfinite(answer.problem.heights).any() or not np.isfinite(stood):
        stood = max(found.state[UP] * found.scale, stood) if np.isfinite(stood) else found.state[UP] * found.scale
    return [_sight(one, (lon, lat, stood), ground) for one in answer.landmarks]


def _sight(one: Landmark, start: tuple[float, float, float], ground: Elevation) -> Sight:
    there = float(ground.at(np.array([one.lon]), np.array([one.lat]))[0])
    top = there + ABOVE_GROUND if one.height is None else max(one.height, there) if np.isfinite(there) else one.height
    if not np.isfinite(top):
        return Sight(clearance=None, at=None, known=0.0)
    return sight(ground, start, (one.lon, one.lat, top), near=2 * ground.step, far=max(2 * ground.step, one.map_error))


def on_danger_circle(points: F8, place: F8) -> bool:
    """Whether a place lies near one circle with all landmarks (n, 2), east and north [m]: least squares of Kasa (1976).

    On that circle the directions stay the same wherever one stands.
    """
    middle = points.mean(axis=0)
    x, y = (points - middle).T
    solved, *_ = np.linalg.lstsq(np.stack([x, y, np.ones_like(x)], axis=1), x**2 + y**2, rcond=None)
    centre = solved[:2] / 2
    radius = float(np.sqrt(max(solved[2] + centre @ centre, 0.0)))
    apart = np.abs(np.hypot(*(np.vstack([points - middle, place - middle]) - centre).T) - radius)
    return bool(radius > 0 and (apart < NEAR_CIRCLE * radius).all())
