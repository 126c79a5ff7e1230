"""An invented harbour whose ships are known: stacks of radar and optical chips with their truth, in memory or as files.

    truth, chips = simulate(Harbour(busy=0.6), np.random.default_rng(1))
    truth.occupied("berth-1", "slot-1", chips[0].at)     # was a ship there?
    truth.count("berth-1", chips[0].at)                  # how many lay alongside
    truth.afloat[chips[0].id]                            # ships off the quay: at anchor, or moving
    chips[0].radar                                       # track, direction, looks …
    write(folder, chips)                                 # the same as marked GeoTIFFs

It lies at the invented coast near 48 S 123 W, in the open South Pacific. The quay is one line; west of it (bearing 0)
is land with cranes and container stacks, east of it water. Radar values are gamma0 in linear power, optical ones
reflectance. `harbour.berths` are the Berth nouns that the methods take. The mark SIMULATED is in the pixels of the
files; chips in memory carry `simulated` only, like all simulated inputs made for many runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from dateline.imagery.chip import Chip
from dateline.simulate import harbour_optical, harbour_radar
from dateline.simulate.harbour_files import write
from dateline.simulate.harbour_ground import Seen
from dateline.simulate.harbour_ships import Afloat, Ship, afloat, ship, stays, there
from dateline.simulate.harbour_world import ASCENDING, DESCENDING, Harbour, Track, off_quay

__all__ = ["ASCENDING", "DESCENDING", "Afloat", "Harbour", "Ship", "Track", "Truth", "simulate", "write"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What really lay in the harbour. afloat: by chip id. shifts: misregistration by chip id, rows and columns [px]."""

    ships: tuple[Ship, ...]
    afloat: Mapping[str, tuple[Afloat, ...]]
    shifts: Mapping[str, tuple[float, float]]

    def occupied(self, berth: str, slot: str | None, at: datetime) -> bool:
        """Whether a ship lay at a slot, or with None anywhere at the berth."""
        return any(one.berth == berth and slot in {None, one.slot} for one in there(self.ships, at))

    def count(self, berth: str | None, at: datetime) -> int:
        """How many ships lay at a berth, or with None at all berths."""
        return sum(berth in {None, one.berth} for one in there(self.ships, at))


def simulate(harbour: Harbour, rng: np.random.Generator) -> tuple[Truth, tuple[Chip, ...]]:
    """The truth and all chips by time: radar of every track, then optical ones, missing passes left out.

    Radar chips: bands VV, VH, gamma0 in linear power. Optical: B02 B03 B04 B08 B11 as reflectance, states with cloud
    and ice. Ships, weather and speckle come from streams of their own: the same seed gives the same ships whatever the
    sensors are.
    """
    ships_rng, sea_rng, scene_rng, radar_rng, optical_rng = rng.spawn(5)
    ships = _alongside(harbour, ships_rng)
    looks = _radar_times(harbour, radar_rng)
    looks += [
        (harbour.start + timedelta(days=k * harbour.optical_interval + 0.05, hours=20.7), None)
        for k in range(harbour.optical)
    ]
    looks.sort(key=lambda look: look[0])
    radar = harbour_radar.Scenery.of(harbour, scene_rng)
    optical = harbour_optical.Scenery.of(harbour, scene_rng) if harbour.optical else None
    off, shifts, chips = {}, {}, []
    for at, track in looks:
        name = f"SIMULATED-{'S1' if track else 'S2'}-{at:%Y%m%dT%H%M}-{track.relative_orbit if track else 'optical'}"
        off[name] = _afloat(harbour, sea_rng)
        shifts[name] = tuple(sea_rng.uniform(-harbour.misregistration, harbour.misregistration, 2).tolist())
        seen = Seen(name=name, at=at, ships=there(ships, at), afloat=off[name], shift=shifts[name])
        if track is not None:
            chips.append(radar.chip(seen, track, radar_rng))
        elif optical is not None:
            chips.append(optical.chip(seen, optical_rng))
    return Truth(ships=ships, afloat=off, shifts=shifts), tuple(chips)


def _radar_times(harbour: Harbour, rng: np.random.Generator) -> list[tuple[datetime, Track | None]]:
    midnight = harbour.start.replace(hour=0, minute=0)
    found: list[tuple[datetime, Track | None]] = []
    for track in harbour.tracks:
        there_is = rng.random(harbour.passes) >= harbour.missing
        found += [
            (midnight + timedelta(days=track.first_day + k * harbour.interval, hours=track.hour), track)
            for k in np.flatnonzero(there_is).tolist()
        ]
    return found


def _alongside(harbour: Harbour, rng: np.random.Generator) -> tuple[Ship, ...]:
    found = []
    for index, berth in enumerate(harbour.berths):
        for at, slot in enumerate(berth.slots):
            periods = stays(
                rng,
                busy=harbour.share(index, at),
                stay=harbour.stay,
                start=harbour.start - timedelta(days=1),
                days=harbour.days + 1,
            )
            found += [
                ship(
                    rng,
                    berth=berth.id,
                    slot=(slot.id, slot.start, slot.end),
                    period=period,
                    lengths=harbour.lengths,
                    contrasts=harbour.contrasts,
                )
                for period in periods
            ]
    return tuple(found)


def _afloat(harbour: Harbour, rng: np.random.Generator) -> tuple[Afloat, ...]:
    """Ships in the water half of the chip, 150 m off the quay or more."""
    west, south, east, north = harbour.bounds
    edge = 3 * harbour.pixel
    box = (west + edge, south + edge, east - edge, north - edge)
    lengths = harbour.lengths
    still = afloat(rng, harbour.anchored, box=box, speeds=(0, 0), lengths=lengths, contrasts=harbour.anchored_contrasts)
    under_way = afloat(
        rng, harbour.moving, box=box, speeds=(2, 8), lengths=lengths, contrasts=harbour.anchored_contrasts
    )
    return tuple(one for one in (*still, *under_way) if off_quay(harbour, one.x, one.y) > 150)
