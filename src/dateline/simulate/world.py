"""An invented coast whose light is known: towns, growth, a blackout, seasons, snow, clouds, two satellites.

It lies around 48 S 123 W, in the South Pacific, near the point of the ocean that is farthest from any land: there is
nothing there that it could be mistaken for.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from dateline.imagery.catalog.black_marble import Tile

F4 = npt.NDArray[np.float32]
F8 = npt.NDArray[np.float64]

PIXEL = 1 / 240
"""Pixel side [degrees]."""
KILOMETRES = 111.195
"""One degree of a great circle [km]."""
YEAR_DAYS = 365.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """A town's light: Gaussian around a point [degrees], `peak` [nW cm-2 sr-1] at its centre, `radius` [km] one sigma.

    growth: factor a year, from the world's origin on.
    """

    name: str
    lon: float
    lat: float
    peak: float
    radius: float = 1.5
    growth: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Blackout:
    """Towns between two meridians and parallels [degrees] keep only `factor` of their light from start to end."""

    west: float
    south: float
    east: float
    north: float
    start: date
    end: date | None = None
    """First day with light again; None: it lasts."""
    factor: float = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything that is true of an invented coast, and how noisily it is seen. All of it is known.

    season: relative swing of light over the year, greatest in `brightest` (1 to 12). background: light everywhere
    [nW cm-2 sr-1]. clear, snow: share of nights without cloud, and of ground under snow, by month, January first.
    snow_gain: what snow makes of light. gains: what each satellite makes of light; S-NPP is 1. pixel_noise: of one
    pixel in one night [nW cm-2 sr-1]. night_noise, month_noise, year_noise: of one town from night to night, month
    to month, year to year, relative. jitter: misregistration of one night, one sigma [px]. shore: meridian of the
    coast [degrees]; land lies west of it.
    """

    towns: tuple[Town, ...]
    blackouts: tuple[Blackout, ...] = ()
    origin: date = date(2018, 1, 1)
    season: float = 0.1
    brightest: int = 7
    background: float = 0.15
    clear: tuple[float, ...] = (0.5,) * 12
    snow: tuple[float, ...] = (0.0,) * 12
    snow_gain: float = 1.8
    gains: tuple[tuple[str, float], ...] = (("Suomi-NPP", 1.0), ("NOAA-20", 0.84))
    pixel_noise: float = 0.2
    night_noise: float = 0.15
    month_noise: float = 0.03
    year_noise: float = 0.03
    jitter: float = 0.3
    shore: float = -122.5
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("clear", "snow"):
            shares = getattr(self, name)
            if len(shares) != 12 or not all(0 <= share <= 1 for share in shares):
                raise ValueError(f"World.{name} needs twelve shares from 0 to 1, January first; saw {shares}.")

    def gain(self, platform: str) -> float:
        """What a satellite makes of light, relative to S-NPP."""
        return dict(self.gains)[platform]


@dataclass(frozen=True, slots=True)
class Window:
    """Some rows and columns of a tile: where a simulated tile carries data."""

    tile: Tile
    row: int
    column: int
    height: int
    width: int

    def __post_init__(self) -> None:
        if not (0 <= self.row <= 2400 - self.height and 0 <= self.column <= 2400 - self.width):
            raise ValueError(f"The window {self} is not inside a tile of 2400 by 2400 pixels.")

    @classmethod
    def around(cls, tile: Tile, *, lon: float, lat: float, size: int) -> Window:
        """A square of `size` pixels around a position [degrees], moved inward where it would leave the tile."""
        west, _, _, north = tile.bounds
        row, column = ((north - lat) / PIXEL - size / 2, (lon - west) / PIXEL - size / 2)
        low, high = 0, 2400 - size
        return cls(tile, min(max(round(row), low), high), min(max(round(column), low), high), size, size)

    @property
    def rows(self) -> slice:
        """Its rows in the tile."""
        return slice(self.row, self.row + self.height)

    @property
    def columns(self) -> slice:
        """Its columns in the tile."""
        return slice(self.column, self.column + self.width)

    def lons(self) -> F8:
        """(width,) longitudes of the pixels' centres [degrees]."""
        return np.asarray(self.tile.bounds[0] + (self.column + np.arange(self.width) + 0.5) * PIXEL, np.float64)

    def lats(self) -> F8:
        """(height,) latitudes of the pixels' centres [degrees]."""
        return np.asarray(self.tile.bounds[3] - (self.row + np.arange(self.height) + 0.5) * PIXEL, np.float64)


