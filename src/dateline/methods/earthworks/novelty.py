"""Where an image shows thin lines that no older one shows: tile by tile, each date by the same rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage
from skimage.filters import apply_hysteresis_threshold
from skimage.morphology import skeletonize

from dateline.methods.earthworks.bank import F4, Bank, bank, respond, shadow

B1 = npt.NDArray[np.bool_]
I8 = npt.NDArray[np.int64]

SIDE = 512
"""Side of a tile with its rim [px]: FFTs of this size stay in the processor's cache."""
MARGIN = 12
"""Beyond the kernels' rim, so that a skeleton is the same on both sides of a seam [px]."""
BLOCK = 64
"""Side of the blocks in which the images' own restlessness is measured [px]."""
SAMPLED = 12
"""Tiles on which the dates' gains and thresholds are measured."""
GAIN = 0.9
"""Quantile of the answers that is made equal at all dates: most ground has not changed."""
LOW, HIGH = 0.985, 0.998
"""Quantiles of what is new at older dates, above which pixels continue and begin a line."""
KEEN = 1.15
"""What an older image shows hides this much more than itself: light and season make an old line stronger or weaker."""
THREADS = 2


@dataclass(frozen=True, slots=True)
class Layer:
    """One date's pixels. values: (rows, columns) in any unit; NaN where there is none. against: indices of the layers
    that hide what they show too; a layer without any is there to hide, and nothing is looked for in it."""

    values: F4
    against: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Thin:
    """One-pixel lines of one layer: rows, columns [px] and how far over the ground's own restlessness [1]."""

    rows: I8
    columns: I8
    strength: F4


_NOTHING = Thin(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32))


@dataclass(frozen=True, slots=True)
class Gauge:
    """What the sampled tiles told: each layer's gain [unit], restlessness [1], and the two thresholds [1]."""

    gains: tuple[float, ...]
    restless: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class _Tile:
    """A tile's first inner row and column, and how far its inner part reaches [px]."""

    row: int
    column: int
    rows: int
    columns: int


def new_lines(
    layers: Sequence[Layer],
    placebo: Sequence[int],
    *,
    width: float,
    bright: bool,
    gauge: Gauge | None = None,
    judged: B1 | None = None,
    tell: Callable[[float], None] = lambda _: None,
) -> tuple[tuple[Thin, ...], Gauge]:
    """One-pixel lines that each layer shows and the layers in its `against` do not.

    layers: all of one shape. placebo: indices of the layers at which nothing is thought to be new, which set the
    thresholds. width: of the lines [px]. gauge: thresholds measured before. judged: (rows, columns) that are set to
    where all layers have values. tell: the share of the tiles that is done. In tiles with their rims, so that memory
    does not grow with the image.
    """
    kernels = bank(width, SIDE)
    tiles = list(_tiles(layers[0].values.shape, kernels))
    used = gauge or _gauge(layers, placebo, tiles, kernels, bright)
    parts: list[list[Thin]] = [[] for _ in layers]
    with ThreadPoolExecutor(THREADS) as pool:
        work = pool.map(lambda tile: _thinned(layers, tile, kernels, used, bright), tiles)
        for number, (tile, (found, known)) in enumerate(zip(tiles, work, strict=True), 1):
            tell(number / len(tiles))
            if judged is not None:
                judged[tile.row : tile.row + tile.rows, tile.column : tile.column + tile.columns] = known
            for part, thin in zip(parts, found, strict=True):
                part.append(thin)
    return tuple(_joined(part) for part in parts), used


def _tiles(shape: tuple[int, ...], kernels: Bank) -> Iterator[_Tile]:
    inner = SIDE - 2 * (kernels.rim + MARGIN)
    for row in range(0, shape[0], inner):
        for column in range(0, shape[1], inner):
            yield _Tile(row, column, min(inner, shape[0] - row), min(inner, shape[1] - column))


def _cut(values: F4, tile: _Tile, kernels: Bank) -> tuple[F4, B1]:
    """The tile with its rim, gaps filled from their surroundings, and where it has values of its own."""
    rim = kernels.rim + MARGIN
    rows = np.arange(tile.row - rim, tile.row - rim + SIDE)
    columns = np.arange(tile.column - rim, tile.column - rim + SIDE)
    height, width = values.shape
    sides = [np.clip(along[[0, -1]], 0, n - 1) for along, n in ((rows, height), (columns, width))]
    (top, bottom), (left, right) = sides
    both = zip(sides, (rows, columns), strict=True)
    beyond = [(int(side[0] - along[0]), int(along[-1] - side[1])) for side, along in both]
    part = np.pad(values[int(top) : int(bottom) + 1, int(left) : int(right) + 1], beyond, mode="edge")
    inside = ((rows >= 0) & (rows < height))[:, None] & ((columns >= 0) & (columns < width))[None]
    known = np.isfinite(part)
    if not known.all():
        part = _filled(part, known)
    return part, known & inside


def _filled(part: F4, known: B1) -> F4:
    if not known.any():
        return np.zeros_like(part)
    nearest = ndimage.distance_transform_edt(~known, return_distances=False, return_indices=True)
    filled: F4 = part[tuple(nearest)]
    return filled


