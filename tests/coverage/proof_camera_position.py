"""Simulated pictures with a known camera, and the figures of `camera_position` for `make proof`.

Three to eight landmarks, 300 m to 6 km away, over at least three tenths of a 12-megapixel picture. Marks are off by
5 px; map positions by 3, 10 or 20 m east and north; the stated focal length by 3 %, roll by 2 degrees, pitch by 3, the
optical axis by 0.3 % of the width. In some rows landmarks have heights as well, off by 5 m, and the camera's is
known to 5 m. The method is told these errors. "Answered" leaves out what it calls too wide to be a place.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dateline.media.camera import F8, project
from dateline.media.sight import drop
from dateline.methods.camera_position.fit import DOWN, FOCAL, PITCH, RIGHT, ROLL, SIZE, UP, Problem
from dateline.methods.camera_position.region import quantile, regions, too_wide
from dateline.methods.camera_position.solve import solutions

WIDTH, HEIGHT, LEVEL = 4000.0, 3000.0, 0.95
MARK, AXIS, UPRIGHT, METRES = 5.0, 0.003, np.radians(2), 5.0


def scene(rng: np.random.Generator, n: int) -> tuple[F8, F8, F8, float]:
    """Landmarks around a camera at 0, 0, 50 [m]: east and north, heights, pixels from the middle, focal length [px]."""
    while True:
        focal = WIDTH * rng.uniform(0.6, 2.0)
        yaw, pitch, roll = rng.uniform(-np.pi, np.pi), rng.normal(0, 0.05), rng.normal(0, UPRIGHT)
        half = 0.9 * np.arctan(WIDTH / 2 / focal)
        far, turn = np.exp(rng.uniform(np.log(300), np.log(6000), n)), yaw + rng.uniform(-half, half, n)
        points = np.stack([far * np.sin(turn), far * np.cos(turn)], axis=1)
        heights = 50 + far * rng.uniform(-0.05, 0.1, n)
        pixels = focal * project(np.zeros(2), 50.0, points, heights - drop(far), yaw=yaw, pitch=pitch, roll=roll)
        inside = (np.abs(pixels) < (WIDTH / 2, HEIGHT / 2)).all()
        if inside and np.ptp(pixels[:, 0]) > 0.3 * WIDTH:
            return points, heights, pixels, focal


def setup(rng: np.random.Generator, *, heights: bool, focal_error: float, worse: float = 1.0) -> tuple[Problem, F8]:
    """A problem as the method sees it, and the camera's true east and north [m]. worse: errors over the stated."""
    n = int(rng.integers(3, 9))
    points, up, pixels, focal = scene(rng, n)
    ground = float(rng.choice([3.0, 10.0, 20.0]))
    mapped = points + worse * rng.normal(0, ground, points.shape)
    marks = pixels + worse * rng.normal(0, MARK, pixels.shape) + rng.normal(0, AXIS, 2) * WIDTH
    middle = np.median(mapped, axis=0)
    scale = 1.5 * float(np.median(np.hypot(*(mapped - middle).T)))
    mean, sigma = np.zeros(SIZE), np.full(SIZE, np.inf)
    sigma[FOCAL], sigma[PITCH], sigma[ROLL] = focal_error, np.radians(10), UPRIGHT
    sigma[[RIGHT, DOWN]] = AXIS
    mean[UP], sigma[UP] = (50 + rng.normal(0, METRES)) / scale, (METRES if heights else 1000.0) / scale
    problem = Problem(
        pixels=marks,
        points=mapped - middle,
        heights=up + rng.normal(0, METRES, n) if heights else np.full(n, np.nan),
        pixel_error=np.full(n, MARK),
        map_error=np.full(n, ground),
        height_error=np.full(n, METRES),
        width=WIDTH,
        focal=focal * float(np.exp(rng.normal(0, focal_error))),
        scale=scale,
        mean=mean,
        sigma=sigma,
    )
    return problem, -middle


def coverage(runs: int, seed: int, *, heights: bool, focal_error: float = 0.03, worse: float = 1.0) -> dict[str, Any]:
    """How often the answer's region holds the camera, and the plain ellipse alone; median half-axis [m]."""
    rng = np.random.default_rng(seed)
    region_holds, ellipse_holds, major, several = [], [], [], 0
    for _ in range(runs):
        problem, truth = setup(rng, heights=heights, focal_error=focal_error, worse=worse)
        places = regions(problem, solutions(problem), level=LEVEL)
        if any(too_wide(problem, where) for _, where in places):
            continue
        several += len(places) > 1
        region_holds.append(any(where.contains(truth) for _, where in places))
        off = [truth - one.place for one, _ in places]
        inside = [d @ np.linalg.solve(one.ground, d) < quantile(LEVEL) for d, (one, _) in zip(off, places, strict=True)]
        ellipse_holds.append(any(inside))
        major.append(places[0][1].major)
    return {
        "answered": len(major) / runs,
        "several places": several / runs,
        "ellipse holds it": float(np.mean(ellipse_holds)),
        "region holds it": float(np.mean(region_holds)),
        "median half-axis (m)": round(float(np.median(major))),
    }


def figures(runs: int = 600) -> list[dict[str, Any]]:
    """All figures of the proof, one row each."""
    rows = (
        ({"heights": False}, "directions", "as stated"),
        ({"heights": True}, "directions and heights", "as stated"),
        ({"heights": False, "focal_error": 0.1}, "directions, lens to 10 %", "as stated"),
        ({"heights": True, "worse": 2.0}, "directions and heights", "marks and map twice the stated"),
    )
    return [
        {"what": what, "errors": errors, "runs": runs, **coverage(runs, 70 + index, **asked)}
        for index, (asked, what, errors) in enumerate(rows)
    ]
