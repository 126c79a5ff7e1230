"""Values of a large image that are read part by part: they index as an array does, and are never whole in memory."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from numpy.lib.mixins import NDArrayOperatorsMixin

from dateline.core.errors import InputError

F4 = npt.NDArray[np.float32]
Slices = tuple[slice, slice]
Read = Callable[[slice, slice], F4]
"""Values of whole rows and columns within the plane, as an array of its own."""

WHOLE = 25_000_000
"""Pixels of one band that are ever whole in memory: 50 km a side at 10 m; a port is a million."""
STRIP = 512
"""Rows that are read at once where all of a plane is gone through."""
_SAMPLE, _SAMPLES = 128, 8
"""Side of the windows of a sample [px], and how many of them a side."""


class _Lazy(NDArrayOperatorsMixin):
    """Arithmetic and numpy's functions make an array of it first: who asks for all of it gets all, if it is small.

    They raise InputError `chip-too-large` where it is not: what was not made for tiles must not fill the memory.
    """

    dtype = np.dtype(np.float32)
    shape: tuple[int, ...]

    def __array__(self, dtype: npt.DTypeLike | None = None, copy: bool | None = None) -> npt.NDArray[Any]:
        if copy is False:
            raise ValueError("These values are made when they are looked at; there is nothing to share.")
        return self.copy().astype(dtype or np.float32, copy=False)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **more: Any) -> Any:
        made = [np.asarray(one) if isinstance(one, _Lazy) else one for one in inputs]
        return getattr(ufunc, method)(*made, **more)

    def _whole(self) -> F4:
        raise NotImplementedError

    def copy(self) -> F4:
        """All of it, as an array. Raises InputError `chip-too-large`."""
        if math.prod(self.shape[-2:]) > WHOLE:
            raise too_large(f"{self.shape[-2]} by {self.shape[-1]} pixels")
        return self._whole()


class Plane(_Lazy):
    """(rows, columns) one band, float32, NaN where there is none."""

    ndim = 2

    def __init__(self, shape: tuple[int, int], read: Read) -> None:
        self.shape: tuple[int, int] = shape
        self._read = read

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, index: Any) -> F4:
        """A part by slices, an array of its own; any other index is that of the whole array."""
        if isinstance(index, slice) or (isinstance(index, tuple) and len(index) == 1):
            index = (*(index if isinstance(index, tuple) else (index,)), slice(None))
        if not (isinstance(index, tuple) and len(index) == 2 and all(map(_is_forward, index))):
            made: F4 = self.copy()[index]
            return made
        rows, columns = (slice(*one.indices(side)) for one, side in zip(index, self.shape, strict=True))
        if max(rows.step, columns.step) == 1:
            return self._read(rows, columns)
        high = max(1, STRIP // rows.step) * rows.step
        wide = slice(columns.start, columns.stop)
        thinned = [
            self._read(slice(top, min(top + high, rows.stop)), wide)[:: rows.step, :: columns.step].copy()
            for top in range(rows.start, rows.stop, high)
        ]
        return np.concatenate(thinned) if thinned else np.empty((0, 0), np.float32)

    def _whole(self) -> F4:
        made = np.empty(self.shape, np.float32)
        for rows in strips(self.shape):
            made[rows] = self._read(rows, slice(0, self.shape[1]))
        return made


def _is_forward(index: Any) -> bool:
    return isinstance(index, slice) and (index.step or 1) > 0


class Planes(_Lazy):
    """(bands, rows, columns) the planes of an image."""

    ndim = 3

    def __init__(self, planes: Sequence[Plane]) -> None:
        self.planes = tuple(planes)
        self.shape: tuple[int, int, int] = (len(self.planes), *self.planes[0].shape)

    def __len__(self) -> int:
        return len(self.planes)

    def __iter__(self) -> Iterator[Plane]:
        return iter(self.planes)

    def __getitem__(self, index: Any) -> Any:
        """One plane or some of them, as they are; a part of them as an array."""
        first, *rest = index if isinstance(index, tuple) else (index,)
        if isinstance(first, slice):
            chosen = self.planes[first]
            return np.stack([one[tuple(rest)] for one in chosen]) if rest else Planes(chosen)
        if isinstance(first, int | np.integer):
            return self.planes[first][tuple(rest)] if rest else self.planes[first]
        return self.copy()[index]

    def _whole(self) -> F4:
        return np.stack([np.asarray(one) for one in self.planes])


def windowed(planes: Sequence[Plane]) -> F4:
    """Planes where a Chip's values are wanted. They are read when they are indexed; numpy's functions read them all."""
    return cast(F4, Planes(planes))


def is_windowed(values: F4) -> bool:
    """Whether values, of all bands or of one, are read part by part."""
    return isinstance(values, _Lazy)


def too_large(saw: str) -> InputError:
    """The error for more pixels than are kept at once."""
    return InputError(
        "This is too much for one cut-out.",
        saw=saw,
        do="Say which place is meant (--place, --berths, or places in the measure).",
        code="chip-too-large",
    )


def hidden(values: F4, where: npt.NDArray[np.bool_]) -> F4:
    """Values of all bands, or of one, with NaN where a mask is true; read part by part if they are."""
    if not is_windowed(values):
        return np.where(where, np.float32(np.nan), values)
    if isinstance(values, Plane):
        return cast(F4, _hidden(values, where))
    return windowed([_hidden(plane, where) for plane in cast(Planes, values).planes])


def _hidden(plane: Plane, where: npt.NDArray[np.bool_]) -> Plane:
    def read(rows: slice, columns: slice) -> F4:
        made = plane[rows, columns]
        made[where[rows, columns]] = np.nan
        return made

    return Plane(plane.shape, read)


def sample(values: F4) -> F4:
    """(bands, n) values that tell what an image is like: all of one in memory, some spread windows of a larger one."""
    if not is_windowed(values):
        return values.reshape(len(values), -1)
    rows, columns = values.shape[1:]
    parts = [
        values[:, top : top + _SAMPLE, left : left + _SAMPLE].reshape(len(values), -1)
        for top in np.linspace(0, max(rows - _SAMPLE, 0), _SAMPLES, dtype=int)
        for left in np.linspace(0, max(columns - _SAMPLE, 0), _SAMPLES, dtype=int)
    ]
    return np.concatenate(parts, axis=1)


def same(first: F4, second: F4) -> bool:
    """Whether two images hold the same numbers, NaN being NaN; the first difference ends the reading."""
    if first.shape != second.shape:
        return False
    if not (is_windowed(first) or is_windowed(second)):
        return np.array_equal(first, second, equal_nan=True)
    return all(
        np.array_equal(first[band, rows], second[band, rows], equal_nan=True)
        for band in range(first.shape[0])
        for rows in strips(first.shape)
    )


def strips(shape: Sequence[int]) -> Iterator[slice]:
    """Rows of a plane of this shape, some at a time: for what goes through all of it."""
    for top in range(0, shape[-2], STRIP):
        yield slice(top, min(top + STRIP, shape[-2]))
