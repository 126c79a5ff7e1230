"""How far each image of a stack lies off the others: correlation over land pixels, to a fraction of a pixel."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import fft, ndimage

F4 = npt.NDArray[np.float32]
F8 = npt.NDArray[np.float64]
B1 = npt.NDArray[np.bool_]
C8 = npt.NDArray[np.complex64]

SEARCHED = 4
"""Lags that are looked at, each way [px]."""
SURE = 8.0
"""Least height of the correlation peak over what chance makes of so many pixels [standard deviations]."""
FEWEST = 150
"""Fewest land pixels that can tell a displacement."""
FINE = 0.05
"""Step in which the peak is sought [px]."""
TURNS = 3
"""How often the images are laid on their mean, which is blurred at first by what they lie off each other."""
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


WEAK = Displacement(0.0, 0.0, 0.0)


def displacements(levels: F4, land: B1) -> list[Displacement]:
    """The displacement of each image against the mean of all, by correlation over land pixels.

    levels: (T, rows, columns) in a logarithmic scale [dB], NaN where nothing was seen. land: (rows, columns). An image
    with displacement d shows at pixel p what the mean shows at p - d. Correlation with a known scene in white noise is
    the maximum-likelihood displacement (Kuglin and Hines 1975 for the method in the Fourier plane); its peak is sought
    on a spline through the lags around it. What was found is undone before the mean is taken again: a mean of images
    that lie off each other draws them to itself.
    """
    if land.sum() < FEWEST:
        return [WEAK] * len(levels)
    rows, columns = _box(land)
    mask = land[rows, columns]
    fine = [_structure(level[rows, columns], mask) for level in levels]
    shape = (
        fft.next_fast_len(mask.shape[0] + 2 * SEARCHED, True),
        fft.next_fast_len(mask.shape[1] + 2 * SEARCHED, True),
    )
    spectra = [fft.rfft2(one, shape, workers=2) for one in fine]
    first = found = _against_others(fine, spectra, spectra, shape)
    for _ in range(TURNS - 1):
        laid = [_moved_back(one, at, shape) for one, at in zip(spectra, found, strict=True)]
        found = _against_others(fine, spectra, laid, shape)
    # How sure is said before anything was moved: swell that was laid on itself would look sure afterwards.
    return [replace(one, sure=min(one.sure, at.sure)) for one, at in zip(found, first, strict=True)]


def _against_others(fine: list[F4], spectra: list[C8], laid: list[C8], shape: tuple[int, int]) -> list[Displacement]:
    """The displacement of each image against the mean of the others as they were laid. fine: the images themselves."""
    total = np.sum(laid, axis=0)
    found = []
    for one, spectrum, own in zip(fine, spectra, laid, strict=True):
        others = (total - own) / max(len(laid) - 1, 1)
        if not one.any() or not others.any():
            found.append(WEAK)
            continue
        found.append(_peak(fft.irfft2(spectrum * others.conj(), shape, workers=2), one, others, shape))
    return found


def _moved_back(spectrum: C8, by: Displacement, shape: tuple[int, int]) -> C8:
    """The spectrum of an image with its displacement undone."""
    down, right = fft.fftfreq(shape[0])[:, None], fft.rfftfreq(shape[1])[None]
    turned: C8 = (spectrum * np.exp(2j * np.pi * (down * by.rows + right * by.columns))).astype(spectrum.dtype)
    return turned


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


def _peak(correlation: F4, image: F4, others: C8, shape: tuple[int, int]) -> Displacement:
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
