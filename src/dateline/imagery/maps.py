"""Change of light as a map: the mean of A and of B on the pixels that both saw, and how far the noise reaches."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import numpy as np
import numpy.typing as npt
from odc.geo.geobox import GeoBox

from dateline.core import State
from dateline.core.state import combine, seen
from dateline.imagery.coverage import Window
from dateline.imagery.pairs import in_turn
from dateline.imagery.scene import Pixels
from dateline.imagery.stack import Stack, part_of
from dateline.imagery.tables import Pair

F4 = npt.NDArray[np.float32]
U1 = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]

NoiseFrom = Literal["history", "roughness", "stable"]
_CLASSES = 16
FEWEST = 50
"""A class of brightness needs this many pixels before its spread is an estimate."""
FEWEST_PLACES = 3
"""So many places declared stable tell how far such places differ from each other."""
_SAMPLE = 1 << 20
_MAD_TO_SIGMA = 1.4826
"""A normal spread's standard deviation by its median absolute deviation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeMap:
    """Change from A to B, pixel by pixel. All arrays are (rows, columns) of the geobox.

    a, b: mean over the pairs that saw the pixel both times [unit]; NaN where none did. change: log2(b / a) with
    both raised to the floor, so that light from nothing counts from the floor up; NaN where both lie below it.
    noise: one standard deviation of `change` at that brightness without a change [log2]. states: OBSERVED, FLOOR
    (below the floor at both times), else why no pair saw it. level: the no-change level [log2]. noise_from:
    `history` (pairs of quiet years), `roughness` (how neighbours differ: an upper bound), `stable` (ground declared
    stable, or roughness where that is greater) or None (too few pixels). floor: the least light told apart from none
    [unit].
    """

    geobox: GeoBox
    a: F4
    b: F4
    change: F4
    noise: F4
    states: U1
    level: float
    noise_from: NoiseFrom | None
    floor: float
    simulated: bool

    @property
    def away(self) -> F4:
        """How far each pixel is from the no-change level [log2], 0 where that cannot be told; NaN without a ratio.

        Light from below the floor rose by at least the ratio, light to below it fell by at least that: a ratio short of
        the level then says nothing.
        """
        away = self.change - np.float32(self.level)
        untold = ((self.a <= self.floor) & (away < 0)) | ((self.b <= self.floor) & (away > 0))
        return np.where(untold, np.float32(0), away)


def change_map(
    stack: Stack, pairs: Sequence[Pair], layer: str, *, floor: float, window: Window | None = None
) -> ChangeMap:
    """The map of the `change` pairs, with noise and no-change level from the `history` pairs where there are any.

    floor: the least light told apart from none [unit]. window: which part of the grid; all of it by default.
    """
    rows, columns = stack.geobox.shape
    window = window or Window(slice(0, rows), slice(0, columns))
    means, history = _Means.empty(window.shape), [np.empty((2, 0), np.float32)]
    step = max(1, math.ceil(window.pixels * len(pairs) / _SAMPLE))
    for block in stack.blocks(partial(_overlap, window)):
        for index, looks in in_turn(pairs, partial(stack.read, layer=layer, window=block)):
            if pairs[index].kind == "change":
                means.add(_inside(block, window), looks)
            else:
                history.append(_quiet(looks, floor)[:, ::step])
    frames = {frame for pair in pairs for frame in (pair.a, pair.b)}
    return _finished(
        part_of(stack.geobox, window),
        means,
        np.concatenate(history, axis=1),
        floor,
        simulated=any(image.scene.simulated for frame in frames for _, image in stack.frames[frame].tiles),
    )


def pair_map(before: Pixels, after: Pixels, geobox: GeoBox, *, floor: float, simulated: bool) -> ChangeMap:
    """The map of two looks at one grid; its noise from how neighbours differ, its no-change level not measured.

    before, after: (rows, columns) of the geobox [unit]. floor: the least light told apart from none [unit].
    """
    rows, columns = before.values.shape
    means = _Means.empty((rows, columns))
    means.add(Window(slice(0, rows), slice(0, columns)), (before, after))
    return _finished(geobox, means, np.empty((2, 0), np.float32), floor, simulated=simulated)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stable:
    """What ground declared stable says: pixels compared, the median of all, and of each place alone [log2]."""

    n: int
    level: float
    places: Mapping[str, float]


def centred(change: ChangeMap, ground: Mapping[str, Bools]) -> tuple[ChangeMap, Stable]:
    """The same map around the change of ground declared stable, with what that ground's own spread adds to the noise.

    ground: for each place its pixels, (rows, columns). The level is the median of all of them (each pixel once). Where
    earlier years did not measure the noise it becomes the greater of roughness and the stable pixels' own spread at
    that brightness; what the places disagree by (standard deviation of their medians) is added in squares. Raises
    ValueError for fewer than three places, or 50 pixels, with a ratio: what one place shares would pass for change.
    """
    told = np.isfinite(change.change)
    alone = {name: change.change[inside & told] for name, inside in ground.items()}
    everywhere = np.logical_or.reduce([np.zeros_like(told), *ground.values()]) & told
    medians = {name: float(np.median(values)) for name, values in alone.items() if values.size}
    if np.count_nonzero(everywhere) < FEWEST or len(medians) < FEWEST_PLACES:
        raise ValueError(f"{len(medians)} places and {np.count_nonzero(everywhere)} pixels with a ratio")
    noise = change.noise
    if change.noise_from != "history":
        brightness = log_ratio(change.a, change.b, change.floor)[1]
        quiet = np.stack([change.change[everywhere], brightness[everywhere]])
        noise = np.fmax(noise, _noise(quiet, brightness))
    apart = float(np.std(list(medians.values()), ddof=1))
    level = float(np.median(change.change[everywhere]))
    return replace(
        change,
        level=level,
        noise=np.hypot(noise, np.float32(apart)),
        noise_from=change.noise_from if change.noise_from == "history" else "stable",
    ), Stable(n=int(np.count_nonzero(everywhere)), level=level, places=medians)


