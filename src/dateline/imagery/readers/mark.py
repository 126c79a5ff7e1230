"""The mark that simulated pixels carry: the word SIMULATED, written as light over pixels that count for nothing."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_LETTERS = {
    "S": (".####", "#....", "#....", ".###.", "....#", "....#", "####."),
    "I": ("###", ".#.", ".#.", ".#.", ".#.", ".#.", "###"),
    "M": ("#...#", "##.##", "#.#.#", "#.#.#", "#...#", "#...#", "#...#"),
    "U": ("#...#", "#...#", "#...#", "#...#", "#...#", "#...#", ".###."),
    "L": ("#....", "#....", "#....", "#....", "#....", "#....", "#####"),
    "A": (".###.", "#...#", "#...#", "#####", "#...#", "#...#", "#...#"),
    "T": ("#####", "..#..", "..#..", "..#..", "..#..", "..#..", "..#.."),
    "E": ("#####", "#....", "#....", "####.", "#....", "#....", "#####"),
    "D": ("####.", "#...#", "#...#", "#...#", "#...#", "#...#", "####."),
}

LIGHT = 99.5
"""The radiance of the letters [nW cm-2 sr-1]; their quality flags say that nothing was observed there."""


def _word() -> npt.NDArray[np.bool_]:
    gap = ("." * 7,)
    columns: list[str] = []
    for letter in "SIMULATED":
        columns += ["".join(row[i] for row in _LETTERS[letter]) for i in range(len(_LETTERS[letter][0]))] + list(gap)
    lit = np.array([[dot == "#" for dot in column] for column in columns[:-1]]).T
    return np.pad(lit, 1)


WORD: npt.NDArray[np.bool_] = _word()
"""(rows, columns) where the letters are lit."""


def corner(shape: tuple[int, int]) -> tuple[slice, slice]:
    """The rows and columns of the mark: the south-east corner of an image of this shape [px]."""
    rows, columns = shape
    return slice(rows - WORD.shape[0], rows), slice(columns - WORD.shape[1], columns)


def carries(values: npt.NDArray[np.float32]) -> bool:
    """Whether a window (rows, columns) of radiance of the size of WORD carries the mark: its letters and no others."""
    return values.shape == WORD.shape and bool(np.array_equal(np.isclose(values, LIGHT, atol=0.01), WORD))
