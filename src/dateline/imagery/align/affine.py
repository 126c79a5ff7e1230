"""The affine map that most tie points agree on, and how far the rest of them lie off it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

F8 = npt.NDArray[np.float64]
B1 = npt.NDArray[np.bool_]

NEAR_MEDIAN = 4.0
"""Tie points whose shift lies farther from the median are left out [px]."""
AGREE = 1.0
"""Tie points this near to a map agree with it [px]."""
DRAWS = 300
FEWEST_AFFINE = 8
"""Fewest tie points for an affine map; a shift alone below."""
MAD_TO_SIGMA = 1.4826


@dataclass(frozen=True, slots=True)
class Map:
    """shift(p) = offset + matrix (p - centre), in rows and columns [px]; which tie points agree; sigma of one axis."""

    offset: F8
    matrix: F8
    centre: F8
    agree: B1
    sigma: float

    def shift(self, at: F8) -> F8:
        """(n, 2) the shift at positions (n, 2) [px]."""
        made: F8 = self.offset + (at - self.centre) @ self.matrix.T
        return made


def fit_map(at: F8, shift: F8) -> Map | None:
    """The map on which most tie points agree to a pixel; None without any.

    at, shift: (n, 2) rows and columns [px]. Points far from the median shift go first, then random triples propose
    maps (Fischler and Bolles 1981, doi 10.1145/358669.358692), then Tukey's weights refine the best. The draws are
    seeded: the same points give the same map.
    """
    if not len(at):
        return None
    near = np.hypot(*(shift - np.median(shift, axis=0)).T) <= NEAR_MEDIAN
    if not near.any():
        return None
    centre = at[near].mean(axis=0)
    agree = near & _densest(at - centre, shift, near)
    whole = agree.sum() >= FEWEST_AFFINE and np.linalg.matrix_rank(_design((at - centre)[agree]), tol=1.0) == 3
    found = _refined(_design(at - centre, whole=bool(whole)), shift, agree)
    left = shift - _design(at - centre, whole=bool(whole)) @ found
    agree = near & (np.hypot(*left.T) <= max(AGREE, 3 * _sigma(left[agree])))
    matrix = found[1:].T if whole else np.zeros((2, 2))
    return Map(found[0], matrix, centre, agree, _sigma(left[agree], parameters=len(found)))


def _densest(at: F8, shift: F8, near: B1) -> B1:
    """Those that agree with the best of many maps through three random points, or with the median shift."""
    rng = np.random.default_rng(0)
    chosen = np.flatnonzero(near)
    best: B1 = np.hypot(*(shift - np.median(shift[near], axis=0)).T) <= AGREE
    if len(chosen) < FEWEST_AFFINE:
        return best if best.any() else near
    design = _design(at)
    for _ in range(DRAWS):
        if (best & near).sum() == len(chosen):
            break
        three = rng.choice(chosen, 3, replace=False)
        if abs(np.linalg.det(design[three])) < 1.0:
            continue
        agree = np.hypot(*(shift - design @ np.linalg.solve(design[three], shift[three])).T) <= AGREE
        if (agree & near).sum() > (best & near).sum():
            best = agree
    return best


def _design(at: F8, *, whole: bool = True) -> F8:
    ones = np.ones((len(at), 1))
    return np.concatenate([ones, at], axis=1) if whole else ones


def _refined(design: F8, shift: F8, agree: B1) -> F8:
    weight = agree.astype(float)
    found = np.zeros((design.shape[1], 2))
    for _ in range(10):
        root = np.sqrt(weight)[:, None]
        found = np.linalg.lstsq(design * root, shift * root, rcond=None)[0]
        left = np.hypot(*(shift - design @ found).T)
        reach = 4.685 * max(MAD_TO_SIGMA * float(np.median(left[agree])), 0.02)
        weight = np.where(agree, np.clip(1 - (left / reach) ** 2, 0, None) ** 2, 0.0)
        if not weight.any():
            weight = agree.astype(float)
    return found


def _sigma(left: F8, parameters: int = 0) -> float:
    """Robust spread of one axis [px], both pooled; for the parameters that were fitted a little wider."""
    if not len(left):
        return 0.0
    free = max(len(left) - parameters, 1)
    return float(MAD_TO_SIGMA * np.median(np.abs(left)) * np.sqrt(len(left) / free))
