"""Statistics of the ring around every pixel: outer box less guard box, over the pixels that hold a value.

Sums are taken over whole numbers of a fixed small step, in wrapping 64-bit arithmetic: they are exact, so that the
answer does not depend on how an image is cut into blocks, on threads, or on what lies elsewhere in it. Memory stays
at a few strips of rows, however large the image.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np
import numpy.typing as npt

F4 = npt.NDArray[np.float32]
I8 = npt.NDArray[np.int64]
B1 = npt.NDArray[np.bool_]

LARGEST_LOG = 104.0
"""No logarithm of a positive float32 is farther from zero."""
STRIP = 48
"""Rows worked on at a time: small enough for a processor's cache, large enough to keep Python out of the way."""
TILE = 1024
"""Columns worked on at a time, for the same reason."""
WORKERS = 2


@dataclass(frozen=True, slots=True)
class Ring:
    """A square ring: full widths of the outer and of the guard box, odd numbers of pixels."""

    outer: int
    guard: int

    def __post_init__(self) -> None:
        if not (0 < self.guard < self.outer) or self.outer % 2 == 0 or self.guard % 2 == 0:
            raise ValueError(f"A ring has odd widths, the guard within the outer box: {self.outer}, {self.guard}.")

    @property
    def size(self) -> int:
        """Pixels of a whole ring."""
        return self.outer**2 - self.guard**2

    @property
    def halo(self) -> int:
        """How far a ring reaches from its pixel [px]."""
        return self.outer // 2


@dataclass(frozen=True, slots=True)
class Moments:
    """Of the ring around every pixel: mean and standard deviation (NaN where count is 0), and valid pixels."""

    mean: F4
    spread: F4
    count: npt.NDArray[np.int32]


def ring_moments(values: F4, ring: Ring, *, valid: B1 | None = None, workers: int = WORKERS) -> Moments:
    """Mean and standard deviation (divisor n) over the ring of every pixel, of logarithms or numbers of their size.

    values: (rows, columns), within +-104; NaN is no value, nor is what `valid` leaves out. At the border of the
    image a ring is what is left of it. Exact to a step of 2^-k, the finest for which no sum can overflow (2^-18 for
    rings of up to 12,000 px).
    """
    known = np.isfinite(values) if valid is None else valid & np.isfinite(values)
    scale = 2.0 ** math.floor(math.log2(math.sqrt(2.0**63 / ring.size) / LARGEST_LOG))
    mean, spread = np.empty(values.shape, np.float32), np.empty(values.shape, np.float32)
    count = np.empty(values.shape, np.int32)

    def finish(rows: slice, columns: slice, sums: I8, n: I8) -> None:
        weight = 1.0 / (np.maximum(n, 1) * scale)
        first, second = sums[:, 0] * weight, sums[:, 1] * (weight / scale)
        mean[rows, columns], count[rows, columns] = first, n
        first *= first
        second -= first
        part = spread[rows, columns]
        part[...] = second
        np.maximum(part, 0, out=part)
        np.sqrt(part, out=part)

    _sweep(_Job(values, known, ring, scale, squares=True), finish, workers)
    if count.min(initial=1) == 0:
        empty = count == 0
        mean[empty] = spread[empty] = np.nan
    return Moments(mean, spread, count)


def ring_mean(values: F4, ring: Ring, *, valid: B1 | None = None, workers: int = WORKERS) -> tuple[F4, I8]:
    """Mean over the ring of every pixel and the number of valid pixels in it, for numbers of any size.

    values: (rows, columns) finite or NaN, such as backscatter in linear power [1]. The step is the largest value's
    2^-62 times the ring's pixels. NaN where the ring is empty.
    """
    known = np.isfinite(values) if valid is None else valid & np.isfinite(values)
    largest = float(np.abs(values[known]).max(initial=0.0)) or 1.0
    scale = 2.0 ** math.floor(62 - math.log2(largest) - math.log2(ring.size))
    mean, count = np.empty(values.shape, np.float32), np.empty(values.shape, np.int64)

    def finish(rows: slice, columns: slice, sums: I8, n: I8) -> None:
        mean[rows, columns] = sums[:, 0] / np.maximum(n, 1) / scale
        count[rows, columns] = n

    _sweep(_Job(values, known, ring, scale, squares=False), finish, workers)
    mean[count == 0] = np.nan
    return mean, count


Finish = Callable[[slice, slice, I8, I8], None]
"""Told the sums of a strip: rows, columns, (rows, planes, columns) sums in steps, and the valid pixels of each ring,
(rows, columns) or, where all rows have the same, (1, columns)."""


@dataclass(frozen=True, slots=True)
class _Job:
    """What is summed: values times `scale`, rounded, and if asked their squares."""

    values: F4
    known: B1
    ring: Ring
    scale: float
    squares: bool

    def cut(self, rows: slice, columns: slice) -> tuple[slice, slice]:
        """The part of the image that rings of these pixels reach."""
        halo, (height, width) = self.ring.halo, self.values.shape
        return (
            slice(max(0, rows.start - halo), min(height, rows.stop + halo)),
            slice(max(0, columns.start - halo), min(width, columns.stop + halo)),
        )

    def planes(self, rows: slice, columns: slice, *, count: bool) -> I8:
        """(rows, planes, columns): the numbers that are added up, with the valid ones as the last plane if asked."""
        values, known = self.values[rows, columns], self.known[rows, columns]
        made = np.empty((values.shape[0], 1 + self.squares + count, values.shape[1]), np.int64)
        steps = values * np.float32(self.scale) if self.squares else values * np.float64(self.scale)
        np.rint(steps, out=steps)
        if count:
            steps[~known] = 0
            made[:, -1] = known
        made[:, 0] = steps
        if self.squares:
            np.multiply(made[:, 0], made[:, 0], out=made[:, 1])
        return made


