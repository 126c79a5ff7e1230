"""What one place shows on two dates: colours inside and around, contrast across its outline, and how alike it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from dateline.core.errors import Refusal
from dateline.imagery.chip import Chip
from dateline.imagery.normalise import ir_mad, normalisation, sample_of
from dateline.methods.site_change.footprints import FEWEST, Outline
from dateline.methods.site_change.stack import is_picture

F4 = npt.NDArray[np.float32]
F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]
B1 = npt.NDArray[np.bool_]

REACH = 3
"""How far a roof may lean or lie off on one image against the other [px]."""
MOVES: I8 = np.array([(r, c) for r in range(-REACH, REACH + 1) for c in range(-REACH, REACH + 1)])
_LEAST = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Views:
    """Both images on one scale. colours: (2, k, rows, columns), Lab of pictures, else bands over their spread. grey,
    down, across: (2, rows, columns) brightness and its slopes. seen: (rows, columns) in both.
    """

    colours: F4
    grey: F4
    down: F4
    across: F4
    seen: B1


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """One place. inside, ring: (2, k) mean colours. edge: (2,) contrast across the outline over that of its area [1].
    density: (2,) slopes inside over those of the ring [1]. likeness: correlation of the two dates at the best move
    [1]; move: that move, rows and columns [px].
    """

    inside: F8
    ring: F8
    edge: F8
    density: F8
    likeness: float
    move: tuple[int, int]

    @property
    def change(self) -> F8:
        """(k + 2,) colours inside, the edge, likeness on Fisher's scale: unchanged roofs lie together.

        The ring's colours are no part of it: grass around a roof has its seasons, a roof has none.
        """
        likeness = np.arctanh(np.clip(self.likeness, -0.95, 0.99))
        return np.array([*(self.inside[1] - self.inside[0]), self.edge_change, likeness])

    @property
    def edge_change(self) -> float:
        """The edge after less the edge before [1]."""
        return float(self.edge[1] - self.edge[0])


def views_of(first: Chip, second: Chip, rng: np.random.Generator) -> tuple[Views, str | None]:
    """Both images with the second on the first's scale, and a sentence where no invariant pixels tell that scale."""
    bands = [band for band in first.bands if band in second.bands]
    a, b = (np.stack([chip.band(band) for band in bands]) for chip in (first, second))
    seen: B1 = np.asarray(np.isfinite(a).all(axis=0) & np.isfinite(b).all(axis=0))
    at = sample_of(seen, rng)
    x, y = (one.reshape(len(bands), -1)[:, at].T for one in (a, b))
    said = None
    try:
        b = normalisation(x, y, ir_mad(x, y), rng).apply(b)
    except Refusal as refusal:
        said = f"{refusal.what} The images were brought to one mean and spread instead."
        gain = x.std(axis=0) / np.maximum(y.std(axis=0), _LEAST)
        b = (b - y.mean(axis=0)[:, None, None]) * gain[:, None, None] + x.mean(axis=0)[:, None, None]
    colours = np.stack([_colours(one, first, bands, x.std(axis=0)) for one in (a, b)])
    grey = colours[:, 0] if is_picture(first) and len(bands) == 3 else colours.mean(axis=1)
    filled = np.where(seen, grey, np.nanmean(grey))
    smooth = np.stack([ndimage.gaussian_filter(one, 0.7) for one in filled])
    return Views(
        colours=colours,
        grey=grey,
        down=np.gradient(smooth, axis=1).astype(np.float32),
        across=np.gradient(smooth, axis=2).astype(np.float32),
        seen=seen,
    ), said


def _colours(values: F4, chip: Chip, bands: list[str], spread: F8) -> F4:
    if is_picture(chip) and len(bands) == 3:
        from skimage.color import rgb2lab

        lab = rgb2lab(np.clip(np.nan_to_num(values).transpose(1, 2, 0) / 255, 0, 1))
        made: F4 = np.asarray(lab.transpose(2, 0, 1), np.float32)
        return made
    scaled: F4 = (values / np.maximum(spread, _LEAST)[:, None, None]).astype(np.float32)
    return scaled


def fits(views: Views, outline: Outline, by: tuple[int, int] = (0, 0)) -> bool:
    """Whether both images show the whole place, moved by rows and columns [px], and a margin around it."""
    if len(outline.inside) < FEWEST or len(outline.ring) < FEWEST:
        return False
    pixels = np.concatenate([outline.inside, outline.ring]) + by
    height, width = views.seen.shape
    if (pixels < REACH + 1).any() or (pixels >= np.array([height, width]) - REACH - 1).any():
        return False
    return bool(views.seen[pixels[:, 0], pixels[:, 1]].all())


