"""Radar chips of an invented harbour: speckle over quay, cranes with layover, stacks, ships, ghosts, sidelobes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from dateline.core.state import State
from dateline.imagery.chip import Chip
from dateline.simulate.harbour_ground import F8, Frame, Seen, Stack, crane_places, stacks, texture
from dateline.simulate.harbour_ships import Afloat
from dateline.simulate.harbour_world import CENTRE, Harbour, Track

LAND = 8.0
"""Middle level of the land over the water [dB]."""
ROUGH = 3.5
"""Spread of the land's level [dB]."""
AMBIGUITY = -22.0
"""Of an azimuth ambiguity against its source [dB]."""
SIDELOBES = (-13.0, -18.0, -21.0, -23.0, -25.0, -27.0)
"""Of the pixels beside a strong target along its cross [dB]."""
CRANE = 8.0
"""Radius of a crane's spot, one sigma [m]."""


@dataclass(frozen=True, slots=True)
class Scenery:
    """What stands still: the land's texture as spline coefficients [dB], the stacks, the ghosts of land elsewhere."""

    harbour: Harbour
    land: F8
    stacks: tuple[Stack, ...]
    ghosts: tuple[tuple[int, float, float, float], ...]

    @classmethod
    def of(cls, harbour: Harbour, rng: np.random.Generator) -> Scenery:
        """The scenery of a harbour."""
        land = ndimage.spline_filter(LAND + ROUGH * texture(harbour.shape, rng, size=0.8), order=3)
        built = stacks(harbour, rng)
        _west, south, east, north = harbour.bounds
        ghosts = [
            (track.relative_orbit, *rng.uniform((CENTRE[0] + 200, south, 8), (east, north, 14)).tolist())
            for track in harbour.tracks
            for _ in range(harbour.ghosts)
        ]
        return cls(harbour, land, built, tuple(ghosts))

    def chip(self, seen: Seen, track: Track, rng: np.random.Generator) -> Chip:
        """One pass: VV and VH, gamma0 in linear power."""
        harbour, frame = self.harbour, Frame.of(self.harbour, seen.shift)
        still = self._structures(frame, seen, track)
        water = frame.water()
        ships = _alongside(frame, seen, still + water) + self._afloat(frame, seen, track)
        gust = rng.normal(0, harbour.wind)
        sea = water * 10 ** (gust / 10) * self._ice(seen, rng)
        if harbour.texture is not None:
            sea = sea * rng.gamma(harbour.texture, 1 / harbour.texture, harbour.shape)
        bands = np.stack([(still + sea + ships) * 10 ** (level / 10) for level in harbour.sea])
        values = (bands * np.stack([_speckle(harbour, rng) for _ in harbour.sea])).astype(np.float32)
        states = np.full(harbour.shape, State.OBSERVED, np.uint8)
        if rng.random() < harbour.cut:
            states[:, int(rng.uniform(0, harbour.shape[1])) :] = State.OUTSIDE
            values[:, states == State.OUTSIDE] = np.nan
        return Chip(
            id=seen.name,
            at=seen.at,
            sensor="sentinel1_rtc",
            platform="SIMULATED",
            bands=("VV", "VH"),
            quantity="gamma0",
            values=values,
            states=states,
            geobox=harbour.geobox,
            pixel=(harbour.pixel, harbour.pixel),
            radar=track.facts(harbour.looks),
            simulated=True,
        )

    def _structures(self, frame: Frame, seen: Seen, track: Track) -> F8:
        """All that does not float, relative to open water [1]: land, quay, cranes and their layover, stacks, ghosts."""
        harbour = self.harbour
        land = 10 ** (ndimage.shift(self.land, seen.shift, order=3, prefilter=False, mode="nearest") / 10)
        power = land * (1 - frame.water())
        everywhere = (slice(None), slice(None))
        power += 10 ** (harbour.quay / 10) * frame.stretch((-1e6, 1e6), (-10, 3), everywhere)
        for stack in self.stacks:
            where = frame.around(*frame.quay_point(sum(stack.u) / 2, sum(stack.v) / 2), 50)
            if where is not None:
                power[where] += 10 ** (stack.level(seen.at) / 10) * frame.stretch(stack.u, stack.v, where)
        if harbour.quay_change is not None and (seen.at - harbour.start).total_seconds() > harbour.quay_change * 86400:
            power *= 1 + 9 * frame.stretch((-1e6, 1e6), (-70, 10), everywhere)
        lean = harbour.crane_height / math.tan(math.radians(track.incidence))
        toward = math.radians(track.look + 180)
        for u in crane_places(harbour):
            x, y = frame.quay_point(u, -6)
            for part in np.linspace(0, 1, 5):
                _spot(
                    frame, power, x + part * lean * math.sin(toward), y + part * lean * math.cos(toward), harbour.crane
                )
            self._echo(frame, power, (x, y), harbour.crane, track)
        for orbit, x, y, level in self.ghosts:
            if orbit == track.relative_orbit:
                _spot(frame, power, x, y, level, radius=12.0)
        return power

    def _echo(self, frame: Frame, power: F8, at: tuple[float, float], level: float, track: Track) -> None:
        """The azimuth ambiguities of a strong target, before and behind it along the track."""
        facts = track.facts(self.harbour.looks)
        assert facts.wavelength and facts.slant_range and facts.prf and facts.speed  # noqa: PT018 - all set by facts()
        away = facts.wavelength * facts.slant_range * facts.prf / (2 * facts.speed)
        ahead = math.radians(track.heading)
        for side in (-1, 1):
            ghost = at[0] + side * away * math.sin(ahead), at[1] + side * away * math.cos(ahead)
            _spot(frame, power, *ghost, level + AMBIGUITY)

    def _afloat(self, frame: Frame, seen: Seen, track: Track) -> F8:
        power = np.zeros(self.harbour.shape)
        for one in seen.afloat:
            x, y = imaged(one, track)
            where = frame.around(x, y, one.length)
            if where is None:
                continue
            power[where] += (10 ** (one.contrast / 10) - 1) * frame.hull(one, x, y, where)
            self._echo(frame, power, (x, y), one.contrast, track)
            if self.harbour.sidelobes and one.contrast > 15:
                _cross(frame, power, (x, y), one.contrast + 6, track)
        return power

    def _ice(self, seen: Seen, rng: np.random.Generator) -> F8:
        """What ice makes of the water's level [1]."""
        day = (seen.at - self.harbour.start).total_seconds() / 86400
        if self.harbour.ice is None or not self.harbour.ice[0] <= day <= self.harbour.ice[1]:
            return np.ones(self.harbour.shape)
        rough: F8 = 10 ** ((6 + 3 * texture(self.harbour.shape, rng, size=3)) / 10)
        return rough


