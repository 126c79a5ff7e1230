"""Places for people to look at, where colours alone are known: ranked by how lastingly they differ, never a finding."""

from __future__ import annotations

from collections.abc import Sequence
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
    count = len(images)
    places = [_Place.of(image) for image in images]
    apart = {(i, j): _apart(places[i], places[j]) for i in range(count) for j in range(i + 1, count)}
    admissible = list(range(1, count)) if splits is None else list(splits)
    maps = np.stack([_lasting(apart, split, count) for split in admissible])
    filled = np.nan_to_num(maps, nan=-np.inf)
    best = filled.max(axis=0)
    which = np.array(admissible)[filled.argmax(axis=0)]
    known = np.isfinite(best)
    middle = float(np.median(best[known])) if known.any() else 0.0
    spread = 1.4826 * float(np.median(np.abs(best[known] - middle))) if known.any() else 1.0
    score = np.where(known, (best - middle) / max(spread, 1e-9), np.nan).astype(np.float32)
    return _peaks(score, which, most), score


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


def _peaks(score: F4, which: npt.NDArray[np.int64], most: int) -> list[Candidate]:
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
        near, _ = ndimage.label(filled > value / 2)
        pixels = int((near == near[row, column]).sum())
        found.append(Candidate(row, column, value, int(which[row, column]), pixels))
    return found
