"""Bright or dark blobs of a known size: where to look first and how to stratify. Never a count."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from dateline.methods.counting.matching import F8


def blobs(grey: npt.NDArray[np.float32], size: float, *, dark: bool = False) -> F8:
    """(n, 2) column and row of blobs about `size` across [px], strongest first.

    White top-hat (what an opening by a disc twice as wide takes away; Meyer 1979), then maxima of the negative
    Laplacian of Gaussian at sigma = size / (2 sqrt 2) (Lindeberg 1998, 10.1023/A:1008045108935) above five robust
    standard deviations. Good for strata only: its threshold is tuned on no truth.
    """
    image = -grey if dark else grey
    reach = max(3, round(2 * size) | 1)
    hat = image - ndimage.grey_opening(image, size=(reach, reach))
    answer = -ndimage.gaussian_laplace(hat, size / (2 * np.sqrt(2)))
    spread = 1.4826 * float(np.median(np.abs(answer - np.median(answer))))
    peak = (answer == ndimage.maximum_filter(answer, size=max(3, round(size) | 1))) & (answer > 5 * spread)
    rows, columns = np.nonzero(peak & (answer > 0))
    order = np.argsort(-answer[rows, columns], kind="stable")
    return np.stack([columns[order] + 0.5, rows[order] + 0.5], axis=1).astype(np.float64)
