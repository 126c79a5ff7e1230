"""What is measured on one line: its length from pixel steps, its width and contrast from what lies across it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy import ndimage
from shapely import LineString

from dateline.methods.earthworks.chain import Chain

F4 = npt.NDArray[np.float32]
F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

STEP = 0.5
"""Between points across a line [px]."""
ONE_SIDED = 0.15
"""The weaker side's contrast over the stronger one's, under which a line is an edge of something."""
SMOOTH = 2.0
"""Standard deviation along a chain with which its direction is taken [px]."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Across a line: contrast [unit of the image], its standard error, width at half of it [px], and whether one side
    alone stands out."""

    contrast: float
    error: float
    width: float
    edge: bool

    @property
    def snr(self) -> float:
        """Contrast over its standard error [1]."""
        return self.contrast / self.error if self.error > 0 else 0.0


def steps(pixels: I8) -> tuple[int, int, int, float]:
    """Even (straight) and odd (diagonal) steps of a chain, corners between the two, and the length of longer jumps."""
    way = np.abs(np.diff(pixels, axis=0))
    near = way.max(axis=1) <= 1
    odd = way.sum(axis=1)[near] == 2
    corners = int(np.count_nonzero(odd[1:] != odd[:-1]))
    return int((~odd).sum()), int(odd.sum()), corners, float(np.hypot(*way[~near].T).sum())


def length(pixels: I8) -> float:
    """Length of a digital curve [px]: 0.980 even + 1.406 odd steps - 0.091 corners.

    pixels: (n, 2) in order. Vossepoel and Smeulders 1982, Computer Graphics and Image Processing 20, 347-364, doi
    10.1016/0146-664X(82)90005-4: their weights leave no mean error over all directions of straight lines, where
    counting 1 and the root of 2 is up to 8 % too long.
    """
    even, odd, corners, jumps = steps(pixels)
    return 0.980 * even + 1.406 * odd - 0.091 * corners + jumps


def smoothed(pixels: I8) -> F8:
    """(n, 2) places along a chain without the to and fro of a skeleton in noise; its ends stay where they are."""
    reach = min(math.ceil(4 * SMOOTH), len(pixels) - 1)
    before, after = (2 * end - near for end, near in ((pixels[0], pixels[reach:0:-1]), (pixels[-1], pixels[-2::-1])))
    wide = np.concatenate([before, pixels, after[:reach]]).astype(np.float64)
    return ndimage.gaussian_filter1d(wide, SMOOTH, axis=0, mode="nearest")[reach : reach + len(pixels)]


def redrawn(pixels: I8) -> I8:
    """A chain through its smoothed places: what noise adds to the length of a skeleton, a twentieth or more, goes."""
    places = np.rint(smoothed(pixels)).astype(np.int64)
    places = places[np.concatenate([[True], (np.diff(places, axis=0) != 0).any(axis=1)])].tolist()
    kept = places[:1]
    for here, onward in pairwise(places[1:]):
        if max(abs(onward[0] - kept[-1][0]), abs(onward[1] - kept[-1][1])) > 1:
            kept.append(here)
    return np.array([*kept, *places[-1:]] if len(places) > 1 else kept)


def simplified(pixels: I8) -> F8:
    """(m, 2) corners of the line within 1 px of its pixels (Douglas and Peucker 1973), in pixel coordinates."""
    return np.asarray(LineString(pixels + 0.5).simplify(1.0, preserve_topology=False).coords, np.float64)


def azimuth(points: F8) -> float:
    """Mean direction of a line's segments [degrees from north, 0 to 180], weighted by length.

    points: (n, 2) east, north [m]. Doubled angles are averaged: a line has no sense.
    """
    way = np.diff(points, axis=0)
    size = np.hypot(*way.T)
    doubled = 2 * np.arctan2(way[:, 0], way[:, 1])
    angle = math.atan2(float((size * np.sin(doubled)).sum()), float((size * np.cos(doubled)).sum())) / 2
    return math.degrees(angle) % 180


def profile(values: F4, chain: Chain, width: float, *, bright: bool) -> Profile | None:
    """What lies across a line; None where the image has no values beside it. values: (rows, columns). width: [px]."""
    reach = 2 * width + 1
    offsets = np.arange(-reach, reach + STEP / 2, STEP)
    across = _across(values, chain, offsets)
    if not bright:
        across = -across
    inner, outer = np.abs(offsets) <= width / 4 + 0.25, np.abs(offsets) >= width
    keep = np.isfinite(across).all(axis=1)
    if keep.sum() < 4:
        return None
    across = across[keep]
    middle = across[:, inner].mean(axis=1)
    sides = [across[:, outer & (offsets * sign > 0)].mean(axis=1) for sign in (-1, 1)]
    own = middle - (sides[0] + sides[1]) / 2
    one, other = (float((middle - side).mean()) for side in sides)
    weak, strong = sorted((one, other))
    return Profile(float(own.mean()), _error(own, width), _width(across, offsets, width), weak < ONE_SIDED * strong)


def _across(values: F4, chain: Chain, offsets: F8) -> F8:
    """(n, m) values at these distances to the left of each of a chain's pixels."""
    places = ndimage.gaussian_filter1d(chain.pixels.astype(np.float64), SMOOTH, axis=0, mode="nearest")
    way = np.gradient(places, axis=0)
    way /= np.maximum(np.hypot(*way.T), 1e-9)[:, None]
    x = chain.pixels[:, :1] - way[:, 1:] * offsets
    y = chain.pixels[:, 1:] + way[:, :1] * offsets
    top, left = max(math.floor(y.min()) - 1, 0), max(math.floor(x.min()) - 1, 0)
    part = values[top : max(math.ceil(y.max()) + 2, top + 1), left : max(math.ceil(x.max()) + 2, left + 1)]
    found = ndimage.map_coordinates(part, (y - top, x - left), order=1, mode="constant", cval=np.nan)
    return np.asarray(found, np.float64)


def _error(own: F8, width: float) -> float:
    """Standard error of the mean contrast, from means of stretches as long as four widths, which are independent."""
    stretch = max(int(4 * width), 1)
    count = len(own) // stretch
    if count < 3:
        return float(own.std(ddof=1)) / math.sqrt(max(len(own) / stretch, 1.0))
    means = own[: count * stretch].reshape(count, stretch).mean(axis=1)
    return float(means.std(ddof=1)) / math.sqrt(count)


def _width(across: F8, offsets: F8, width: float) -> float:
    """Width of the middle profile at half its height [px], between the crossings nearest to the line."""
    middle = np.median(across, axis=0)
    base = float(np.median(middle[np.abs(offsets) >= width]))
    core = np.abs(offsets) <= width / 2
    top = int(np.flatnonzero(core)[np.argmax(middle[core])])
    half = (float(middle[top]) + base) / 2
    if middle[top] <= half:
        return 0.0
    return sum(_crossing(side - half) for side in (middle[top::-1], middle[top:])) * STEP


def _crossing(over: Sequence[float] | F8) -> float:
    """Index, between samples, at which values that begin positive first fall to zero; the last index if never."""
    below = np.flatnonzero(np.asarray(over) <= 0)
    if not len(below):
        return float(len(over) - 1)
    at = int(below[0])
    return at - 1 + float(over[at - 1] / (over[at - 1] - over[at]))