def log_ratio(a: F4, b: F4, floor: float) -> tuple[F4, F4]:
    """log2(b / a) and the brightness log2(sqrt(a b) / floor), both raised to the floor [unit] first; any shape.

    NaN where either is NaN, and where both lie at or below the floor.
    """
    high_a, high_b = np.maximum(a, np.float32(floor)), np.maximum(b, np.float32(floor))
    dark = (a <= floor) & (b <= floor)
    change = np.where(dark, np.float32(np.nan), np.log2(high_b / high_a))
    brightness = np.where(dark, np.float32(np.nan), np.log2(high_a * high_b) / 2 - np.float32(math.log2(floor)))
    return change, brightness


@dataclass(frozen=True, slots=True)
class _Means:
    """Sums over the pairs that saw a pixel both times, and the best reason where none did."""

    a: F4
    b: F4
    n: npt.NDArray[np.uint16]
    states: U1

    @classmethod
    def empty(cls, shape: tuple[int, int]) -> _Means:
        a, b = (np.zeros(shape, np.float32) for _ in range(2))
        return cls(a, b, np.zeros(shape, np.uint16), np.full(shape, State.OUTSIDE, np.uint8))

    def add(self, at: Window, looks: tuple[Pixels, Pixels]) -> None:
        """Adds one window of one pair; below the floor counts as 0."""
        states = combine(looks[0].states, looks[1].states)
        common = seen(states)
        np.minimum(self.states[at], states, out=self.states[at])
        self.n[at] += common
        for mean, look in zip((self.a, self.b), looks, strict=True):
            mean[at] += np.where(common & (look.states == State.OBSERVED), look.values, np.float32(0))


def _quiet(looks: tuple[Pixels, Pixels], floor: float) -> F4:
    """(2, n): change and brightness of the pixels that both looks of a history pair saw, lit in one at least."""
    common = seen(looks[0].states) & seen(looks[1].states)
    a, b = (np.where(look.states == State.OBSERVED, look.values, np.float32(0))[common] for look in looks)
    told = np.stack(log_ratio(a, b, floor))
    return told[:, np.isfinite(told[0])]


def _finished(geobox: GeoBox, means: _Means, history: F4, floor: float, *, simulated: bool) -> ChangeMap:
    n = np.where(means.n > 0, means.n, np.nan).astype(np.float32)
    a, b = means.a / n, means.b / n
    change, brightness = log_ratio(a, b, floor)
    states = np.where(seen(means.states), np.where(np.isnan(change), State.FLOOR, State.OBSERVED), means.states)
    level = 0.0
    source: NoiseFrom | None = None
    quiet = _rough(change, brightness)
    if history.shape[1] >= FEWEST:
        source, quiet, level = "history", history, float(np.median(history[0]))
    elif quiet.shape[1] >= FEWEST:
        source = "roughness"
    return ChangeMap(
        geobox=geobox,
        a=a,
        b=b,
        change=change,
        noise=_noise(quiet, brightness) if source else np.full_like(change, np.nan),
        states=states.astype(np.uint8),
        level=level,
        noise_from=source,
        floor=floor,
        simulated=simulated,
    )


def _rough(change: F4, brightness: F4) -> F4:
    """(2, n): how much each pixel differs from the mean of its four neighbours, as noise of one pixel; brightness.

    With independent noise of variance s^2 the difference has 1.25 s^2. Real patterns of change add to it.
    """
    around = (change[:-2, 1:-1] + change[2:, 1:-1] + change[1:-1, :-2] + change[1:-1, 2:]) / 4
    apart = (change[1:-1, 1:-1] - around) / np.float32(math.sqrt(1.25))
    told = np.stack([apart, brightness[1:-1, 1:-1]]).reshape(2, -1)
    return told[:, np.isfinite(told[0])]


def _noise(quiet: F4, brightness: F4) -> F4:
    """One robust standard deviation of change at each pixel's brightness [log2].

    quiet: (2, n) change without a cause, and brightness. Spread is taken in classes of equal count around each
    class's own median (Rousseeuw and Croux 1993, doi 10.1080/01621459.1993.10476408) and drawn between them.
    """
    change, bright = quiet[:, np.argsort(quiet[1], kind="stable")]
    classes = max(1, min(_CLASSES, len(change) // FEWEST))
    spread = [float(np.median(np.abs(part - np.median(part)))) for part in np.array_split(change, classes)]
    middle = [float(np.median(part)) for part in np.array_split(bright, classes)]
    noise: F4 = (_MAD_TO_SIGMA * np.interp(brightness, middle, spread)).astype(np.float32)
    return noise


def _overlap(window: Window, cell: Window) -> Window | None:
    rows, columns = (
        slice(max(one.start, other.start), min(one.stop, other.stop)) for one, other in zip(window, cell, strict=True)
    )
    return Window(rows, columns) if rows.start < rows.stop and columns.start < columns.stop else None


def _inside(block: Window, window: Window) -> Window:
    rows, columns = (slice(b.start - w.start, b.stop - w.start) for b, w in zip(block, window, strict=True))
    return Window(rows, columns)
