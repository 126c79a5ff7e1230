"""Places for people to look at, where colours alone are known: ranked by how lastingly they differ, never a finding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from dateline.imagery.align.structure import log_gradient

F4 = npt.NDArray[np.float32]
B1 = npt.NDArray[np.bool_]

SCALE = 4.0
"""Width of the Gaussian over which places are compared [px]: what is listed is a place, not a pixel."""
FULL = 4.0
"""Colours this far off the line between two images are wholly different [robust standard deviations]."""
FLAT = 0.05
"""Structure whose variance is under this is none: correlation there means nothing."""
MOST = 20
"""Places that are listed."""
TILE = 2048
"""Side of the parts in which large images are worked on [px]; colours are compared within each."""
APART = 3.0
"""Places on the list lie this many scales from each other at least."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One place: row and column [px], score [spreads of the site], split: number of the first image after it."""

    row: int
    column: int
    score: float
    split: int
    pixels: int


def ranked(
    images: Sequence[F4], *, splits: Sequence[int] | None = None, most: int = MOST
) -> tuple[list[Candidate], F4]:
    """The most lasting differences of colour and of structure, and their map.

    images: (bands, rows, columns) each, aligned, in order of time, NaN where not seen. splits: numbers of the images
    at which a change may begin; all by default. Of three images and more, what differs across a split counts less what
    differs on either side of it: season comes and goes. Score: robust standard deviations of the site's own places.
    """
    admissible = list(range(1, len(images))) if splits is None else list(splits)
    rows, columns = images[0].shape[1:]
    best = np.full((rows, columns), -np.inf, np.float32)
    which = np.zeros(best.shape, np.int16)
    for inner, wide, own in _tiles((rows, columns)):
        made, number = _strongest([image[:, *wide] for image in images], admissible)
        best[inner], which[inner] = made[own], number[own]
    known = np.isfinite(best)
    middle = float(np.median(best[known])) if known.any() else 0.0
    spread = 1.4826 * float(np.median(np.abs(best[known] - middle))) if known.any() else 1.0
    score = np.where(known, (best - middle) / max(spread, 1e-9), np.nan).astype(np.float32)
    return _peaks(score, which, most), score


Slices = tuple[slice, slice]


def _tiles(shape: tuple[int, int]) -> Iterator[tuple[Slices, Slices, Slices]]:
    """Parts of a large image: the part, the part with what its places' surroundings need, and the part within that."""
    margin = int(np.ceil(6 * SCALE))
    for top in range(0, shape[0], TILE):
        for left in range(0, shape[1], TILE):
            starts, stops = (top, left), (min(top + TILE, shape[0]), min(left + TILE, shape[1]))
            wide = [
                slice(max(start - margin, 0), min(stop + margin, side))
                for start, stop, side in zip(starts, stops, shape, strict=True)
            ]
            inner = [slice(start, stop) for start, stop in zip(starts, stops, strict=True)]
            own = [slice(a.start - b.start, a.stop - b.start) for a, b in zip(inner, wide, strict=True)]
            yield (inner[0], inner[1]), (wide[0], wide[1]), (own[0], own[1])


def _strongest(images: Sequence[F4], admissible: Sequence[int]) -> tuple[F4, npt.NDArray[np.int16]]:
    """The greatest lasting difference of each pixel over the splits, and the split."""
    count = len(images)
    places = [_Place.of(image) for image in images]
    apart = {(i, j): _apart(places[i], places[j]) for i in range(count) for j in range(i + 1, count)}
    maps = np.nan_to_num(np.stack([_lasting(apart, split, count) for split in admissible]), nan=-np.inf)
    return maps.max(axis=0), np.array(admissible, np.int16)[maps.argmax(axis=0)]


@dataclass(frozen=True, slots=True)
class _Place:
    """An image at the scale of places: its blurred colours, and its structure with where that is known."""

    colours: F4
    structure: F4
    known: B1

    @classmethod
    def of(cls, image: F4) -> _Place:
        grey = np.asarray(np.mean(image, axis=0), np.float32)
        structure, known = log_gradient(grey)
        return cls(np.stack([_blurred(band) for band in image]), structure, known)


