"""Values between pixels on a cubic B-spline, for windows that are moved as one: all have the same weights."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

F4 = npt.NDArray[np.float32]


def moved(spline: F4, first: tuple[float, float], shape: tuple[int, int]) -> F4:
    """(rows, columns) of a shape, from a spline's coefficients; its first value lies at a row and column of them [px].

    The coefficients are those of scipy's spline_filter; one row and column before and two after must be there.
    """
    whole = [math.floor(one) for one in first]
    part = [one - start for one, start in zip(first, whole, strict=True)]
    around = spline[whole[0] - 1 : whole[0] + shape[0] + 2, whole[1] - 1 : whole[1] + shape[1] + 2]
    return along(along(around, weights(part[0]), axis=0), weights(part[1]), axis=1)


def along(values: F4, by: F4, axis: int) -> F4:
    """Sums of four neighbours along an axis, weighed; the axis is 3 shorter."""
    length = values.shape[axis] - 3
    parts = [values[k : k + length] if axis == 0 else values[:, k : k + length] for k in range(4)]
    made: F4 = parts[0] * by[0]
    other = np.empty_like(made)
    for part, weight in zip(parts[1:], by[1:], strict=True):
        made += np.multiply(part, weight, out=other)
    return made


def weights(t: float) -> F4:
    """Of a cubic B-spline's four coefficients around a position t after the second."""
    return np.array(
        [(1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3], np.float32
    ) / np.float32(6)


def slopes(t: float) -> F4:
    """The same for the spline's slope [px-1]."""
    return np.array([-((1 - t) ** 2) / 2, (3 * t**2 - 4 * t) / 2, (-3 * t**2 + 2 * t + 1) / 2, t**2 / 2], np.float32)
