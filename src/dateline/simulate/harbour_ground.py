"""The ground of an invented harbour: coordinates along and across the quay, what covers what, what stands on land."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from dateline.simulate.harbour_ships import Afloat, Ship
from dateline.simulate.harbour_world import CENTRE, Harbour

F8 = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One pass over the harbour: when, which ships were there, how far the image is displaced (rows, columns) [px]."""

    name: str
    at: datetime
    ships: tuple[Ship, ...]
    afloat: tuple[Afloat, ...]
    shift: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Frame:
    """Coordinates of the pixels' middles, displaced: x, y in the grid's system; u along and v across the quay [m].

    u runs from the middle of the chip, v is positive over the water. All (rows, columns).
    """

    harbour: Harbour
    x: F8
    y: F8
    u: F8
    v: F8

    @classmethod
    def of(cls, harbour: Harbour, shift: tuple[float, float]) -> Frame:
        """The frame of one image: what its pixel (row, column) shows lies at (row - shift, column - shift)."""
        rows, columns = harbour.shape
        west, _, _, north = harbour.bounds
        x = west + (np.arange(columns) + 0.5 - shift[1]) * harbour.pixel
        y = north - (np.arange(rows) + 0.5 - shift[0]) * harbour.pixel
        east, up = harbour.along
        away_x, away_y = (x - CENTRE[0])[None, :], (y - CENTRE[1])[:, None]
        wide = np.zeros(harbour.shape)
        return cls(
            harbour, x[None, :] + wide, y[:, None] + wide, away_x * east + away_y * up, away_x * up - away_y * east
        )

    def water(self) -> F8:
        """Share of water in each pixel [1]."""
        return np.clip(0.5 + self.v / self.harbour.pixel, 0, 1)

    def quay_point(self, u: float, v: float) -> tuple[float, float]:
        """Where a point along and across the quay lies in the grid's system [m]."""
        east, up = self.harbour.along
        return CENTRE[0] + u * east + v * up, CENTRE[1] + u * up - v * east

    def around(self, x: float, y: float, reach: float) -> tuple[slice, slice] | None:
        """The rows and columns within `reach` [m] of a point, or None when that is outside the image."""
        side, (rows, columns) = self.harbour.pixel, self.harbour.shape
        row, column, far = (self.y[0, 0] - y) / side, (x - self.x[0, 0]) / side, reach / side + 2
        part = (
            slice(max(int(row - far), 0), min(int(row + far) + 1, rows)),
            slice(max(int(column - far), 0), min(int(column + far) + 1, columns)),
        )
        return part if part[0].start < part[0].stop and part[1].start < part[1].stop else None

    def stretch(self, u: tuple[float, float], v: tuple[float, float], where: tuple[slice, slice]) -> F8:
        """Share of each pixel under a rectangle along the quay, its sides softened over one pixel [1]."""
        return _span(self.u[where], *u, self.harbour.pixel) * _span(self.v[where], *v, self.harbour.pixel)

    def hull(self, one: Afloat, x: float, y: float, where: tuple[slice, slice]) -> F8:
        """Share of each pixel under a ship of any heading whose middle lies at (x, y) [1]."""
        turn = np.radians(one.heading)
        away_x, away_y = self.x[where] - x, self.y[where] - y
        ahead, aside = away_x * np.sin(turn) + away_y * np.cos(turn), away_x * np.cos(turn) - away_y * np.sin(turn)
        half, beam = one.length / 2, one.width / 2
        return _span(ahead, -half, half, self.harbour.pixel) * _span(aside, -beam, beam, self.harbour.pixel)


def _span(at: F8, low: float, high: float, soft: float) -> F8:
    """Share of [at - soft/2, at + soft/2] inside [low, high]: what a pixel of that size shows of it."""
    share: F8 = np.clip(np.minimum(at + soft / 2, high) - np.maximum(at - soft / 2, low), 0, soft) / soft
    return share


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """A container stack: where it stands (u, v ranges) [m], and its level [dB over water] from each moment on."""

    u: tuple[float, float]
    v: tuple[float, float]
    since: tuple[datetime, ...]
    levels: tuple[float, ...]

    def level(self, at: datetime) -> float:
        """Its level at a moment [dB]."""
        return self.levels[sum(moment <= at for moment in self.since) - 1]


def stacks(harbour: Harbour, rng: np.random.Generator) -> tuple[Stack, ...]:
    """The stacks of a harbour, 80 to 160 m behind the quay; each changes at random moments."""
    found = []
    whole = harbour.berth_length * harbour.berth_count
    for _ in range(harbour.stacks):
        u, v = float(rng.uniform(-whole / 2, whole / 2)), float(rng.uniform(-140, -100))
        changes = np.cumsum(rng.exponential(harbour.stack_life, max(int(3 * harbour.days / harbour.stack_life), 1) + 3))
        since = [harbour.start - timedelta(days=1)]
        since += [harbour.start + timedelta(days=float(day)) for day in changes if day < harbour.days]
        found.append(
            Stack(
                u=(u, u + 60), v=(v, v + 20), since=tuple(since), levels=tuple(rng.uniform(8, 18, len(since)).tolist())
            )
        )
    return tuple(found)


def crane_places(harbour: Harbour) -> Sequence[float]:
    """Where the cranes stand along the shore [m], from the middle of the chip."""
    return [
        harbour.berth_start(index) + (k + 1) * harbour.berth_length / (harbour.cranes + 1)
        for index in range(harbour.berth_count)
        for k in range(harbour.cranes)
    ]


def texture(shape: tuple[int, int], rng: np.random.Generator, *, size: float) -> F8:
    """A random field of mean 0 and spread 1, alike over about `size` pixels."""
    rough = ndimage.gaussian_filter(rng.standard_normal(shape), size, mode="wrap")
    smooth: F8 = rough / rough.std()
    return smooth