def imaged(one: Afloat, track: Track) -> tuple[float, float]:
    """Where a ship is imaged [m, grid's system]: a mover is displaced along the track by -(R/V) v_r (Raney 1971).

    v_r: its speed away from the radar along the line of sight [m s-1].
    """
    facts = track.facts(1.0)
    assert facts.slant_range
    assert facts.speed
    away = one.speed * math.cos(math.radians(one.heading - track.look)) * math.sin(math.radians(track.incidence))
    shift, ahead = -facts.slant_range / facts.speed * away, math.radians(track.heading)
    return one.x + shift * math.sin(ahead), one.y + shift * math.cos(ahead)


def _alongside(frame: Frame, seen: Seen, without: F8) -> F8:
    """What the ships add over what the berth shows without them, each with a brighter and a darker half."""
    harbour = frame.harbour
    power = np.zeros(harbour.shape)
    starts = {berth.id: harbour.berth_start(index) for index, berth in enumerate(harbour.berths)}
    for one in seen.ships:
        u, half = starts[one.berth] + one.centre, one.length / 2
        where = frame.around(*frame.quay_point(u, 0), half + one.width)
        if where is None:
            continue
        cover = frame.stretch((u - half, u + half), (2, 2 + one.width), where)
        tilt = 1 + 0.4 * np.sign(frame.u[where] - u)
        power[where] += cover * tilt * (10 ** (one.contrast / 10) - 1) * without[where]
    return power


def _spot(frame: Frame, power: F8, x: float, y: float, level: float, *, radius: float = CRANE) -> None:
    where = frame.around(x, y, 4 * radius)
    if where is not None:
        far = ((frame.x[where] - x) ** 2 + (frame.y[where] - y) ** 2) / (2 * radius**2)
        power[where] += 10 ** (level / 10) * np.exp(-far)


def _cross(frame: Frame, power: F8, middle: tuple[float, float], level: float, track: Track) -> None:
    """Sidelobes of a strong target, one pixel wide, along and across the track."""
    for turn in (0, 90, 180, 270):
        bearing = math.radians(track.heading + turn)
        for step, drop in enumerate(SIDELOBES, start=1):
            far = step * frame.harbour.pixel
            at = middle[0] + far * math.sin(bearing), middle[1] + far * math.cos(bearing)
            _spot(frame, power, *at, level + drop, radius=frame.harbour.pixel / 3)


def _speckle(harbour: Harbour, rng: np.random.Generator) -> F8:
    """(rows, columns) factors of mean 1 and variance 1/looks [1]."""
    if not harbour.correlated:
        return rng.gamma(harbour.looks, 1 / harbour.looks, harbour.shape)
    kernel = np.array([0.25, 0.5, 0.25])
    fewer = harbour.looks * float((kernel**2).sum() ** 2)
    rough = rng.gamma(fewer, 1 / fewer, harbour.shape)
    return ndimage.convolve1d(ndimage.convolve1d(rough, kernel, axis=0, mode="wrap"), kernel, axis=1, mode="wrap")
