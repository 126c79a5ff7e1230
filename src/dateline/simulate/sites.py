"""Pairs and series of images of an invented site: fields, woods, water, roofs; season, gain, offset grids, new works.

Nothing here lies at a real place or time of an event. The ground is drawn four times finer than the image, so that
images can lie off each other by fractions of a pixel without being resampled.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

F4 = npt.NDArray[np.float32]
B1 = npt.NDArray[np.bool_]

BANDS = ("B02", "B03", "B04", "B08", "B11", "B12")
FINE = 4
"""Dots of the ground on a side of a pixel."""

SPECTRA = np.array(
    [
        [0.05, 0.08, 0.06, 0.38, 0.20, 0.10],  # crop
        [0.03, 0.05, 0.03, 0.28, 0.13, 0.06],  # wood
        [0.12, 0.14, 0.16, 0.22, 0.25, 0.23],  # town
        [0.06, 0.05, 0.03, 0.02, 0.01, 0.01],  # water
        [0.12, 0.17, 0.22, 0.30, 0.38, 0.33],  # bare
    ]
)
"""Reflectance of the covers by band [1]: rounded from common spectral libraries, for simulation only."""
SHARES = (0.4, 0.25, 0.2, 0.05, 0.1)
SEASON = np.array(
    [
        [0.15, 0.10, 0.35, -0.40, 0.15, 0.35],
        [0.10, 0.10, 0.25, -0.25, 0.05, 0.15],
        [0.02, 0.02, 0.03, -0.03, 0.02, 0.02],
        [0.15, 0.10, 0.10, 0.0, 0.0, 0.0],
        [-0.05, -0.05, -0.05, -0.05, -0.08, -0.08],
    ]
)
"""How a full season changes the covers, in shares of their reflectance [1]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two images (bands, rows, columns) [reflectance] of one ground, and where it changed (rows, columns).

    shift: rows and columns by which the second image shows the ground off the first [px].
    """

    first: F4
    second: F4
    changed: B1
    shift: tuple[float, float]


def pair(
    rng: np.random.Generator,
    *,
    shape: tuple[int, int] = (256, 256),
    season: float = 0.5,
    gain: float = 0.15,
    shift: tuple[float, float] = (0.0, 0.0),
    share: float = 0.06,
    noise: float = 0.004,
    pixels: int = 30,
) -> Pair:
    """A pair with new works on a share of the site.

    season: 0 none to 1 full. gain: greatest change of a band's gain. shift: [px], to quarters. share: of the pixels
    that change. noise: of a pixel [reflectance]. pixels: of one changed patch.
    """
    margin = int(np.ceil(max(abs(one) for one in shift))) + 2
    fine = tuple((side + 2 * margin) * FINE for side in shape)
    cover, plot = _ground(rng, fine)
    new = _works(rng, fine, share, pixels)
    texture = ndimage.gaussian_filter(rng.normal(size=fine).astype(np.float32), 2.0)
    texture *= np.float32(0.10 / texture.std())
    own = rng.normal(0, 0.15, (plot.max() + 1, len(BANDS)))
    before = _reflectance(cover, plot, texture, own)
    growth = season * (SEASON[cover].transpose(2, 0, 1) + 0.25 * season * _of_plot(rng, plot))
    target = np.where(np.isin(cover, (2, 4)), 1, 4)
    target = np.where(np.isin(cover, (0, 1)) & (plot % 2 == 0), 2, target)
    built = _reflectance(target, plot, np.roll(texture, 7, axis=0), 0 * own)
    after = np.where(new, built, before * (1 + growth.astype(np.float32)))
    move = tuple(round(one * FINE) for one in shift)
    first = _seen(before, (0, 0), margin, shape)
    second = _seen(after, (-move[0], -move[1]), margin, shape)
    gains = 1 + rng.uniform(-gain, gain, (len(BANDS), 1, 1))
    offsets = rng.uniform(-0.02, 0.02, (len(BANDS), 1, 1)) * (gain > 0)
    first = (first + rng.normal(0, noise, first.shape)).astype(np.float32)
    second = (second * gains + offsets + rng.normal(0, noise, second.shape)).astype(np.float32)
    changed = _seen(new[None].astype(np.float32), (0, 0), margin, shape)[0] >= 0.5
    return Pair(
        first=first,
        second=second,
        changed=changed,
        shift=(move[0] / FINE, move[1] / FINE),
    )


def _ground(rng: np.random.Generator, shape: tuple[int, ...]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Cover and number of plot of each dot: plots of some hundred pixels around random points."""
    count = max(30, int(np.prod(shape) / (FINE**2 * 150)))
    points = rng.random((count, 2)) * shape
    from scipy.spatial import cKDTree

    coarse = np.stack(np.meshgrid(*(np.arange(0, side, 2) for side in shape), indexing="ij"), axis=-1)
    near = cKDTree(points).query(coarse.reshape(-1, 2), workers=1)[1].reshape(coarse.shape[:2])
    plot = near.repeat(2, axis=0).repeat(2, axis=1)[: shape[0], : shape[1]]
    return rng.choice(len(SHARES), count, p=SHARES)[plot], plot


def _works(rng: np.random.Generator, shape: tuple[int, ...], share: float, pixels: int) -> B1:
    """Rectangles of new works until their share is reached."""
    made = np.zeros(shape, bool)
    while share > 0 and made.mean() < share:
        size = pixels * rng.uniform(0.5, 2.0) * FINE**2
        high = int(np.sqrt(size) * rng.uniform(0.6, 1.6))
        wide = int(size / high)
        row, column = (int(rng.integers(0, side - part)) for side, part in zip(shape, (high, wide), strict=True))
        made[row : row + high, column : column + wide] = True
    return made


def _reflectance(
    cover: npt.NDArray[np.int64], plot: npt.NDArray[np.int64], texture: F4, own: npt.NDArray[np.float64]
) -> F4:
    spectra = (SPECTRA[cover] * (1 + own[plot])).transpose(2, 0, 1).astype(np.float32)
    made: F4 = np.clip(spectra * (1 + texture), 0.002, None)
    return made


def _of_plot(rng: np.random.Generator, plot: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """How each plot's season differs from its cover's, in shares."""
    return rng.normal(0, 1, (plot.max() + 1, len(BANDS)))[plot].transpose(2, 0, 1)


def _seen(ground: F4, move: tuple[int, int], margin: int, shape: tuple[int, int]) -> F4:
    """The ground as an image sees it: means of FINE x FINE dots, from a moved corner."""
    top, left = (margin * FINE + one for one in move)
    part = ground[:, top : top + shape[0] * FINE, left : left + shape[1] * FINE]
    made: F4 = part.reshape(len(ground), shape[0], FINE, shape[1], FINE).mean(axis=(2, 4), dtype=np.float32)
    return made
