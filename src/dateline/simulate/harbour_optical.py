"""Optical chips of an invented harbour: reflectance of water, land, cranes and ships under cloud, glint and season."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from dateline.core.state import State
from dateline.imagery.chip import Chip
from dateline.simulate.harbour_ground import F8, Frame, Seen, Stack, crane_places, stacks, texture
from dateline.simulate.harbour_world import Harbour

BANDS = ("B02", "B03", "B04", "B08", "B11")
WATER = np.array([0.05, 0.045, 0.03, 0.015, 0.008])
GROUND = np.array([0.10, 0.12, 0.13, 0.22, 0.24])
QUAY = np.array([0.18, 0.19, 0.20, 0.22, 0.24])
STEEL = np.array([0.20, 0.14, 0.12, 0.20, 0.20])
STORED = np.array([0.12, 0.14, 0.22, 0.24, 0.22])
CLOUD = np.array([0.45, 0.45, 0.45, 0.48, 0.40])
GLINT = np.array([0.05, 0.05, 0.05, 0.05, 0.05])
ICE = np.array([0.45, 0.45, 0.44, 0.40, 0.08])
NOISE = 0.004
"""Noise of one pixel [1]."""


@dataclass(frozen=True, slots=True)
class Scenery:
    """What stands still: the land's texture as spline coefficients, and the stacks."""

    harbour: Harbour
    land: F8
    stacks: tuple[Stack, ...]

    @classmethod
    def of(cls, harbour: Harbour, rng: np.random.Generator) -> Scenery:
        """The scenery of a harbour."""
        land = ndimage.spline_filter(0.25 * texture(harbour.shape, rng, size=0.8), order=3)
        return cls(harbour, land, stacks(harbour, rng))

    def chip(self, seen: Seen, rng: np.random.Generator) -> Chip:
        """One pass: reflectance with states; a season over the year and a gain of its own."""
        harbour, frame = self.harbour, Frame.of(self.harbour, seen.shift)
        values = self._still(frame, seen)
        day = (seen.at - harbour.start).total_seconds() / 86400
        values *= 1 + 0.15 * math.cos(2 * math.pi * day / 365.25)
        water = frame.water()
        states = np.full(harbour.shape, State.OBSERVED, np.uint8)
        if harbour.ice is not None and harbour.ice[0] <= day <= harbour.ice[1]:
            values += water[..., None] * ICE
            states[water > 0.5] = State.SNOW
        if rng.random() < harbour.glint:
            values += water[..., None] * GLINT * rng.uniform(0.5, 1.5)
        _ships(frame, seen, values)
        values *= np.exp(rng.normal(0, harbour.gain))
        _clouds(harbour, values, states, rng)
        values += rng.normal(0, NOISE, values.shape)
        return Chip(
            id=seen.name,
            at=seen.at,
            sensor="optical_declared",
            platform="SIMULATED",
            bands=BANDS,
            quantity="reflectance",
            values=np.maximum(np.moveaxis(values, 2, 0), 1e-4).astype(np.float32),
            states=states,
            geobox=harbour.geobox,
            pixel=(harbour.pixel, harbour.pixel),
            simulated=True,
        )

    def _still(self, frame: Frame, seen: Seen) -> F8:
        water = frame.water()[..., None]
        land = 1 + ndimage.shift(self.land, seen.shift, order=3, prefilter=False, mode="nearest")[..., None]
        values: F8 = water * WATER + (1 - water) * land * GROUND
        everywhere = (slice(None), slice(None))
        _lay(values, frame.stretch((-1e6, 1e6), (-30, 0), everywhere), QUAY)
        for stack in self.stacks:
            where = frame.around(*frame.quay_point(sum(stack.u) / 2, sum(stack.v) / 2), 50)
            if where is not None:
                _lay(values, frame.stretch(stack.u, stack.v, where), STORED * (0.5 + stack.level(seen.at) / 18), where)
        for u in crane_places(self.harbour):
            where = frame.around(*frame.quay_point(u, 8), 40)
            if where is not None:
                _lay(values, 0.6 * frame.stretch((u - 8, u + 8), (-20, 35), where), STEEL, where)
        return values


def _lay(values: F8, cover: F8, colour: F8, where: tuple[slice, slice] = (slice(None), slice(None))) -> None:
    values[where] = (1 - cover[..., None]) * values[where] + cover[..., None] * colour


def _ships(frame: Frame, seen: Seen, values: F8) -> None:
    harbour = frame.harbour
    starts = {berth.id: harbour.berth_start(index) for index, berth in enumerate(harbour.berths)}
    for one in seen.ships:
        u, half = starts[one.berth] + one.centre, one.length / 2
        where = frame.around(*frame.quay_point(u, 0), half + one.width)
        if where is not None:
            cover = frame.stretch((u - half, u + half), (2, 2 + one.width), where)
            _lay(values, cover, np.array(one.paint), where)
    for other in seen.afloat:
        where = frame.around(other.x, other.y, other.length)
        if where is not None:
            _lay(values, frame.hull(other, other.x, other.y, where), 0.25 * np.ones(len(BANDS)), where)


def _clouds(harbour: Harbour, values: F8, states: np.ndarray, rng: np.random.Generator) -> None:
    """Cloud over part of the chip; its edges are a little wider than what the states say."""
    if rng.random() >= harbour.cloudy:
        return
    field = texture(harbour.shape, rng, size=max(harbour.shape) / 12)
    edge = np.quantile(field, 1 - rng.beta(1.2, 0.8))
    thick = np.clip((field - edge) / 0.15 + 0.1, 0, 1)[..., None]
    values[:] = (1 - thick) * values + thick * CLOUD
    states[field > edge] = State.CLOUD