def _news(
    layers: Sequence[Layer], tile: _Tile, kernels: Bank, gains: Sequence[float], bright: bool
) -> tuple[dict[int, F4], F4, B1]:
    """What each layer shows over those it is held against, how restless the ground is, and where all have values.

    Both in units of the layers' gains.
    """
    known = np.ones((SIDE, SIDE), np.bool_)
    answers = []
    for layer, gain in zip(layers, gains, strict=True):
        part, has = _cut(layer.values, tile, kernels)
        known &= has
        answers.append(respond((part - np.float32(part.mean())) / np.float32(gain), kernels, bright=bright))
    news = {index: np.full((SIDE, SIDE), -np.inf, np.float32) for index, layer in enumerate(layers) if layer.against}
    hidden = np.empty((SIDE, SIDE), np.float32)
    for direction in range(len(kernels.spectra)):
        shadows = [np.float32(KEEN) * shadow(answer, direction) for answer in answers]
        for index, new in news.items():
            first, *others = layers[index].against
            np.copyto(hidden, shadows[first])
            for other in others:
                np.maximum(hidden, shadows[other], out=hidden)
            np.maximum(new, np.subtract(answers[index][direction], hidden, out=hidden), out=new)
    return news, _restless(layers, answers), known


def _well_inside(known: B1, kernels: Bank) -> B1:
    """Where no gap lies within the part of the kernels that counts."""
    if known.all():
        return known
    away = ndimage.distance_transform_edt(np.pad(known, 1, constant_values=True))[1:-1, 1:-1]
    return np.asarray(away > kernels.rim / 2)


def _restless(layers: Sequence[Layer], answers: Sequence[F4]) -> F4:
    """Mean difference of the older dates' greatest answers in blocks, smoothed over their neighbours."""
    older = sorted(set(layers[-1].against))
    first, second = answers[older[0]].max(axis=0), answers[older[1]].max(axis=0)
    blocks = np.abs(first - second).reshape(SIDE // BLOCK, BLOCK, SIDE // BLOCK, BLOCK).mean(axis=(1, 3))
    smooth = ndimage.uniform_filter(blocks, 3, mode="nearest")
    return np.repeat(np.repeat(smooth, BLOCK, axis=0), BLOCK, axis=1)


def _gauge(
    layers: Sequence[Layer], placebo: Sequence[int], tiles: Sequence[_Tile], kernels: Bank, bright: bool
) -> Gauge:
    """Gains first, then thresholds with them, on tiles spread evenly over the image."""
    step = max(1, len(tiles) // SAMPLED)
    chosen = tiles[::step][:SAMPLED]
    gains = tuple(_gain(layer.values, chosen, kernels, bright) for layer in layers)
    found, calm = list[F4](), list[F4]()
    for tile in chosen:
        news, restless, known = _news(layers, tile, kernels, gains, bright)
        keep, known = _inner(tile, kernels), _well_inside(known, kernels)
        calm.append(restless[keep][known[keep]])
        found += [(news[index] / restless)[keep][known[keep]] for index in placebo]
    middle = float(np.median(np.concatenate(calm))) if any(len(one) for one in calm) else 0.0
    values = np.concatenate(found)
    low, high = np.quantile(values, (LOW, HIGH)) if len(values) else (0.0, 0.0)
    return Gauge(gains, middle, max(float(low), 0.1), max(float(high), 0.2))


def _gain(values: F4, tiles: Sequence[_Tile], kernels: Bank, bright: bool) -> float:
    quantiles = []
    for tile in tiles:
        part, known = _cut(values, tile, kernels)
        keep = _inner(tile, kernels)
        if known[keep].any():
            answers = respond(part - np.float32(part.mean()), kernels, bright=bright).max(axis=0)
            quantiles.append(float(np.quantile(answers[keep][known[keep]], GAIN)))
    return max(float(np.median(quantiles)) if quantiles else 0.0, 1e-9)


def _inner(tile: _Tile, kernels: Bank) -> tuple[slice, slice]:
    rim = kernels.rim + MARGIN
    return slice(rim, rim + tile.rows), slice(rim, rim + tile.columns)


def _thinned(layers: Sequence[Layer], tile: _Tile, kernels: Bank, gauge: Gauge, bright: bool) -> tuple[list[Thin], B1]:
    """Skeletons of what is new in one tile, of its inner part, and where all have values there."""
    news, restless, known = _news(layers, tile, kernels, gauge.gains, bright)
    restless = np.maximum(restless, gauge.restless / 2)
    keep, inside = _inner(tile, kernels), _well_inside(known, kernels)
    made = dict.fromkeys(range(len(layers)), _NOTHING)
    for index, new in news.items():
        strength = np.where(inside, new / np.maximum(restless, 1e-9), 0)
        mask = apply_hysteresis_threshold(strength, gauge.low, gauge.high)  # type: ignore[no-untyped-call]
        rows, columns = skeletonize(mask)[keep].nonzero()  # type: ignore[no-untyped-call]
        strong = strength[keep][rows, columns].astype(np.float32)
        made[index] = Thin(rows + tile.row, columns + tile.column, strong)
    return list(made.values()), known[keep]


def _joined(parts: Sequence[Thin]) -> Thin:
    """The tiles' pixels as one, in order of rows and columns."""
    rows = np.concatenate([part.rows for part in parts])
    columns = np.concatenate([part.columns for part in parts])
    order = np.lexsort((columns, rows))
    strength = np.concatenate([part.strength for part in parts])
    return Thin(rows[order], columns[order], strength[order])