def _apart(first: _Place, second: _Place) -> F4:
    """How unlike two images are at each place: colour up to 1, structure up to 1; NaN where either is unknown."""
    total = np.zeros(first.known.shape)
    for one, other in zip(first.colours, second.colours, strict=True):
        total = total + np.minimum(_off_line(one, other), _off_line(other, one)) ** 2
    colour = np.sqrt(total / len(first.colours)) / FULL
    return (np.minimum(colour, 1) + _unlike(first, second)).astype(np.float32)


def _off_line(x: F4, y: F4) -> F4:
    """How far y lies off the line through most of its values against x, in robust standard deviations."""
    known = np.isfinite(x) & np.isfinite(y)
    step = max(1, int(known.sum()) // 5_000)
    a, b = x[known][::step].astype(float), y[known][::step].astype(float)
    if len(a) < 10:
        return np.full(x.shape, np.nan, np.float32)
    weight, slope, offset, spread = np.ones(len(a)), 1.0, 0.0, 1.0
    for _ in range(8):
        middle_a, middle_b = np.average(a, weights=weight), np.average(b, weights=weight)
        rise = float(weight @ ((a - middle_a) * (b - middle_b)))
        slope = rise / max(float(weight @ (a - middle_a) ** 2), 1e-12)
        offset = float(middle_b - slope * middle_a)
        left = b - slope * a - offset
        spread = 1.4826 * float(np.median(np.abs(left))) + 1e-6
        weight = 1 / (1 + (left / spread) ** 2)
    made: F4 = (np.abs(y - slope * x - offset) / spread).astype(np.float32)
    return made


def _unlike(first: _Place, second: _Place) -> F4:
    """1 less the local correlation of structures: season recolours the ground, works redraw it."""
    known = first.known & second.known
    weight = ndimage.gaussian_filter(known.astype(np.float32), 2 * SCALE)

    def local(values: F4) -> F4:
        masked = np.where(known, values, np.float32(0))
        made: F4 = (ndimage.gaussian_filter(masked, 2 * SCALE) / np.maximum(weight, 1e-6)).astype(np.float32)
        return made

    a, b = first.structure, second.structure
    mean_a, mean_b = local(a), local(b)
    together = local(a * b) - mean_a * mean_b
    rough = (local(a * a) - mean_a**2) * (local(b * b) - mean_b**2)
    apart = np.clip(1 - together / np.sqrt(np.maximum(rough, 0) + FLAT**2), 0, 1)
    made: F4 = np.where(weight > 0.5, apart, np.nan).astype(np.float32)
    return made


def _blurred(plane: F4) -> F4:
    known = np.isfinite(plane)
    weight = ndimage.gaussian_filter(known.astype(np.float32), SCALE)
    total = ndimage.gaussian_filter(np.where(known, plane, np.float32(0)), SCALE)
    made: F4 = np.where(weight > 0.5, total / np.maximum(weight, 1e-6), np.float32(np.nan)).astype(np.float32)
    return made


def _lasting(apart: dict[tuple[int, int], F4], split: int, count: int) -> F4:
    across = [apart[i, j] for i in range(split) for j in range(split, count)]
    within = [distance for (i, j), distance in apart.items() if (i < split) == (j < split)]
    made: F4 = np.mean(across, axis=0).astype(np.float32)
    return made - np.mean(within, axis=0).astype(np.float32) if within else made


def _peaks(score: F4, which: npt.NDArray[np.int16], most: int) -> list[Candidate]:
    reach = int(np.ceil(APART * SCALE))
    filled = np.nan_to_num(score, nan=-np.inf)
    top = (ndimage.maximum_filter(filled, 2 * reach + 1, mode="nearest") == filled) & np.isfinite(score)
    rows, columns = np.nonzero(top)
    order = np.argsort(-filled[rows, columns])[:most]
    found = []
    for row, column in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
        value = float(score[row, column])
        if value <= 0:
            continue
        around = np.s_[
            max(row - 4 * reach, 0) : row + 4 * reach + 1, max(column - 4 * reach, 0) : column + 4 * reach + 1
        ]
        near, _ = ndimage.label(filled[around] > value / 2)
        own = near[row - around[0].start, column - around[1].start]
        pixels = int((near == own).sum())
        found.append(Candidate(row, column, value, int(which[row, column]), pixels))
    return found
