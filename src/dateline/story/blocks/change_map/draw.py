"""Change as colour: blue is less light, amber more, pale what noise can make; unseen ground has marks of its own."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from dateline.core import State
from dateline.imagery.maps import ChangeMap
from dateline.imagery.palette import diverging

U1 = npt.NDArray[np.uint8]

NOISES = (1.0, 3.0)
"""Colour comes in between so many noises: none below the first, all of it from the second on."""
PAPER, LINE, DARK = (214, 217, 222), (146, 152, 163), (78, 84, 96)
"""Ground without a ratio: its ground colour, its marks, and light below the floor at both times."""
_PATTERNS = {State.FILLED: "cross", State.OUTSIDE: "dots"}
"""Every other unseen state is drawn with lines."""
_STRIDES = 100
"""A pattern repeats about so many times over a picture's width."""


def share_of_colour(change: ChangeMap, reach: float) -> npt.NDArray[np.float32]:
    """-1 (all the blue) to 1 (all the amber), 0 where noise explains it; NaN where there is no ratio. (rows, columns).

    reach: distance from the no-change level that gets the full colour [log2].
    """
    away = change.away
    with np.errstate(divide="ignore", invalid="ignore"):
        noises = np.abs(away) / change.noise
    faded = np.clip((noises - NOISES[0]) / (NOISES[1] - NOISES[0]), 0, 1)
    share: npt.NDArray[np.float32] = (np.clip(away / reach, -1, 1) * np.where(away == 0, 0, faded)).astype(np.float32)
    return share


def counts(change: ChangeMap) -> dict[str, int]:
    """How many pixels are of each kind; every pixel is of exactly one. Change counts from three noises on.

    Keys: brighter, from_dark (brighter, and below the floor before), darker, to_dark, within, and the names of states.
    """
    away, told = change.away, change.states == State.OBSERVED
    is_beyond = told & (np.abs(away) > NOISES[1] * change.noise)
    up, down = is_beyond & (away > 0), is_beyond & (away < 0)
    kinds = {
        "brighter": up & (change.a > change.floor),
        "from_dark": up & ~(change.a > change.floor),
        "darker": down & (change.b > change.floor),
        "to_dark": down & ~(change.b > change.floor),
        "within": told & ~is_beyond,
        **{state.name.lower(): change.states == state for state in State if state is not State.OBSERVED},
    }
    return {name: int(np.count_nonzero(where)) for name, where in kinds.items()}


def paint(change: ChangeMap, size: tuple[int, int], reach: float) -> U1:
    """(height, width, 3) of a picture of this size [px] that shows each pixel of the map as a block of dots.

    reach: as of share_of_colour.
    """
    width, height = size
    rows = np.arange(height) * change.change.shape[0] // height
    columns = np.arange(width) * change.change.shape[1] // width
    colours = diverging()
    index = np.nan_to_num((share_of_colour(change, reach) + 1) / 2 * (len(colours) - 1)).round().astype(np.int64)
    shown = colours[index]
    shown[change.states == State.FLOOR] = DARK
    dots: U1 = shown[rows][:, columns]
    states = change.states[rows][:, columns]
    stride = max(8, math.ceil(max(size) / _STRIDES))
    for state in State:
        if state > State.FLOOR and (where := states == state).any():
            dots[where] = PAPER
            dots[where & _pattern(_PATTERNS.get(state, "lines"), dots.shape[:2], stride)] = LINE
    return dots


def _pattern(name: str, shape: tuple[int, ...], stride: int) -> npt.NDArray[Any]:
    y, x = np.ogrid[: shape[0], : shape[1]]
    thick = max(2, stride // 4)
    lines = (x + y) % stride < thick
    match name:
        case "cross":
            return lines | ((x - y) % stride < thick)
        case "dots":
            return (x % stride < thick) & (y % stride < thick)
    return np.broadcast_to(lines, shape)
