"""Simulated monthly and yearly composites (A3, A4): what many noisy nights of an invented coast add up to."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from dateline.simulate.chance import patches, snow, stream, variation
from dateline.simulate.world import F4, F8, Window, World, field, land, levels

ANGLES = (("AllAngle", 1.0, 1.0), ("NearNadir", 1.08, 0.3), ("OffNadir", 0.9, 0.35))
"""Name, what the view makes of light (towers near nadir), share of the nights."""

SURFACES = ("Snow_Free", "Snow_Covered")

Layers = dict[str, npt.NDArray[np.generic]]
"""Layer name > (height, width): float32 in the layer's unit with NaN for no value, or whole numbers as stored."""


@dataclass(frozen=True, slots=True)
class _Time:
    """The months of a composite, and its nights in all."""

    months: tuple[date, ...]

    @property
    def nights(self) -> int:
        """How many nights there are."""
        return sum(calendar.monthrange(month.year, month.month)[1] for month in self.months)


def composite(
    world: World,
    window: Window,
    day: date,
    *,
    platform: str = "Suomi-NPP",
    yearly: bool = False,
    names: Sequence[str] | None = None,
    floor: float | None = 0.5,
) -> Layers:
    """The layers of one composite over a window: light [nW cm-2 sr-1], its spread, looks and quality.

    names: only the composites wanted (AllAngle_Composite_Snow_Free), with their companions; None: all six. Light
    below the floor [nW cm-2 sr-1] becomes 0. Pixels without a look have no value; a tenth of them is filled from
    history (quality 2) and then shows nothing of a blackout, as the real product does.
    """
    time = _Time(tuple(date(day.year, month, 1) for month in range(1, 13)) if yearly else (day.replace(day=1),))
    ground = land(world, window)
    white = np.mean([snow(world, window, month) for month in time.months], axis=0, dtype=np.float32)
    looks = _looks(world, window, time, platform)
    past = field(world, window, _mean_level(world, time, with_blackout=False))
    layers: Layers = {}
    for part, (angle, gain, share) in enumerate(ANGLES):
        for surface in SURFACES:
            name = f"{angle}_Composite_{surface}"
            if names is not None and name not in names:
                continue
            rng = stream(world, "pixel", day, platform=platform, part=2 * part + SURFACES.index(surface))
            here = (white if surface == "Snow_Covered" else 1 - white) * ground
            brighter = gain * world.gain(platform) * (world.snow_gain if surface == "Snow_Covered" else 1.0)
            view = _View(brighter, _counts(rng, time.nights, looks * np.float32(share) * here), here > 0, rng)
            layers |= _one(world, window, time, view, name=name, past=past, floor=floor)
    layers["DNB_Platform"] = np.full(ground.shape, {"Suomi-NPP": 0, "NOAA-20": 1}[platform], np.uint8)
    layers["Land_Water_Mask"] = np.where(ground, 1, 3).astype(np.uint8)
    return layers


@dataclass(frozen=True, slots=True)
class _View:
    """One of the six ways to look: its gain, its looks (height, width), where it could look at all, its chance."""

    gain: float
    count: npt.NDArray[np.uint16]
    possible: npt.NDArray[np.bool_]
    rng: np.random.Generator


def _looks(world: World, window: Window, time: _Time, platform: str) -> F4:
    """(height, width) chance that a night is clear."""
    clear = float(np.mean([world.clear[month.month - 1] for month in time.months]))
    rng = stream(world, "cloud", time.months[0], platform=platform, part=1)
    swing = 2 * min(0.25, clear, 1 - clear)
    uneven: F4 = np.float32(clear - swing / 2) + np.float32(swing) * patches(rng, window, size=100)
    return uneven


def _counts(rng: np.random.Generator, nights: int, chance: F4) -> npt.NDArray[np.uint16]:
    """(height, width) looks out of so many nights: binomial, by its normal approximation."""
    spread = np.sqrt(nights * chance * (1 - chance)) * rng.standard_normal(chance.shape, dtype=np.float32)
    counts: npt.NDArray[np.uint16] = np.clip(np.rint(nights * chance + spread), 0, nights).astype(np.uint16)
    return counts


def _one(world: World, window: Window, time: _Time, view: _View, *, name: str, past: F4, floor: float | None) -> Layers:
    light, seen = _light(world, window, time, view), view.count > 0
    history = view.possible & ~seen & (patches(view.rng, window, size=20) < 0.35)
    noise = view.rng.standard_normal(light.shape, dtype=np.float32) / np.sqrt(
        np.maximum(view.count, 1), dtype=np.float32
    )
    values = np.maximum(light + np.float32(world.pixel_noise) * noise, 0)
    values = np.where(history, past * np.float32(view.gain), values)
    if floor is not None:
        values *= values >= floor
    values[~(seen | history)] = np.nan
    quality = np.where(history, np.uint8(2), np.where(seen, (view.count <= 3).astype(np.uint8), np.uint8(255)))
    nightly = np.hypot(np.float32(world.pixel_noise), np.float32(world.night_noise) * light)
    return {
        name: values,
        f"{name}_Num": view.count,
        f"{name}_Quality": quality,
        f"{name}_Std": np.where(seen, nightly, np.float32(np.nan)),
    }


def _light(world: World, window: Window, time: _Time, view: _View) -> F4:
    """(height, width) mean light of the nights, towns flickering and the image shifted as many nights leave it."""
    typical = max(1.0, float(view.count.mean()))
    flicker = np.exp(view.rng.normal(0, world.night_noise / np.sqrt(typical), len(world.towns)))
    shift = view.rng.normal(0, world.jitter / np.sqrt(typical), 2)
    factors = _mean_level(world, time, with_blackout=True) * flicker
    return field(world, window, factors, shift=(float(shift[0]), float(shift[1]))) * np.float32(view.gain)


def _mean_level(world: World, time: _Time, *, with_blackout: bool) -> F8:
    """(towns,) mean factor over the months' days, with the towns' own variation."""
    months = [month_level(world, month, with_blackout=with_blackout) * variation(world, month) for month in time.months]
    mean: F8 = np.mean(months, axis=0)
    return mean


def month_level(world: World, month: date, *, with_blackout: bool = True) -> F8:
    """(towns,) true factor of a month: the mean over its days, without any noise."""
    days = calendar.monthrange(month.year, month.month)[1]
    daily = [levels(world, month.replace(day=day), with_blackout=with_blackout) for day in range(1, days + 1)]
    mean: F8 = np.mean(daily, axis=0)
    return mean


def true_ratio(world: World, before: Sequence[date], after: Sequence[date]) -> Mapping[str, float]:
    """Town > the true ratio of its light, mean over the months `after` against the months `before`; no noise in it."""
    means = [np.mean([month_level(world, month) for month in months], axis=0) for months in (before, after)]
    return {town.name: float(ratio) for town, ratio in zip(world.towns, means[1] / means[0], strict=True)}