def signs_of(views: Views, outline: Outline, by: tuple[int, int] = (0, 0)) -> Signs:
    """What a place shows, moved by rows and columns [px]. The place must fit."""
    inside, ring = outline.inside + by, outline.ring + by
    likeness, move = _likeness(views, np.concatenate([inside, ring]))
    moved = (inside, inside + move)
    rings = (ring, ring + move)
    colours = [_means(views.colours[i], moved[i]) for i in (0, 1)]
    around = [_means(views.colours[i], rings[i]) for i in (0, 1)]
    slopes = [(_slope(views, i, moved[i]), _slope(views, i, rings[i])) for i in (0, 1)]
    edge = [_edge(views, i, outline, by) / max((sum(slopes[i]) / 2), _LEAST) for i in (0, 1)]
    return Signs(
        inside=np.array(colours),
        ring=np.array(around),
        edge=np.array(edge),
        density=np.array([inner / max(outer, _LEAST) for inner, outer in slopes]),
        likeness=likeness,
        move=(int(move[0]), int(move[1])),
    )


def _means(colours: F4, pixels: I8) -> F8:
    made: F8 = np.nan_to_num(colours[:, pixels[:, 0], pixels[:, 1]]).mean(axis=1, dtype=float)
    return made


def _slope(views: Views, date: int, pixels: I8) -> float:
    rows, columns = pixels.T
    return float(np.hypot(views.down[date, rows, columns], views.across[date, rows, columns]).mean())


def _edge(views: Views, date: int, outline: Outline, by: tuple[int, int]) -> float:
    """Mean slope across the outline where it fits best within reach: a roof leans, its outline was drawn once."""
    points = np.rint(outline.edge + by).astype(int)[None] + MOVES[:, None]
    rows = np.clip(points[..., 0], 0, views.seen.shape[0] - 1)
    columns = np.clip(points[..., 1], 0, views.seen.shape[1] - 1)
    down, across = views.down[date, rows, columns], views.across[date, rows, columns]
    return float(np.abs(down * outline.normals[:, 0] + across * outline.normals[:, 1]).mean(axis=1).max())


def _likeness(views: Views, pixels: I8) -> tuple[float, I8]:
    """Best normalised cross-correlation of brightness within reach, and the move of the second image there."""
    here = np.nan_to_num(views.grey[0, pixels[:, 0], pixels[:, 1]]).astype(float)
    there = pixels[None] + MOVES[:, None]
    other = np.nan_to_num(views.grey[1, there[..., 0], there[..., 1]]).astype(float)
    here = here - here.mean()
    other = other - other.mean(axis=1, keepdims=True)
    scale = np.sqrt((here**2).sum() * (other**2).sum(axis=1))
    found = other @ here / np.maximum(scale, _LEAST)
    best = int(found.argmax())
    return float(found[best]), MOVES[best]


def shadow_length(
    grey: F4, outline: Outline, sun: tuple[float, float], size: float, most: float = 40.0
) -> float | None:
    """Length of the shadow that a roof throws [m]: how far it is dark from the outline away from the sun.

    grey: (rows, columns) brightness. sun: elevation and azimuth [degrees]. size: side of a pixel [m]. The median over
    points of the shaded side; dark is under half way from the ring's median to the darkest there. None where no point
    lies on the shaded side, or where nothing is dark.
    """
    away = np.radians(sun[1] + 180)
    step = np.array([-np.cos(away), np.sin(away)])
    centre = outline.inside.mean(axis=0)
    shaded = outline.edge[(outline.edge - centre) @ step > 0.25 * outline.narrow]
    reach = np.arange(1, max(3, int(most / size)))
    points = np.rint(shaded[:, None] + reach[None, :, None] * step).astype(int)
    if not len(shaded):
        return None
    within = ((points >= 0) & (points < np.array(grey.shape))).all(axis=2)
    rows, columns = (np.clip(points[..., i], 0, grey.shape[i] - 1) for i in (0, 1))
    lines = np.where(within, grey[rows, columns], np.inf)
    level, floor = float(np.nanmedian(grey[outline.ring[:, 0], outline.ring[:, 1]])), float(np.nanmin(lines))
    dark = lines < (level + floor) / 2
    begun = np.cumsum(dark, axis=1) > 0
    begun[:, REACH:] = True  # a roof that leans covers the first pixels of its shadow, no more of them
    ends = begun & ~dark
    lengths = np.where(ends.any(axis=1), ends.argmax(axis=1), dark.shape[1])
    lengths = np.where(dark[:, : REACH + 1].any(axis=1), lengths, 0)
    middle = float(np.median(lengths))
    return middle * size if middle > 0 else None
