"""Patches of changed pixels as objects: where in the site, how large, of which kind, how often they arise by chance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from odc.geo.geobox import GeoBox
from scipy import ndimage

from dateline.imagery.ground import place_on_earth
from dateline.imagery.resample import true_pixel

F4 = npt.NDArray[np.float32]
F8 = npt.NDArray[np.float64]
B1 = npt.NDArray[np.bool_]

_EIGHT = np.ones((3, 3))
FEWEST_TRIALS = 9
"""Whole trials from which their share says something beside the rate."""
_MIDDLE = 1 / 6
"""A centre this near to the site's own, as a part of its width, is in the middle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Object:
    """One patch. label: its number in the map. area [m2]. mass: sum of its pixels' strength over the threshold.

    row, column: its centre [px]. part: where in the site, in words. kind: of change, in words. false: how many of this
    mass or more arise in a km2 where nothing happened, None where that was not measured. when: days since the first
    image between which it first shows.
    """

    label: int
    pixels: int
    area: float
    mass: float
    row: float
    column: float
    lon: float
    lat: float
    part: str
    kind: str = "change"
    false: float | None = None
    when: tuple[str, str] | None = None
    extra: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Patches:
    """labels: (rows, columns), 0 where nothing is. pixels, mass: of each label from 1 on."""

    labels: npt.NDArray[np.int32]
    pixels: npt.NDArray[np.int64]
    mass: F8


def patches(mask: B1, strength: F8 | F4) -> Patches:
    """Patches of a mask, corners touching, and the sum of `strength` (>= 0 in the mask) over each."""
    labels, count = ndimage.label(mask, _EIGHT)
    index = labels.ravel()
    pixels = np.bincount(index, minlength=count + 1)[1:].astype(np.int64)
    weights = np.where(mask, np.nan_to_num(strength), 0).ravel().astype(float)
    mass: F8 = np.bincount(index, weights, minlength=count + 1)[1:].astype(float)
    return Patches(labels.astype(np.int32), pixels, mass)


def objects_of(found: Patches, geobox: GeoBox, pixel: tuple[float, float], extent: B1) -> list[Object]:
    """Objects with their places, heaviest first. pixel: height and width of a pixel [m]. extent: the site's pixels."""
    count = len(found.pixels)
    if not count:
        return []
    rows, columns = np.array(ndimage.center_of_mass(found.labels > 0, found.labels, range(1, count + 1))).T
    lon, lat = place_on_earth(columns + 0.5, rows + 0.5, geobox)
    ground = pixel[0] * pixel[1]
    box = _box(extent, geobox)
    made = [
        Object(
            label=i + 1,
            pixels=int(found.pixels[i]),
            area=float(found.pixels[i] * ground),
            mass=float(found.mass[i]),
            row=float(rows[i]),
            column=float(columns[i]),
            lon=float(lon[i]),
            lat=float(lat[i]),
            part=part_in_words(float(lon[i]), float(lat[i]), box),
        )
        for i in range(count)
    ]
    return sorted(made, key=lambda one: -one.mass)


def object_at(place: tuple[int, int], pixels: int, mass: float, grid: GeoBox, extent: B1) -> Object:
    """An object of which the middle alone is known. place: its row and column. extent: the site's pixels."""
    row, column = place
    lon, lat = (float(one[0]) for one in place_on_earth(np.array([column + 0.5]), np.array([row + 0.5]), grid))
    height, width = true_pixel(grid)
    return Object(
        label=1,
        pixels=pixels,
        area=pixels * height * width,
        mass=mass,
        row=float(row),
        column=float(column),
        lon=lon,
        lat=lat,
        part=part_in_words(lon, lat, _box(extent, grid)),
    )


def _box(extent: B1, geobox: GeoBox) -> tuple[float, float, float, float]:
    """West, south, east, north [degrees] of the site."""
    rows, columns = np.flatnonzero(extent.any(axis=1)), np.flatnonzero(extent.any(axis=0))
    if not len(rows):
        rows, columns = np.array([0, extent.shape[0] - 1]), np.array([0, extent.shape[1] - 1])
    edges = np.array([columns[0], columns[-1] + 1, columns[0], columns[-1] + 1], float)
    sides = np.array([rows[0], rows[0], rows[-1] + 1, rows[-1] + 1], float)
    lon, lat = place_on_earth(edges, sides, geobox)
    return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())


def part_in_words(lon: float, lat: float, box: tuple[float, float, float, float]) -> str:
    """Where a point lies in a site: "southern part", "north-eastern part", "middle". box: its bounds [degrees]."""
    west, south, east, north = box
    across = (lon - (west + east) / 2) / max(east - west, 1e-12)
    up = (lat - (south + north) / 2) / max(north - south, 1e-12)
    upright = "" if abs(up) <= _MIDDLE else "north" if up > 0 else "south"
    level = "" if abs(across) <= _MIDDLE else "east" if across > 0 else "west"
    if not upright and not level:
        return "middle"
    return f"{upright}-{level}ern part" if upright and level else f"{upright or level}ern part"


@dataclass(frozen=True, slots=True)
class Placebo:
    """Patches where nothing is known to have happened: other dates of the site, or other ground on the same dates.

    mass: of all trials together. exposure: ground seen, summed over the trials [km2]. counts: patches of each trial.
    shares: part of the pixels flagged in each trial. how: in words. largest: greatest mass of each trial of a whole
    site, where such were had.
    """

    mass: F8
    exposure: float
    counts: tuple[int, ...]
    shares: tuple[float, ...]
    how: str
    largest: tuple[float, ...] = ()

    @classmethod
    def none(cls) -> Placebo:
        """No trial could be had."""
        return cls(np.zeros(0), 0.0, (), (), "none")

    def joined(self, other: Placebo) -> Placebo:
        """Both sets of trials."""
        how = " and ".join(one.how for one in (self, other) if one.counts) or "none"
        mass = np.concatenate([self.mass, other.mass])
        return Placebo(
            mass,
            self.exposure + other.exposure,
            self.counts + other.counts,
            self.shares + other.shares,
            how,
            self.largest + other.largest,
        )

    def rate(self, mass: float, site: float) -> float:
        """How many patches of this mass or more arise in a km2 [km-2]: one more than were seen, on the site [km2] more.

        So it is never none: what was not seen in ten trials may come in the eleventh.
        """
        return (int((self.mass >= mass).sum()) + 1) / max(self.exposure + site, 1e-9)

    def chance(self, mass: float, site: float) -> float:
        """Probability of at least one such patch on the site [km2] where nothing happened.

        By the rate, as if patches came one by one (Poisson), and no less than the share of whole trials with one: a
        date of drought or rain makes many at once. That share is known from nine trials on.
        """
        poisson = 1 - math.exp(-self.rate(mass, site) * site)
        if len(self.largest) < FEWEST_TRIALS:
            return poisson
        return max(poisson, (1 + sum(one >= mass for one in self.largest)) / (1 + len(self.largest)))


def benjamini_hochberg(p: Sequence[float]) -> list[float]:
    """q-values of a family (Benjamini and Hochberg 1995, doi 10.1111/j.2517-6161.1995.tb02031.x)."""
    values = np.asarray(p, float)
    if not len(values):
        return []
    order = np.argsort(values)
    ranked = values[order] * len(values) / np.arange(1, len(values) + 1)
    q = np.minimum.accumulate(ranked[::-1])[::-1]
    made = np.empty(len(values))
    made[order] = np.minimum(q, 1)
    return [float(one) for one in made]
