"""Displacement of a window by the greatest correlation, reached by Gauss-Newton steps on a spline of the window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from dateline.imagery.align.spline import along, slopes, weights

F4 = npt.NDArray[np.float32]
F8 = npt.NDArray[np.float64]
B1 = npt.NDArray[np.bool_]

MARGIN = 8
"""How much wider the moving window is on each side [px]."""
FARTHEST = MARGIN - 3.0
"""How far the steps may lead [px]."""
STEPS, SETTLED = 30, 2e-3
"""Steps at most, and the step that is small enough [px]."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Rows and columns [px] that the moving window lies off the fixed one; their correlation there [1]."""

    rows: float
    columns: float
    rho: float


def ecc(fixed: F4, moving: F4, known: B1, start: tuple[float, float] = (0.0, 0.0)) -> Fit | None:
    """Where moving(p + d) correlates best with fixed(p), near a start [px]; None where the steps lead nowhere.

    fixed, known: (n, m) structure and where it counts. moving: (n + 2 MARGIN, m + 2 MARGIN), its window around the
    fixed one. The enhanced correlation coefficient is maximised, which gain and offset do not touch (Evangelidis and
    Psarakis 2008, doi 10.1109/TPAMI.2008.113).
    """
    weight = known.astype(np.float32)
    count = float(weight.sum())
    if count < 64:
        return None
    target = _centred(fixed, weight, count)
    norm = _dot(target, target)
    spline = ndimage.spline_filter(moving, order=3, output=np.float32, mode="mirror")
    at = np.array(start, float)
    rho = -1.0
    for _ in range(STEPS):
        warped, down, right = _shifted(spline, at, fixed.shape)
        warped, down, right = (_centred(one, weight, count) for one in (warped, down, right))
        size = _dot(warped, warped)
        match = _dot(target, warped)
        if size <= 0 or norm <= 0:
            return None
        rho = match / np.sqrt(size * norm)
        step = _step((down, right), target, warped, (size, match))
        if step is None:
            return None
        at = at + step
        if np.abs(at).max() > FARTHEST:
            return None
        if np.abs(step).max() < SETTLED:
            return Fit(float(at[0]), float(at[1]), float(rho))
    return None


def _step(slopes: tuple[F4, F4], target: F4, warped: F4, known: tuple[float, float]) -> F8 | None:
    """One step of the forward additive form, eq. 17 to 19 of the paper."""
    size, match = known
    hessian = np.array([[_dot(one, other) for other in slopes] for one in slopes])
    on_warped = np.array([_dot(one, warped) for one in slopes])
    on_target = np.array([_dot(one, target) for one in slopes])
    if np.linalg.det(hessian) <= 1e-12 * float(np.trace(hessian)) ** 2:
        return None
    solved = np.linalg.solve(hessian, on_warped)
    below = match - float(on_target @ solved)
    if below <= 0:
        return None
    gain = (size - float(on_warped @ solved)) / below
    step: F8 = np.linalg.solve(hessian, gain * on_target - on_warped)
    return np.clip(step, -1.0, 1.0)


def _centred(values: F4, weight: F4, count: float) -> F4:
    made: F4 = (values - np.float32(_dot(values, weight) / count)) * weight
    return made


def _dot(one: F4, other: F4) -> float:
    return float(np.vdot(one, other))


def _shifted(spline: F4, at: F8, shape: tuple[int, ...]) -> tuple[F4, F4, F4]:
    """The window at a displacement and its slopes down and to the right, from the coefficients of a cubic spline."""
    whole = np.floor(at).astype(int)
    part = at - whole
    top, left = (MARGIN - 1 + whole).tolist()
    rows = spline[top : top + shape[0] + 3, left : left + shape[1] + 3]
    high = along(rows, weights(part[0]), axis=0)
    steep = along(rows, slopes(part[0]), axis=0)
    across = weights(part[1])
    return along(high, across, 1), along(steep, across, 1), along(high, slopes(part[1]), 1)
