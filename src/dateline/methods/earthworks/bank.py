"""How much each place of an image looks like a thin line, in each of sixteen directions."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import fft

F4 = npt.NDArray[np.float32]

DIRECTIONS = 16
ACROSS = 0.6
"""Standard deviation of the kernel across a line, in widths of the line."""
LEAST = 0.75
"""The same at least [px]: a kernel narrower than the pixel's own blur would answer to noise."""


@dataclass(frozen=True, slots=True)
class Bank:
    """Kernels for square tiles of `side` [px] as spectra, and the rim of a tile that they spoil [px]."""

    side: int
    rim: int
    spectra: F4

    @property
    def angles(self) -> npt.NDArray[np.float64]:
        """(16,) direction of the line each kernel answers to, from the columns' axis to the rows' [radian]."""
        return np.arange(len(self.spectra)) * math.pi / len(self.spectra)


def bank(width: float, side: int, *, stretch: float = 3.0, count: int = DIRECTIONS) -> Bank:
    """Second derivatives of a Gaussian across the line, Gaussian along it, `stretch` times as long as wide.

    width: of the line [px]. side: of the tile, with its rim [px]. A straight bright bar of this width that stands 1
    over its surroundings gets 1. With stretch 1 all kernels are sums of three (Freeman and Adelson 1991, doi
    10.1109/34.93808) and the greatest answer is an eigenvalue of the Hessian.
    """
    across = max(ACROSS * width, LEAST)
    along = across * stretch
    down = 2 * np.pi * np.fft.fftfreq(side)[:, None]
    right = 2 * np.pi * np.fft.rfftfreq(side)[None]
    bar = width * math.exp(-((width / across) ** 2) / 8)
    spectra = np.empty((count, side, side // 2 + 1), np.float32)
    for index in range(count):
        angle = index * math.pi / count
        u = right * math.cos(angle) + down * math.sin(angle)
        v = down * math.cos(angle) - right * math.sin(angle)
        shape = (across * v) ** 2 * np.exp(-((along * u) ** 2 + (across * v) ** 2) / 2)
        spectra[index] = math.sqrt(2 * math.pi) * across / bar * shape
    return Bank(side, math.ceil(3 * along), spectra)


def respond(tile: F4, kernels: Bank, *, bright: bool) -> F4:
    """(16, side, side) answers of a tile, in the tile's own unit: the contrast of a line that fits. The rim is spoilt.

    bright: lines brighter than what lies beside them, else darker ones. The tile has no NaN.
    """
    spectrum = fft.rfft2(tile if bright else -tile)
    answers = np.empty((len(kernels.spectra), *tile.shape), np.float32)
    product = np.empty_like(spectrum)
    for index, kernel in enumerate(kernels.spectra):
        np.multiply(spectrum, kernel, out=product)
        answers[index] = fft.irfft2(product, s=tile.shape, overwrite_x=True)
    return answers


def shadow(answers: F4, index: int) -> F4:
    """(side, side) the greatest answer within 2 px in this and the next directions, 0 where none is positive.

    What a line of an older image hides: itself, a little shifted or turned. The outermost 2 px are not widened.
    """
    count = len(answers)
    turned: F4 = np.maximum(answers[index], answers[index - 1])
    np.maximum(turned, answers[(index + 1) % count], out=turned)
    np.maximum(turned, 0, out=turned)
    _widen(turned)
    _widen(turned.T)
    return turned


def _widen(plane: F4) -> None:
    """Five rows' maximum in place of the middle one, by doubling."""
    two = np.maximum(plane[:-1], plane[1:])
    four = np.maximum(two[:-2], two[2:])
    np.maximum(four[:-1], plane[4:], out=plane[2:-2])
