"""Everything that is left to chance in a simulated world, each thing on its own stream, so that products agree."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt

from dateline.simulate.world import F8, Window, World

_STREAMS = ("cloud", "night", "month", "year", "snow", "pixel", "gap")
_PLATFORMS = ("Suomi-NPP", "NOAA-20", "NOAA-21")


def stream(world: World, name: str, day: date, *, platform: str = "Suomi-NPP", part: int = 0) -> np.random.Generator:
    """The random numbers of one thing on one day: the same for every product that needs them."""
    key = [world.seed, _STREAMS.index(name), day.toordinal(), _PLATFORMS.index(platform), part]
    return np.random.default_rng(key)


def variation(world: World, day: date) -> F8:
    """(towns,) each town's own factor of the year and of the month: what no satellite causes and no event."""
    count = len(world.towns)
    year = stream(world, "year", day.replace(month=1, day=1)).normal(0, world.year_noise, count)
    month = stream(world, "month", day.replace(day=1)).normal(0, world.month_noise, count)
    factors: F8 = np.exp(year + month)
    return factors


def patches(rng: np.random.Generator, window: Window, *, size: int) -> npt.NDArray[np.float32]:
    """(height, width) a smooth random field from 0 to 1: clouds, snow lines.

    size: distance between independent points [px]; bilinear between them.
    """
    points = rng.random((window.height // size + 2, window.width // size + 2), dtype=np.float32)
    smooth = _hats(window.height, size) @ points @ _hats(window.width, size).T
    return smooth.astype(np.float32)


def _hats(count: int, size: int) -> npt.NDArray[np.float32]:
    """(count, points) linear weights of the points at each pixel."""
    distance = np.arange(count)[:, None] / size - np.arange(count // size + 2)[None, :]
    weights: npt.NDArray[np.float32] = np.maximum(1 - np.abs(distance), 0).astype(np.float32)
    return weights


def clouds(world: World, window: Window, day: date, *, platform: str) -> npt.NDArray[np.bool_]:
    """(height, width) where cloud lay on a night: some nights nearly none, some nearly everywhere."""
    rng = stream(world, "cloud", day, platform=platform)
    clear = world.clear[day.month - 1]
    share = rng.beta(2 * (1 - clear), 2 * clear) if 0 < clear < 1 else 1 - clear
    return _under(patches(rng, window, size=60), share)


def snow(world: World, window: Window, day: date) -> npt.NDArray[np.bool_]:
    """(height, width) where snow lay, the same all month."""
    rng = stream(world, "snow", day.replace(day=1))
    return _under(patches(rng, window, size=150), world.snow[day.month - 1])


def _under(smooth: npt.NDArray[np.float32], share: float) -> npt.NDArray[np.bool_]:
    """The lowest part of a smooth field that makes up this share of the window."""
    if share in {0.0, 1.0}:
        return np.full(smooth.shape, bool(share))
    return smooth < np.quantile(smooth, share)