def _sweep(job: _Job, finish: Finish, workers: int) -> None:
    """Walks over the image in bands of rows and tiles of columns, `workers` of them at a time."""
    height, width = job.values.shape
    bands = np.linspace(0, height, min(max(1, workers), height) + 1).astype(int).tolist()
    tiles = [slice(start, min(start + TILE, width)) for start in range(0, width, TILE)]
    parts = [(slice(top, end), tile) for (top, end), tile in product(pairwise(bands), tiles)]
    if len(parts) == 1 or height * width < 100_000:
        for rows, columns in parts:
            _band(job, rows, columns, finish)
        return
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(lambda part: _band(job, part[0], part[1], finish), parts))


def _band(job: _Job, rows: slice, columns: slice, finish: Finish) -> None:
    """Sums of the rings of a band, strip by strip from the top."""
    outer, guard, halo = job.ring.outer, job.ring.guard, job.ring.halo
    table = _Table(job, rows, columns)
    table.extend(rows.start - halo, outer - 1, at=0)
    for top in range(rows.start, rows.stop, STRIP):
        part = slice(top, min(top + STRIP, rows.stop))
        count = part.stop - top
        table.extend(top + halo, count, at=outer - 1)
        sums = table.ring(count, outer, guard)
        if table.counted:
            finish(part, columns, sums[:, :-1], sums[:, -1])
        else:
            finish(part, columns, sums, _whole_rings(job, part, columns))
        table.shift(count)


class _Table:
    """Sums of everything above and to the left (Crow 1984, doi 10.1145/800031.808600), for one strip and its halo.

    Sums may wrap around: differences of them are right nevertheless, as long as they fit themselves.
    """

    def __init__(self, job: _Job, rows: slice, columns: slice) -> None:
        self.job, self.columns, outer = job, columns, job.ring.outer
        self.counted = not bool(job.known[job.cut(rows, columns)].all())
        planes, width = 1 + job.squares + self.counted, columns.stop - columns.start
        self.sums = np.zeros((STRIP + outer, planes, width + outer), np.int64)
        self.line = np.zeros((STRIP, planes, width + outer), np.int64)
        self.tall = np.empty_like(self.line)
        self.boxes = np.empty((2, STRIP, planes, width), np.int64)

    def extend(self, first: int, count: int, *, at: int) -> None:
        """Adds `count` rows of the image from `first` on (those outside it are empty) after entry `at`."""
        for start in range(0, count, STRIP):
            some = min(STRIP, count - start)
            line = self._lines(first + start, some)
            for index in range(some):
                np.add(self.sums[at + start + index], line[index], out=self.sums[at + start + index + 1])

    def _lines(self, first: int, count: int) -> I8:
        job, line = self.job, self.line[:count]
        rows, columns = job.cut(slice(first, first), self.columns)
        rows = slice(max(0, first), min(job.values.shape[0], first + count))
        if rows.start >= rows.stop:
            line[:] = 0
            return line
        above, left = rows.start - first, columns.start - (self.columns.start - job.ring.halo)
        inside, right = slice(above, above + rows.stop - rows.start), left + columns.stop - columns.start
        line[: inside.start] = line[inside.stop :] = 0
        summed = job.planes(rows, columns, count=self.counted)
        np.cumsum(summed, axis=2, out=line[inside, :, left + 1 : right + 1])
        line[inside, :, right + 1 :] = line[inside, :, right : right + 1]
        return line

    def ring(self, count: int, outer: int, guard: int) -> I8:
        """(count, planes, columns): sums over the rings of the strip's pixels. Overwritten by the next call."""
        for made, size in zip(self.boxes, (outer, guard), strict=True):
            inset = (outer - size) // 2
            width = self.columns.stop - self.columns.start
            tall = self.tall[:count]
            np.subtract(self.sums[inset + size : inset + size + count], self.sums[inset : inset + count], out=tall)
            np.subtract(
                tall[:, :, inset + size : inset + size + width], tall[:, :, inset : inset + width], out=made[:count]
            )
        np.subtract(self.boxes[0, :count], self.boxes[1, :count], out=self.boxes[0, :count])
        return self.boxes[0, :count]

    def shift(self, count: int) -> None:
        """Keeps what the next strip needs."""
        outer = self.job.ring.outer
        self.sums[:outer] = self.sums[count : count + outer].copy()


def _whole_rings(job: _Job, rows: slice, columns: slice) -> I8:
    """Pixels of each ring that lie within the image: (rows, columns), or (1, columns) far from its ends."""
    (height, width), halo = job.values.shape, job.ring.halo
    if rows.start >= halo and rows.stop <= height - halo:
        rows = slice(rows.start, rows.start + 1)

    def inside(at: slice, end: int, size: int) -> I8:
        middle = np.arange(at.start, at.stop)
        made: I8 = np.minimum(middle + size // 2, end - 1) - np.maximum(middle - size // 2, 0) + 1
        return made

    boxes = [
        np.multiply.outer(inside(rows, height, size), inside(columns, width, size))
        for size in (job.ring.outer, job.ring.guard)
    ]
    made: I8 = boxes[0] - boxes[1]
    return made
