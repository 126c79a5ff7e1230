"""Displacement of one window against another by the phases of their spectra."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import fft

F4 = npt.NDArray[np.float32]
B1 = npt.NDArray[np.bool_]

PASSED = 0.15
"""Spatial frequency to which phases count, as the width of a Gaussian [px-1]: above it there is mostly noise."""


@dataclass(frozen=True, slots=True)
class Peak:
    """Rows and columns [px] that the second window lies off the first, and how high the peak stands [spreads]."""

    rows: float
    columns: float
    height: float


def tapered(structure: F4, valid: B1) -> F4:
    """A window less its mean under a Hann taper, 0 where nothing is known."""
    mean = structure[valid].mean() if valid.any() else np.float32(0)
    made: F4 = np.where(valid, structure - mean, np.float32(0)) * _hann(structure.shape)
    return made


def phase_correlation(first: F4, second: F4) -> Peak:
    """Where second(p + d) is first(p): d, from the peak of the low-passed, normalised cross-power spectrum.

    first, second: tapered windows of one shape. The passed band makes the peak a Gaussian, so that its neighbours tell
    it to a fraction of a pixel (Kuglin and Hines 1975; Foroosh, Zerubia and Berthod 2002, doi 10.1109/83.988953, for
    the fraction).
    """
    cross = fft.rfft2(second) * np.conj(fft.rfft2(first))
    size = np.abs(cross)
    floor = 1e-12 * float(size.max() or 1)
    power = np.divide(cross, size, out=np.zeros_like(cross), where=size > floor) * _low_pass(first.shape)
    surface: F4 = fft.irfft2(power, first.shape)
    at = np.unravel_index(int(surface.argmax()), surface.shape)
    height = float(surface[at] / (surface.std() or 1.0))
    rows, columns = (_signed(int(at[axis]), surface.shape[axis]) + _fraction(surface, at, axis) for axis in (0, 1))
    return Peak(rows, columns, height)


def _signed(where: int, side: int) -> int:
    return where - side if where > side // 2 else where


def _fraction(surface: F4, at: tuple[np.intp, ...], axis: int) -> float:
    """Where a Gaussian through the peak and its neighbours on one axis has its top [px]."""
    values = []
    for step in (-1, 0, 1):
        index = [int(one) for one in at]
        index[axis] = (index[axis] + step) % surface.shape[axis]
        values.append(float(surface[index[0], index[1]]))
    if min(values) <= 0:
        return 0.0
    before, top, after = (math.log(one) for one in values)
    curve = before - 2 * top + after
    return 0.0 if curve >= 0 else max(-0.5, min(0.5, (before - after) / (2 * curve)))


@lru_cache(maxsize=16)
def _hann(shape: tuple[int, int]) -> F4:
    made: F4 = np.outer(np.hanning(shape[0] + 2)[1:-1], np.hanning(shape[1] + 2)[1:-1]).astype(np.float32)
    return made


@lru_cache(maxsize=16)
def _low_pass(shape: tuple[int, int]) -> F4:
    squares = fft.fftfreq(shape[0])[:, None] ** 2 + fft.rfftfreq(shape[1])[None] ** 2
    made: F4 = np.exp(-squares / (2 * PASSED**2)).astype(np.float32)
    return made
