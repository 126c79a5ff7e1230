"""Whether matched features of two pictures lie as one flat picture lies on another: a homography and its inliers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

F8 = npt.NDArray[np.float64]
B1 = npt.NDArray[np.bool_]

TRIALS = 1000
WITHIN = 0.006
"""How far a point may lie from where it should, as a share of the second picture's longer side: 3 of 512 pixels."""
STEEPEST, LARGEST_ZOOM = 6.0, 12.0
"""Most by which scale may differ across a picture, and between pictures: beyond it, a fit is chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Homography:
    """matrix: (3, 3), x, y of the first picture [px] to x, y of the second [px]. inliers: (k,) of the matches given."""

    matrix: F8
    inliers: B1

    @property
    def count(self) -> int:
        """Matches that agree."""
        return int(self.inliers.sum())

    @property
    def is_mirrored(self) -> bool:
        """Whether the second picture is a mirror image."""
        return bool(np.linalg.det(self.matrix) * self.matrix[2, 2] < 0)


def fit(
    one: F8, other: F8, sizes: tuple[tuple[int, int], tuple[int, int]], *, rng: np.random.Generator
) -> Homography | None:
    """The homography on which most matches agree, or None where there is no sensible one.

    one, other: (k, 2) matched points [px]; sizes: width and height of both pictures [px]. Random samples of four
    (Fischler and Bolles 1981, 10.1145/358669.358692), then least squares over the inliers by the direct linear
    transform (Hartley 1997, 10.1109/34.601246). Points that several matches share count once.
    """
    if len(one) < 4:
        return None
    from_unit, to_unit = _unit(sizes[0]), _unit(sizes[1])
    a, b = moved(from_unit, one), moved(to_unit, other)
    within = WITHIN * 2
    trials = np.argsort(rng.random((TRIALS, len(a))), axis=1)[:, :4] if len(a) < 64 else _draws(len(a), rng)
    found = _of_four(a[trials], b[trials])
    found = found[_sensible(found, sizes[0])]
    if not len(found):
        return None
    good = _distance(found, a, b) < within
    best = good[good.sum(axis=1).argmax()]
    matrix = found[good.sum(axis=1).argmax()]
    for _ in range(4):
        if best.sum() < 4:
            return None
        refined = _least_squares(a[best], b[best])
        again = _distance(refined[None], a, b)[0] < within
        if again.sum() < best.sum() or not _sensible(refined[None], sizes[0])[0]:
            break
        matrix, best = refined, again
    whole = np.linalg.inv(to_unit) @ matrix @ from_unit
    return Homography(matrix=whole / whole[2, 2], inliers=_once(a, b, best))


def _draws(count: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    return rng.integers(0, count, (TRIALS, 4))


def _unit(size: tuple[int, int]) -> F8:
    """Pixels to about -1 to 1."""
    half = max(size) / 2
    return np.array([[1 / half, 0, -size[0] / 2 / half], [0, 1 / half, -size[1] / 2 / half], [0, 0, 1]])


def moved(matrix: F8, points: F8) -> F8:
    """(n, 2) points taken through a homography."""
    whole = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(whole[:, :2] / whole[:, 2:])


def _equations(a: F8, b: F8) -> F8:
    """(…, 2 k, 9) the linear equations of matches (…, k, 2)."""
    x, y, u, v = a[..., 0], a[..., 1], b[..., 0], b[..., 1]
    one, nil = np.ones_like(x), np.zeros_like(x)
    first = np.stack([x, y, one, nil, nil, nil, -u * x, -u * y, -u], axis=-1)
    second = np.stack([nil, nil, nil, x, y, one, -v * x, -v * y, -v], axis=-1)
    return np.concatenate([first, second], axis=-2)


def _of_four(a: F8, b: F8) -> F8:
    """(n, 3, 3) exact homographies of (n, 4, 2) matches, without those that have none."""
    equations = _equations(a, b)
    left, right = equations[..., :8], -equations[..., 8]
    sound = np.abs(np.linalg.det(left)) > 1e-9
    solved = np.linalg.solve(left[sound], right[sound][..., None])[..., 0]
    return np.concatenate([solved, np.ones((len(solved), 1))], axis=1).reshape(-1, 3, 3)


def _least_squares(a: F8, b: F8) -> F8:
    *_, vectors = np.linalg.svd(_equations(a, b), full_matrices=False)
    matrix: F8 = vectors[-1].reshape(3, 3)
    return np.asarray(matrix / matrix[2, 2])


def _sensible(matrices: F8, size: tuple[int, int]) -> B1:
    """(n,) Whether the first picture stays whole: no fold, no horizon in it, no wild scale."""
    half = np.array(size) / max(size)
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    depth = matrices[:, 2, :2] @ corners.T + matrices[:, 2, 2:]
    spread = depth.max(axis=1) / np.where(depth.min(axis=1) > 0, depth.min(axis=1), np.nan)
    area = np.abs(np.linalg.det(matrices[:, :2, :2]))
    stretch = np.linalg.norm(matrices[:, :2, :2], axis=(1, 2)) ** 2 / np.maximum(area, 1e-12)
    with np.errstate(invalid="ignore"):
        even = (spread < STEEPEST**0.5) & (stretch < STEEPEST)
        return np.asarray(even & (area > LARGEST_ZOOM**-2) & (area < LARGEST_ZOOM**2))


def _distance(matrices: F8, a: F8, b: F8) -> F8:
    """(n, k) distance of each match from where each matrix puts it."""
    whole = np.column_stack([a, np.ones(len(a))]) @ matrices.transpose(0, 2, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        put = whole[..., :2] / whole[..., 2:]
    apart = np.linalg.norm(put - b, axis=-1)
    return np.where(whole[..., 2] > 0, apart, np.inf)


def _once(a: F8, b: F8, inliers: B1) -> B1:
    """Inliers at places of their own: of several in one small square of either picture the first."""
    kept = np.zeros_like(inliers)
    taken: tuple[set[tuple[int, int]], set[tuple[int, int]]] = (set(), set())
    for number in np.flatnonzero(inliers):
        squares = [tuple(np.floor(points[number] / WITHIN).astype(int).tolist()) for points in (a, b)]
        if squares[0] not in taken[0] and squares[1] not in taken[1]:
            kept[number] = True
            taken[0].add(squares[0])
            taken[1].add(squares[1])
    return kept
