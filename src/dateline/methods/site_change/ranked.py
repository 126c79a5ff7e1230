"""Places for people to look at, where colours alone are known: ranked by how lastingly they differ, never a finding."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from dateline.imagery.align.structure import steepness, structure_of

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
STEP = 2
"""Places are compared at every second row and column: what is SCALE wide is not told finer."""
TILE, MARGIN = 1024, 48
"""Side of the parts that are worked on, and what around them their places rest on [px, whole steps]."""
SAMPLE, SAMPLES = 256, 6
"""Side of the parts that tell how the images' colours go together [px], and how many of them a side."""
THREADS = 2
_MANY = 1_000_000
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
    images: Sequence[F4],
    *,
    within: B1 | None = None,
    splits: Sequence[int] | None = None,
    most: int = MOST,
    tell: Callable[[float], None] = lambda _: None,
) -> tuple[list[Candidate], B1]:
    """The most lasting differences of colour and of structure, and where they could be told.

    images: (bands, rows, columns) each, aligned, in order of time, NaN where not seen; they may be read part by part.
    within: (rows, columns) the site. splits: numbers of the images at which a change may begin; all by default. Of
    three images and more, what differs across a split counts less what differs on either side of it: season comes and
    goes. Score: robust standard deviations of the site's own places. tell: the share that is done.
    """
    admissible = list(range(1, len(images))) if splits is None else list(splits)
    rows, columns = images[0].shape[1:]
    best = np.full((rows // STEP, columns // STEP), -np.inf, np.float32)
    which = np.zeros(best.shape, np.int16)
    yardstick = _yardstick(images, within)
    parts = list(_tiles((rows, columns)))
    with ThreadPoolExecutor(THREADS) as pool:
        work = pool.map(lambda part: _strongest(_cut(images, within, part.wide), yardstick, admissible), parts)
        for number, (part, (made, split)) in enumerate(zip(parts, work, strict=True), 1):
            best[part.inner], which[part.inner] = made[part.own], split[part.own]
            tell(number / len(parts))
    middle, spread = _middle(best)
    best -= np.float32(middle)
    best /= np.float32(max(spread, 1e-9))
    return _peaks(best, which, most), _full(np.isfinite(best), rows, columns)


def _middle(scores: F4) -> tuple[float, float]:
    """Median of the known scores and their robust spread, from a million of them at most."""
    some = scores.ravel()[:: max(1, scores.size // _MANY)]
    some = some[np.isfinite(some)]
    if not some.size:
        return 0.0, 1.0
    middle = float(np.median(some))
    return middle, 1.4826 * float(np.median(np.abs(some - np.float32(middle))))


def _full(coarse: B1, rows: int, columns: int) -> B1:
    """Of every pixel what is known of its place; a last odd row or column belongs to no place."""
    made = np.zeros((rows, columns), bool)
    fine = made[: STEP * coarse.shape[0], : STEP * coarse.shape[1]]
    for down in range(STEP):
        for across in range(STEP):
            fine[down::STEP, across::STEP] = coarse
    return made


Slices = tuple[slice, slice]


@dataclass(frozen=True, slots=True)
class _Tile:
    """wide: rows and columns that are read [px]; inner: of the coarse map; own: the same within the tile's result."""

    wide: Slices
    inner: Slices
    own: Slices


def _tiles(shape: tuple[int, int]) -> Iterator[_Tile]:
    """Parts of a large image, each with what its places' surroundings need."""
    for top in range(0, shape[0], TILE):
        for left in range(0, shape[1], TILE):
            sides = list(zip((top, left), shape, strict=True))
            wide = [slice(max(start - MARGIN, 0), min(start + TILE + MARGIN, side)) for start, side in sides]
            inner = [slice(start // STEP, min(start + TILE, side) // STEP) for start, side in sides]
            own = [slice(i.start - w.start // STEP, i.stop - w.start // STEP) for i, w in zip(inner, wide, strict=True)]
            yield _Tile((wide[0], wide[1]), (inner[0], inner[1]), (own[0], own[1]))


def _cut(images: Sequence[F4], within: B1 | None, part: Slices) -> list[F4]:
    """The images' values of a part, NaN outside the site."""
    made = []
    for image in images:
        values = image[:, part[0], part[1]]
        if within is not None and not within[part].all():
            values = np.where(within[part], values, np.float32(np.nan))
        made.append(values)
    return made


@dataclass(frozen=True, slots=True)
class _Line:
    """The line through most values of y against x, and the robust spread about it."""

    slope: float
    offset: float
    spread: float

    def off(self, x: F4, y: F4) -> F4:
        """How far y lies off it [spreads]."""
        made: F4 = np.abs(y - np.float32(self.slope) * x - np.float32(self.offset)) * np.float32(1 / self.spread)
        return made


@dataclass(frozen=True, slots=True)
class _Yardstick:
    """What all parts are measured by, from samples spread over the site: parts and the whole are judged alike.

    usual: slope of each image. lines: for two images, by their numbers, one a band.
    """

    usual: tuple[float, ...]
    lines: dict[tuple[int, int], tuple[_Line | None, ...]]


def _yardstick(images: Sequence[F4], within: B1 | None) -> _Yardstick:
    rows, columns = images[0].shape[1:]
    corners = [
        (int(top), int(left))
        for top in np.linspace(0, max(rows - SAMPLE, 0), min(SAMPLES, -(-rows // SAMPLE)))
        for left in np.linspace(0, max(columns - SAMPLE, 0), min(SAMPLES, -(-columns // SAMPLE)))
    ]
    slopes: list[list[F4]] = [[] for _ in images]
    colours: list[list[F4]] = [[] for _ in images]
    for top, left in corners:
        part = slice(top, min(top + SAMPLE, rows)), slice(left, min(left + SAMPLE, columns))
        for number, image in enumerate(_cut(images, within, part)):
            slope, valid = steepness(_grey(image))
            slopes[number].append(slope[valid])
            colours[number].append(np.stack([_blurred(_halved(band)) for band in image]).reshape(len(image), -1))
    usual = [np.concatenate(found) for found in slopes]
    values = [np.concatenate(found, axis=1) for found in colours]
    lines = {
        (i, j): tuple(_line(x, y) for x, y in zip(values[i], values[j], strict=True))
        for i in range(len(images))
        for j in range(len(images))
        if i != j
    }
    return _Yardstick(tuple(_typical(one) for one in usual), lines)


def _typical(slopes: F4) -> float:
    """The median slope, or the mean where most of an image is flat."""
    if not slopes.size:
        return 1.0
    return float(np.median(slopes)) or float(slopes.mean()) or 1.0


def _line(x: F4, y: F4) -> _Line | None:
    known = np.isfinite(x) & np.isfinite(y)
    step = max(1, int(known.sum()) // 5_000)
    a, b = x[known][::step].astype(float), y[known][::step].astype(float)
    if len(a) < 10:
        return None
    weight, slope, offset, spread = np.ones(len(a)), 1.0, 0.0, 1.0
    for _ in range(8):
        middle_a, middle_b = np.average(a, weights=weight), np.average(b, weights=weight)
        rise = float(weight @ ((a - middle_a) * (b - middle_b)))
        slope = rise / max(float(weight @ (a - middle_a) ** 2), 1e-12)
        offset = float(middle_b - slope * middle_a)
        left = b - slope * a - offset
        spread = 1.4826 * float(np.median(np.abs(left))) + 1e-6
        weight = 1 / (1 + (left / spread) ** 2)
    return _Line(slope, offset, spread)


def _strongest(
    images: Sequence[F4], yardstick: _Yardstick, admissible: Sequence[int]
) -> tuple[F4, npt.NDArray[np.int16]]:
    """The greatest lasting difference of each place over the splits, and the split."""
    count = len(images)
    places = [_Place.of(image, usual) for image, usual in zip(images, yardstick.usual, strict=True)]
    apart = {
        (i, j): _apart(places[i], places[j], yardstick.lines[i, j], yardstick.lines[j, i])
        for i in range(count)
        for j in range(i + 1, count)
    }
    maps = np.nan_to_num(np.stack([_lasting(apart, split, count) for split in admissible]), nan=-np.inf)
    return maps.max(axis=0), np.array(admissible, np.int16)[maps.argmax(axis=0)]


@dataclass(frozen=True, slots=True)
class _Place:
    """An image at the scale of places: its blurred colours; its structure, pixel by pixel, and where that is known.

    mean, square: of the structure and of its square around each place, where all of the image's part is known.
    """

    colours: F4
    structure: F4
    known: B1
    mean: F4 | None
    square: F4 | None

    @classmethod
    def of(cls, image: F4, usual: float) -> _Place:
        slope, known = steepness(_grey(image))
        structure = structure_of(slope, known, usual)
        whole = bool(known.all())
        mean = _around(_halved(structure)) if whole else None
        square = _around(_halved(structure * structure)) if whole else None
        return cls(np.stack([_blurred(_halved(band)) for band in image]), structure, known, mean, square)


def _grey(image: F4) -> F4:
    return image[0] if len(image) == 1 else np.asarray(image.mean(axis=0), np.float32)


def _halved(plane: F4) -> F4:
    """Means of STEP x STEP pixels; NaN where any is."""
    rows, columns = (STEP * (side // STEP) for side in plane.shape)
    total: F4 = plane[0:rows:STEP, 0:columns:STEP].copy()
    for down in range(STEP):
        for across in range(STEP):
            if down or across:
                total += plane[down:rows:STEP, across:columns:STEP]
    total *= np.float32(1 / STEP**2)
    return total


def _apart(first: _Place, second: _Place, lines: Sequence[_Line | None], back: Sequence[_Line | None]) -> F4:
    """How unlike two images are at each place: colour up to 1, structure up to 1; NaN where either is unknown."""
    total = np.zeros(first.colours.shape[1:], np.float32)
    for one, other, there, here in zip(first.colours, second.colours, lines, back, strict=True):
        if there is None or here is None:
            return np.full(total.shape, np.nan, np.float32)
        total += np.square(np.minimum(there.off(one, other), here.off(other, one)))
    colour = np.sqrt(total / np.float32(len(first.colours))) * np.float32(1 / FULL)
    return np.asarray(np.minimum(colour, 1) + _unlike(first, second), np.float32)


def _unlike(first: _Place, second: _Place) -> F4:
    """1 less the local correlation of structures: season recolours the ground, works redraw it."""
    a, b = first.structure, second.structure
    if first.mean is not None and second.mean is not None:
        assert first.square is not None
        assert second.square is not None
        return _decorrelated(_around(_halved(a * b)), (first.mean, second.mean), (first.square, second.square))
    known = (first.known & second.known).astype(np.float32)
    weight = _around(_halved(known))

    def local(values: F4) -> F4:
        return np.asarray(_around(_halved(values * known)) / np.maximum(weight, 1e-6), np.float32)

    made = _decorrelated(local(a * b), (local(a), local(b)), (local(a * a), local(b * b)))
    return np.where(weight > 0.5, made, np.float32(np.nan))


def _decorrelated(together: F4, means: tuple[F4, F4], squares: tuple[F4, F4]) -> F4:
    joint = together - means[0] * means[1]
    rough = (squares[0] - means[0] ** 2) * (squares[1] - means[1] ** 2)
    made: F4 = np.clip(1 - joint / np.sqrt(np.maximum(rough, 0) + np.float32(FLAT**2)), 0, 1)
    return made


def _around(plane: F4) -> F4:
    """The mean around each place, over twice its scale."""
    return ndimage.gaussian_filter(plane, 2 * SCALE / STEP, output=np.float32)


def _blurred(plane: F4) -> F4:
    """At the scale of places, over what was seen of each; NaN where that is under half."""
    known = np.isfinite(plane)
    if known.all():
        return ndimage.gaussian_filter(plane, SCALE / STEP, output=np.float32)
    weight = ndimage.gaussian_filter(known.astype(np.float32), SCALE / STEP)
    total = ndimage.gaussian_filter(np.where(known, plane, np.float32(0)), SCALE / STEP)
    made: F4 = np.where(weight > 0.5, total / np.maximum(weight, 1e-6), np.float32(np.nan)).astype(np.float32)
    return made


def _lasting(apart: dict[tuple[int, int], F4], split: int, count: int) -> F4:
    across = [apart[i, j] for i in range(split) for j in range(split, count)]
    within = [distance for (i, j), distance in apart.items() if (i < split) == (j < split)]
    made: F4 = np.mean(across, axis=0).astype(np.float32)
    return made - np.mean(within, axis=0).astype(np.float32) if within else made


def _peaks(score: F4, which: npt.NDArray[np.int16], most: int) -> list[Candidate]:
    reach = int(np.ceil(APART * SCALE / STEP))
    top = ndimage.maximum_filter(score, 2 * reach + 1, mode="nearest") == score
    top &= score > 0
    rows, columns = np.nonzero(top)
    order = np.argsort(-score[rows, columns])[:most]
    found = []
    for row, column in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
        value = float(score[row, column])
        around = np.s_[
            max(row - 4 * reach, 0) : row + 4 * reach + 1, max(column - 4 * reach, 0) : column + 4 * reach + 1
        ]
        near, _ = ndimage.label(score[around] > value / 2)
        own = near[row - around[0].start, column - around[1].start]
        pixels = STEP**2 * int((near == own).sum())
        found.append(Candidate(STEP * row, STEP * column, value, int(which[row, column]), pixels))
    return found
