"""Whether two pictures that a homography lays on each other are one exposure: brightness compared place by place."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from dateline.media.features import resized
from dateline.media.homography import moved

F4 = npt.NDArray[np.float32]
F8 = npt.NDArray[np.float64]

SIDE, SMALLEST, SQUARE, DETAIL = 256, 128, 16, 2.0
"""[px] Longer side at which pictures are compared, and at least where one is small; squares they are compared in; size
of the detail."""
LEAST_SPREAD = 1.5
"""Standard deviation [grey levels] of detail under which a square shows nothing to compare."""
ALIKE = 0.8
"""Correlation from which a square shows the same."""
FINER = 1.02
"""Scale from which the second picture counts as finer than the first."""
FEWEST = 6
"""Squares that must show something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How far two pictures laid on each other are one.

    median: correlation of the squares' detail; share: of squares that show the same; both None where too few squares
    show anything. squares: compared. gain: contrast of the second picture over the first's; sharpness: the same of its
    finest detail, over the gain; covered: shares of the first and of the second picture that show what both show.
    """

    median: float | None
    share: float | None
    squares: int
    gain: float
    sharpness: float
    covered: tuple[float, float]
    middle: int = 0
    """Squares in the middle half of what both show that show the same: a frame of graphics has none there."""


def agreement(one: F4, other: F4, matrix: F8) -> Agreement:
    """Compares the second picture with the first laid on it.

    one, other: (rows, columns) brightness, 0 to 255; matrix: (3, 3), the first's pixels to the second's. Detail is what
    a Gaussian of two pixels takes away from pictures reduced to 256 pixels (to a smaller one's own size, but 128 at
    least), correlated in squares of 16 pixels: colour, contrast, a bar or a logo over part of it do not matter; another
    day's light, growth and cars do.
    """
    if _zoom(one, other, matrix) <= FINER:
        return _laid_over(one, other, matrix)
    turned = _laid_over(other, one, np.asarray(np.linalg.inv(matrix)))  # the finer on the coarser, whichever is first
    return replace(
        turned,
        gain=1 / max(turned.gain, 1e-6),
        sharpness=1 / max(turned.sharpness, 1e-6),
        covered=turned.covered[::-1],
    )


def _zoom(one: F4, other: F4, matrix: F8) -> float:
    """How much larger the first is drawn on the second, both reduced [1]."""
    scale = float(max(one.shape) / max(other.shape))
    return scale * float(np.sqrt(abs(np.linalg.det(matrix[:2, :2] / matrix[2, 2]))))


def _laid_over(one: F4, other: F4, matrix: F8) -> Agreement:
    side = max(SMALLEST, min(SIDE, max(one.shape), max(other.shape)))
    (a, to_a), (b, to_b) = _reduced(one, side), _reduced(other, side)
    small = to_b @ matrix @ np.linalg.inv(to_a)
    zoom = float(np.sqrt(abs(np.linalg.det(small[:2, :2] / small[2, 2]))))
    rows, columns = np.indices(b.shape)
    at = moved(np.linalg.inv(small), np.column_stack([columns.ravel(), rows.ravel()]).astype(np.float64))
    a, b = (ndimage.gaussian_filter(each, 0.7 * max(1.0, scale)) for each, scale in ((a, 1 / zoom), (b, zoom)))
    laid, fine_laid = (_laid(each, at, b.shape) for each in (a, _detail(a)))
    seen = np.isfinite(laid)
    correlations, gains, middle = _compared(fine_laid, _detail(b), laid, b)
    enough = len(correlations) >= FEWEST
    gain = float(np.median(gains)) if enough else 1.0
    return Agreement(
        median=float(np.median(correlations)) if enough else None,
        share=float((correlations >= ALIKE).mean()) if enough else None,
        squares=len(correlations),
        middle=int(((correlations >= ALIKE) & middle).sum()),
        gain=gain,
        sharpness=_sharpness(b, seen) / max(_sharpness(laid, seen) * gain, 1e-6),
        covered=(min(1.0, float(seen.sum()) / zoom**2 / a.size), float(seen.mean())),
    )


def _laid(picture: F4, at: F8, shape: tuple[int, ...]) -> F4:
    """The picture at (n, 2) places x, y of it, NaN outside."""
    values = ndimage.map_coordinates(picture, [at[:, 1], at[:, 0]], order=1, mode="constant", cval=np.nan)
    return np.asarray(values.reshape(shape), np.float32)


def _detail(picture: F4) -> F4:
    return np.asarray(picture - ndimage.gaussian_filter(picture, DETAIL), np.float32)


def _compared(fine: F4, other_fine: F4, plain: F4, other_plain: F4) -> tuple[F4, F4, npt.NDArray[np.bool_]]:
    """(n,) correlation of detail in every square that shows any, the ratio of contrast, and whether it lies in the
    middle half of what both show.

    The best of nine places a pixel apart: a homography is seldom better than that, and copies need not be flat.
    """
    first, second = _squares(fine), _squares(other_fine)
    shows = np.isfinite(first).all(axis=1) & (second.std(axis=1) > LEAST_SPREAD)
    shows[shows] &= first[shows].std(axis=1) > LEAST_SPREAD
    filled = np.nan_to_num(fine)
    nine = [np.roll(filled, (down, right), (0, 1)) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    best = np.max([_correlation(_squares(each)[shows], second[shows]) for each in nine], axis=0)
    before, after = (_squares(each)[shows].std(axis=1) for each in (plain, other_plain))
    return best, after / before, _in_middle(np.isfinite(fine))[shows]


def _in_middle(seen: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """(n,) Which squares lie whole in the middle half, in both directions, of what is seen."""
    high, wide = (size // SQUARE for size in seen.shape)
    inside = []
    for count, axis in ((high, 1), (wide, 0)):
        lines = np.flatnonzero(seen.any(axis=axis))
        first, last = (lines[0], lines[-1] + 1) if lines.size else (0, 0)
        centres = (np.arange(count) + 0.5) * SQUARE
        inside.append(np.abs(centres - (first + last) / 2) + SQUARE / 2 <= (last - first) / 4)
    return np.asarray((inside[0][:, None] & inside[1][None, :]).ravel())


def _reduced(grey: F4, side: int) -> tuple[F4, F8]:
    """The picture at a longer side [px], and the matrix from its pixels to those."""
    rows, columns = grey.shape
    scale = side / max(rows, columns)
    shape = (max(1, round(rows * scale)), max(1, round(columns * scale)))
    sx, sy = shape[1] / columns, shape[0] / rows
    matrix = np.array([[sx, 0, sx / 2 - 0.5], [0, sy, sy / 2 - 0.5], [0, 0, 1]])
    return resized(grey, shape), matrix


def _squares(picture: F4) -> F4:
    """(n, 256) the whole squares of a picture."""
    high, wide = (size // SQUARE for size in picture.shape)
    whole = picture[: high * SQUARE, : wide * SQUARE].reshape(high, SQUARE, wide, SQUARE)
    return np.asarray(whole.transpose(0, 2, 1, 3).reshape(high * wide, SQUARE * SQUARE))


def _correlation(first: F4, second: F4) -> F4:
    """(n,) correlation of each square."""
    a, b = (one - one.mean(axis=1, keepdims=True) for one in (first, second))
    spread = np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    return np.asarray((a * b).sum(axis=1) / np.maximum(spread, 1e-6))


def _sharpness(picture: F4, seen: npt.NDArray[np.bool_]) -> float:
    inner = ndimage.binary_erosion(seen, iterations=3)
    fine = ndimage.laplace(np.where(seen, picture, 0))
    return float(np.abs(fine[inner]).mean()) if inner.any() else 0.0
