"""Lines put into an older image to see which are found again, and how long they come out."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from dateline.imagery import drawn
from dateline.methods.earthworks.chain import Chain
from dateline.methods.earthworks.measures import length, redrawn

F4 = npt.NDArray[np.float32]
F8 = npt.NDArray[np.float64]

LEVELS = (0.5, 1.0, 2.0, 4.0)
"""Contrasts of planted lines, in standard deviations of the ground around them."""
LONG, LEGS, TURN = 20.0, 4, 0.5
"""A planted line is LONG widths long, in LEGS legs; every second one turns to and fro by TURN [radian]."""
BLUR = 0.7
"""Of planted lines, as an image's own optics [px]."""
NEAR = 3.0
"""A found line within this belongs to a planted one [px]; Wiedemann et al. 1998."""
MOST, FEWEST = 64, 8
"""Planted lines at most, and fewer than which nothing is said."""


@dataclass(frozen=True, slots=True)
class Planted:
    """One line: its points (n, 2) columns, rows [px], its contrast in units of the ground's spread [1]."""

    points: F8
    level: float

    @property
    def length(self) -> float:
        """[px]"""
        return float(np.hypot(*np.diff(self.points, axis=0).T).sum())


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of one planted line. seen: share of it that was found. ratio: length of what was found to its own.

    contrast: as measured on what was found [spreads of the ground], None where nothing was.
    """

    level: float
    seen: float
    ratio: float
    contrast: float | None = None


def plant(
    values: F4, known: npt.NDArray[np.bool_], *, width: float, bright: bool, rng: np.random.Generator
) -> tuple[F4, tuple[Planted, ...], float]:
    """The image with lines in it, the lines, and the spread of the ground that their contrasts are counted in.

    values: (rows, columns) in any unit; known: where they are values. width: [px].
    """
    spread = _spread(values, known, width)
    places = _places(known, 1.15 * LONG * width, rng)
    lines = [
        Planted(_line(place, width, zigzag=number % 2 == 0, rng=rng), LEVELS[number // 2 % len(LEVELS)])
        for number, place in enumerate(places)
    ]
    made = values.copy()
    for level in LEVELS:
        chosen = [line.points for line in lines if line.level == level]
        sign = 1 if bright else -1
        made += np.float32(sign * level * spread) * drawn.cover(chosen, values.shape, width=width, blur=BLUR)
    return made, tuple(lines), spread


def _spread(values: F4, known: npt.NDArray[np.bool_], width: float) -> float:
    """Middle standard deviation of the ground over the size of a kernel [the image's unit]."""
    filled = np.where(known, values, np.median(values[known])).astype(np.float64)
    size = 6 * width
    mean = ndimage.gaussian_filter(filled, size)
    square = ndimage.gaussian_filter((filled - mean) ** 2, size)
    return float(np.sqrt(np.median(square[known])))


def _places(known: npt.NDArray[np.bool_], side: float, rng: np.random.Generator) -> F8:
    """Middles of square cells without gaps, in random order."""
    step = math.ceil(side)
    rows, columns = (size // step for size in known.shape)
    cells = known[: rows * step, : columns * step].reshape(rows, step, columns, step)
    down, right = np.nonzero(np.all(cells, axis=(1, 3)))
    order = rng.permutation(len(down))[:MOST]
    return np.stack([right[order] + 0.5, down[order] + 0.5], axis=1) * step


def _line(middle: F8, width: float, *, zigzag: bool, rng: np.random.Generator) -> F8:
    """Legs in one direction, or turning to and fro."""
    angle = rng.uniform(0, 2 * math.pi)
    turns = angle + (TURN * (-1.0) ** np.arange(LEGS) if zigzag else np.zeros(LEGS))
    steps = LONG * width / LEGS * np.stack([np.cos(turns), np.sin(turns)], axis=1)
    points = np.concatenate([np.zeros((1, 2)), np.cumsum(steps, axis=0)])
    return np.asarray(points - points.mean(axis=0) + middle)


def trials(
    planted: Sequence[Planted],
    found: Sequence[Chain],
    shape: tuple[int, int],
    contrast: Callable[[Chain], float | None] = lambda _: None,
) -> tuple[Trial, ...]:
    """What of each planted line was found: by pixels within 3 px of it. contrast: measures that of a found line."""
    pixels = np.concatenate([chain.pixels for chain in found]) if found else np.empty((0, 2), np.int64)
    drawn_found = np.ones(shape, np.bool_)
    drawn_found[pixels[:, 1], pixels[:, 0]] = False
    away = ndimage.distance_transform_edt(drawn_found) if len(pixels) else np.full(shape, np.inf)
    made = []
    for line in planted:
        near = drawn.distance([line.points], shape, 3 * NEAR)
        own = [chain for chain in found if np.mean(near[chain.pixels[:, 1], chain.pixels[:, 0]] <= NEAR) > 0.5]
        on = along(line.points)
        seen = float(np.mean(away[on[:, 1], on[:, 0]] <= NEAR))
        measured = [one for chain in own if (one := contrast(chain)) is not None]
        ratio = sum(length(redrawn(chain.pixels)) for chain in own) / line.length
        made.append(Trial(line.level, seen, ratio, float(np.median(measured)) if measured else None))
    return tuple(made)


def along(points: F8) -> npt.NDArray[np.int64]:
    """(n, 2) columns and rows of the pixels along a line, one about each pixel of its length."""
    made = []
    for start, end in pairwise(points):
        count = max(1, math.ceil(float(np.hypot(*(end - start)))))
        made.append(start + (end - start) * np.arange(count)[:, None] / count)
    pixels: npt.NDArray[np.int64] = np.floor(np.concatenate([*made, points[-1:]])).astype(np.int64)
    return pixels