def levels(world: World, day: date, *, with_blackout: bool = True) -> F8:
    """(towns,) the true factor on each town's peak on a day: growth, season, blackout. Without any noise."""
    years = (day - world.origin).days / YEAR_DAYS
    phase = 2 * math.pi * ((day.month - world.brightest) / 12)
    season = 1 + world.season * math.cos(phase)
    factors = np.array([town.growth**years for town in world.towns]) * season
    for blackout in world.blackouts if with_blackout else ():
        if blackout.start <= day and (blackout.end is None or day < blackout.end):
            factors[[_inside(town, blackout) for town in world.towns]] *= blackout.factor
    return factors


def _inside(town: Town, blackout: Blackout) -> bool:
    return blackout.west <= town.lon <= blackout.east and blackout.south <= town.lat <= blackout.north


def field(world: World, window: Window, factors: F8, *, shift: tuple[float, float] = (0.0, 0.0)) -> F4:
    """(height, width) light of the towns at given factors, with the background [nW cm-2 sr-1].

    shift: misregistration in rows and columns [px]. A sum of separable Gaussians, so exact wherever it is put.
    """
    lon = np.array([town.lon for town in world.towns])
    lat = np.array([town.lat for town in world.towns])
    sigma = np.array([town.radius for town in world.towns]) / KILOMETRES
    peak = np.array([town.peak for town in world.towns]) * factors
    across = (window.lons()[:, None] - lon - shift[1] * PIXEL) * np.cos(np.radians(lat)) / sigma
    down = (window.lats()[:, None] - lat + shift[0] * PIXEL) / sigma
    vertical, horizontal = (
        (np.exp(-0.5 * down**2) * peak).astype(np.float32),
        np.exp(-0.5 * across**2).astype(np.float32),
    )
    light: F4 = vertical @ horizontal.T + np.float32(world.background)
    return light


def expected(world: World, window: Window, day: date, *, platform: str = "Suomi-NPP") -> F4:
    """(height, width) the true light on a day as a satellite would see it without noise, cloud, snow or floor."""
    return field(world, window, levels(world, day)) * np.float32(world.gain(platform))


def land(world: World, window: Window) -> npt.NDArray[np.bool_]:
    """(height, width) where there is land: west of a winding shore."""
    lats, lons = window.lats(), window.lons()
    shore = world.shore + 0.15 * np.sin(lats * 7) + 0.05 * np.sin(lats * 31)
    below: npt.NDArray[np.bool_] = lons[None, :] < shore[:, None]
    return below


def invented_coast(*, seed: int = 0) -> World:
    """The world of the exercise: a port that grows, a region that goes dark, towns to compare them with.

    South of the equator: winter, with its snow, is June to August.
    """
    quiet = tuple(
        Town(
            name=f"Contrast {index + 1}",
            lon=-125.1 + 0.42 * (index % 6) + 0.1 * math.sin(5 * index),
            lat=-46.6 - 0.4 * (index // 6) + 0.12 * math.sin(3 * index),
            peak=peak,
        )
        for index, peak in enumerate((8, 15, 5, 30, 12, 6, 20, 9, 7, 25, 11, 14))
    )
    dark = tuple(
        Town(name=f"Dark {index + 1}", lon=-125.0 + 0.45 * index, lat=-48.6 + 0.2 * math.sin(2 * index), peak=peak)
        for index, peak in enumerate((18, 9, 40, 12, 7))
    )
    port = Town(name="Growing port", lon=-122.72, lat=-47.55, peak=20, radius=1.2, growth=1.12)
    return World(
        towns=(port, *quiet, *dark),
        blackouts=(Blackout(west=-125.5, south=-49, east=-122.5, north=-48.3, start=date(2022, 10, 10), factor=0.35),),
        clear=(0.55, 0.55, 0.5, 0.45, 0.4, 0.35, 0.35, 0.4, 0.45, 0.5, 0.5, 0.55),
        snow=(0, 0, 0, 0, 0.1, 0.5, 0.7, 0.6, 0.2, 0, 0, 0),
        seed=seed,
    )


COAST_TILE = Tile(5, 13)
"""Where the invented coast lies: 130 to 120 W, 40 to 50 S. Open ocean."""

COAST_WINDOW = Window(COAST_TILE, 1536, 1128, 576, 672)
"""The part of the tile with the invented coast's towns: 125.3 to 122.5 W, 46.4 to 48.8 S."""
