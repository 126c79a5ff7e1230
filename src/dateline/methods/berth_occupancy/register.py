"""How far each image of a stack lies off the others: correlation over land pixels, to a fraction of a pixel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import fft, ndimage

F4 = npt.NDArray[np.float32]
F8 = npt.NDArray[np.float64]
B1 = npt.NDArray[np.bool_]

SEARCHED = 4
"""Lags that are looked at, each way [px]."""
SURE = 8.0
"""Least height of the correlation peak over what chance makes of so many pixels [standard deviations]."""
FEWEST = 150
"""Fewest land pixels that can tell a displacement."""
FINE = 0.05
"""Step in which the peak is sought [px]."""
SMOOTH = 15
"""Structure wider than this is left out: rain and season change it [px]."""


@dataclass(frozen=True, slots=True)
class Displacement:
    """Of one image: rows and columns [px], and how sure the peak is [standard deviations of chance]."""

    rows: float
    columns: float
    sure: float

    def ok(self, most: float) -> bool:
        """Whether it was found, and lies within `most` pixels each way."""
        return self.sure >= SURE and max(abs(self.rows), abs(self.columns)) <= most


def displacements(levels: F4, land: B1) -> list[Displacement]:
    """The displacement of each image against the mean of all, by correlation over land pixels.

    levels: (T, rows, columns) in a logarithmic scale [dB], NaN where nothing was seen. land: (rows, columns). An image
    with displacement d shows at pixel p what the mean shows at p - d. Correlation with a known scene in white noise is
    the maximum-likelihood displacement (Kuglin and Hines 1975 for the method in the Fourier plane); its peak is sought
    on a spline through the lags around it.
    """
    weak = Displacement(0.0, 0.0, 0.0)
    if land.sum() < FEWEST:
        return [weak] * len(levels)
    rows, columns = _box(land)
    mask = land[rows, columns]
    fine = [_structure(level[rows, columns], mask) for level in levels]
    shape = tuple(fft.next_fast_len(side + 2 * SEARCHED, real=True) for side in mask.shape)
    spectra = [fft.rfft2(one, shape, workers=2) for one in fine]
    total = np.sum(spectra, axis=0)
    norms = np.array([float((one**2).sum()) for one in fine])
    found = []
    for one, spectrum, norm in zip(fine, spectra, norms, strict=True):
        others = (total - spectrum) / max(len(levels) - 1, 1)
        template = float((np.abs(others) ** 2).mean())
        if norm == 0 or template == 0:
            found.append(weak)
            continue
        found.append(_peak(fft.irfft2(spectrum * others.conj(), shape, workers=2), one, others, shape))
    return found


def _box(land: B1) -> tuple[slice, slice]:
    rows, columns = np.flatnonzero(land.any(axis=1)), np.flatnonzero(land.any(axis=0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _structure(level: F4, mask: B1) -> F4:
    """The fine structure of the land, 0 elsewhere: less its surroundings, strong points kept within 12 dB."""
    seen = mask & np.isfinite(level)
    weight = ndimage.uniform_filter(seen.astype(np.float32), SMOOTH, mode="constant")
    mean = ndimage.uniform_filter(np.where(seen, level, np.float32(0)), SMOOTH, mode="constant")
    fine = np.clip(level - mean / np.maximum(weight, 1e-6), -12, 12)
    return np.where(seen, fine, 0).astype(np.float32)


def _peak(correlation: F4, image: F4, others: npt.NDArray[np.complexfloating], shape: tuple[int, ...]) -> Displacement:
    lags = np.arange(-SEARCHED, SEARCHED + 1)
    patch = correlation[np.ix_(lags, lags)].astype(float)
    template = fft.irfft2(others, shape, workers=2)
    chance = float(np.sqrt((image.astype(float) ** 2).mean() * (template.astype(float) ** 2).sum())) or 1.0
    spline = ndimage.spline_filter(patch, order=3)
    row, column = np.unravel_index(int(patch.argmax()), patch.shape)
    near = np.arange(-1, 1 + FINE / 2, FINE)
    grid = np.meshgrid(row + near, column + near, indexing="ij")
    values = ndimage.map_coordinates(spline, grid, order=3, prefilter=False, mode="nearest")
    at = np.unravel_index(int(values.argmax()), values.shape)
    down, right = grid[0][at] - SEARCHED, grid[1][at] - SEARCHED
    return Displacement(float(down), float(right), float(patch.max()) / chance)
