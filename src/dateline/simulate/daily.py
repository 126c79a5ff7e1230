"""Simulated nights (A1, A2): one look each, with cloud, snow, moonlight, quality flags and a gap-filled layer."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from dateline.simulate.chance import clouds, snow, stream, variation
from dateline.simulate.composite import Layers, month_level
from dateline.simulate.world import F4, Window, World, field, land, levels

_LOOKBACK = 10
"""Nights that the simulated gap filling looks back."""

_NEW_MOON = date(2000, 1, 6)
_LUNATION = 29.530588853

Bools = npt.NDArray[np.bool_]


def night(world: World, window: Window, day: date, *, platform: str = "Suomi-NPP") -> F4:
    """(height, width) the light of one night as a cloudless look would measure it [nW cm-2 sr-1], noise included."""
    rng = stream(world, "night", day, platform=platform)
    factors = levels(world, day) * variation(world, day) * np.exp(rng.normal(0, world.night_noise, len(world.towns)))
    down, across = rng.normal(0, world.jitter, 2)
    light = field(world, window, factors, shift=(float(down), float(across))) * world.gain(platform)
    noisy = light + rng.normal(0, world.pixel_noise, light.shape)
    bright = np.where(snow(world, window, day), noisy * world.snow_gain, noisy)
    values: F4 = np.maximum(bright, 0).astype(np.float32)
    return values


def corrected(world: World, window: Window, day: date, *, platform: str = "Suomi-NPP") -> Layers:
    """The layers of A2 over a window [light in nW cm-2 sr-1].

    Where light is far below its history the night's value keeps flag 1 ("outlier") under a clear sky, in half of the
    pixels: so an outage looks in the real product. The gap-filled layer puts history there and under cloud.
    """
    ground, white = land(world, window), snow(world, window, day)
    cloud = clouds(world, window, day, platform=platform)
    light = night(world, window, day, platform=platform)
    history = _history(world, window, day, platform)
    rng = stream(world, "gap", day, platform=platform)
    dimmed = (light < 0.5 * history) & (history > 1) & (rng.random(light.shape) < 0.5)
    seen = ground & ~cloud
    flag = np.where(~seen, 255, dimmed).astype(np.uint8)
    return {
        "DNB_BRDF-Corrected_NTL": np.where(seen, light, np.nan).astype(np.float32),
        "Gap_Filled_DNB_BRDF-Corrected_NTL": np.where(ground, np.where(flag == 0, light, history), np.nan).astype("f4"),
        "DNB_Lunar_Irradiance": np.full(light.shape, 0.5 + 4 * moon(day), np.float32),
        "Mandatory_Quality_Flag": flag,
        "Latest_High_Quality_Retrieval": _age(world, window, day, platform, flag),
        "Snow_Flag": (white & ground).astype(np.uint8),
        "QF_Cloud_Mask": _cloud_bits(ground, cloud, white),
    }


def at_sensor(world: World, window: Window, day: date, *, platform: str = "Suomi-NPP") -> Layers:
    """The layers of A1 over a window: light with moonlight and under cloud, angles [degrees], bands, flags."""
    ground, white = land(world, window), snow(world, window, day)
    cloud = clouds(world, window, day, platform=platform)
    light = night(world, window, day, platform=platform)
    shape = light.shape
    zenith = np.broadcast_to(np.abs(np.linspace(-60, 60, shape[1]) + (day.toordinal() % 16 - 8) * 4), shape)
    flat = {"Sensor_Azimuth": 100.0, "Solar_Zenith": 140.0, "Solar_Azimuth": -20.0, "Lunar_Azimuth": 60.0}
    flat |= {"Lunar_Zenith": 80 - 60 * moon(day), "Glint_Angle": 90.0, "Moon_Phase_Angle": 180 * (1 - moon(day))}
    flat |= {"Moon_Illumination_Fraction": 100 * moon(day), "UTC_Time": 9.5, "Radiance_M10": 0.01, "Radiance_M11": 0.01}
    flat |= {f"BrightnessTemperature_{band}": 270.0 for band in ("M12", "M13", "M15", "M16")}
    flags = {f"QF_{band}": np.zeros(shape, np.uint16) for band in ("DNB", *(f"VIIRS_M{n}" for n in _BANDS))}
    return {
        "DNB_At_Sensor_Radiance": np.where(cloud, light * 0.4, light).astype(np.float32) + np.float32(0.8 * moon(day)),
        "Sensor_Zenith": np.minimum(zenith, 70).astype(np.float32),
        "QF_Cloud_Mask": _cloud_bits(ground, cloud, white),
        "Granule": np.ones(shape, np.uint8),
        **{name: np.full(shape, value, np.float32) for name, value in flat.items()},
        **flags,
    }


_BANDS = (10, 11, 12, 13, 15, 16)


def moon(day: date) -> float:
    """The lit share of the moon on a day, 0 to 1, from its mean period: good enough to make a simulation uneven."""
    return (1 - math.cos(2 * math.pi * ((day - _NEW_MOON).days % _LUNATION) / _LUNATION)) / 2


def _history(world: World, window: Window, day: date, platform: str) -> F4:
    """(height, width) what earlier times would lead one to expect: the month without any blackout."""
    factors = month_level(world, day.replace(day=1), with_blackout=False)
    return field(world, window, factors) * world.gain(platform)


def _age(world: World, window: Window, day: date, platform: str, flag: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """(height, width) days since the last clear night; 255 where none lies within the time looked back."""
    age = np.where(flag == 0, 0, 255).astype(np.uint8)
    for back in range(1, _LOOKBACK + 1):
        open_still = age == 255
        clear = ~clouds(world, window, day - timedelta(days=back), platform=platform)
        age[open_still & clear] = back
    return age


def _cloud_bits(ground: Bools, cloud: Bools, white: Bools) -> npt.NDArray[np.uint16]:
    """(height, width) QF_Cloud_Mask: night, land or sea, mask quality high, cloudy or clear, snow."""
    water = np.where(ground, 1, 3) << 1
    return (water | 3 << 4 | np.where(cloud, 3, 0) << 6 | (white & ground).astype(int) << 10).astype(np.uint16)
