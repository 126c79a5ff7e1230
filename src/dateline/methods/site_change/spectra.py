"""Change between two multispectral images: alteration detection after normalisation, and the change vector."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from dateline.imagery.normalise import Mad, Normalisation, check_bands, ir_mad, normalisation, sample_of
from dateline.methods.site_change.null import Null, empirical_null

F4 = npt.NDArray[np.float32]
B1 = npt.NDArray[np.bool_]

BLOCK = 512
"""Rows that are worked on at once."""
FEWEST = 500
"""Fewest pixels that both images must show."""
SMALLEST = 4
"""Fewest pixels of an object."""

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """score: (rows, columns) squared distance, NaN where not seen in both. mask: changed. null: its threshold.

    scale: what brought the second image onto the first's scale. vector: (rows, columns) length of the normalised
    change vector in robust standard deviations of the bands.
    """

    score: F4
    mask: B1
    null: Null
    scale: Normalisation
    vector: F4
    settled: bool


def spectral_change(
    first: F4,
    second: F4,
    names: tuple[str, ...],
    *,
    rng: np.random.Generator,
    still: B1 | None = None,
    displaced: float = 0.1,
    progress: Progress = lambda _: None,
) -> Change:
    """Change between two aligned images (bands, rows, columns) [any unit, per band], NaN where not seen.

    still: (rows, columns) ground that is declared to have stayed the same. displaced: how far pixels of the two may lie
    off each other or be blurred by resampling [px]: what that makes of edges that both images show is taken off. Fitted
    on a sample, applied in blocks of rows. Raises Refusal `bands`, `few-invariant`.
    """
    known: B1 = np.asarray(np.isfinite(first).all(axis=0) & np.isfinite(second).all(axis=0))
    at = sample_of(known, rng)
    x, y = (one.reshape(len(names), -1)[:, at].T for one in (first, second))
    for values in (x, y):
        check_bands(values, names)
    mad = ir_mad(x, y)
    scale = normalisation(x, y, mad, rng)
    usual = float(np.median(mad.distance(x, y)))
    spread = np.maximum(1.4826 * np.median(np.abs(x - (y * scale.gain + scale.offset)), axis=0), 1e-12)
    score, vector = _applied((first, second), mad, scale, (usual, displaced, spread), progress)
    quiet = None
    if still is not None and (still & known).sum() >= FEWEST:
        quiet = score[still & known].astype(float)
    sample = score.ravel()[at].astype(float)
    null = empirical_null(sample, len(names), still=quiet)
    return Change(
        score=score,
        mask=large_enough(np.nan_to_num(score) > null.threshold),
        null=null,
        scale=scale,
        vector=vector,
        settled=mad.settled,
    )


def _applied(
    images: tuple[F4, F4],
    mad: Mad,
    scale: Normalisation,
    known: tuple[float, float, npt.NDArray[np.float64]],
    progress: Progress,
) -> tuple[F4, F4]:
    """Score and change vector of all pixels, in blocks. known: usual distance, displacement, spread of the bands."""
    first, second = images
    usual, displaced, spread = known
    score, vector = (np.full(first.shape[1:], np.nan, np.float32) for _ in range(2))
    height = len(score)
    for top in range(0, height, BLOCK):
        rows = slice(top, min(top + BLOCK, height))
        wide = slice(max(top - 1, 0), rows.stop + 1)
        inner = slice(rows.start - wide.start, rows.stop - wide.start)
        squared, slope = _distance(first[:, wide], second[:, wide], mad)
        score[rows] = (squared * usual / (usual + displaced**2 * slope))[inner]
        left = (first[:, rows] - scale.apply(second[:, rows])) / spread.astype(np.float32)[:, None, None]
        vector[rows] = np.sqrt((left**2).sum(axis=0))
        progress(rows.stop / height)
    return score, vector


def _distance(first: F4, second: F4, mad: Mad) -> tuple[F4, F4]:
    """Squared distance of each pixel, and what a displacement of one pixel would add to it at edges that both show."""
    u, v = (
        np.tensordot(side.astype(np.float32).T, image - means.astype(np.float32)[:, None, None], 1)
        for image, side, means in ((first, mad.first, mad.means[0]), (second, mad.second, mad.means[1]))
    )
    spread = mad.variance.astype(np.float32)[:, None, None]
    slope = np.zeros(first.shape[1:], np.float32)
    for one, other, variance in zip(u, v, mad.variance, strict=True):
        both = [np.sum(np.square(np.gradient(side)), axis=0) for side in (one, other)]
        slope += np.nan_to_num(np.minimum(*both)) / np.float32(variance)
    return ((u - v) ** 2 / spread).sum(axis=0), slope


def large_enough(mask: B1, smallest: int = SMALLEST) -> B1:
    """The mask without patches of fewer pixels than `smallest`, corners counted as touching."""
    patches, _ = ndimage.label(mask, np.ones((3, 3)))
    keep = np.bincount(patches.ravel()) >= smallest
    keep[0] = False
    made: B1 = keep[patches]
    return made
