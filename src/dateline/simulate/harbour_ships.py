"""Ships of an invented harbour: who lies at which slot when, who lies at anchor, who passes by. All of it is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Ship:
    """One ship alongside, from `arrives` until `leaves`.

    centre: of the ship along the quay line, from its first point [m]. length, width: [m]. contrast: of its pixels
    over what the berth shows without it [dB]. paint: reflectance of its deck in B02 B03 B04 B08 B11 [1].
    """

    berth: str
    slot: str
    arrives: datetime
    leaves: datetime
    centre: float
    length: float
    width: float
    contrast: float
    paint: tuple[float, float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Afloat:
    """One ship off the quay on one image, at anchor (speed 0) or moving.

    x, y: of its middle, in the grid's reference system [m]. heading: clockwise from north [degrees]. speed: [m s-1].
    length, width: [m]. contrast: over the open water [dB].
    """

    x: float
    y: float
    heading: float
    speed: float
    length: float
    width: float
    contrast: float


def stays(
    rng: np.random.Generator, *, busy: float, stay: float, start: datetime, days: float
) -> list[tuple[datetime, datetime]]:
    """Arrivals and departures of a two-state process in continuous time, in equilibrium at the start.

    busy: long-run share of the time with a ship [1], 0 and 1 included. stay: mean stay [days].
    """
    if busy <= 0:
        return []
    if busy >= 1:
        return [(start, start + timedelta(days=days))]
    gap = stay * (1 - busy) / busy
    here, now, found = bool(rng.random() < busy), 0.0, []
    while now < days:
        lasts = float(rng.exponential(stay if here else gap))
        if here:
            found.append((start + timedelta(days=now), start + timedelta(days=min(now + lasts, days))))
        here, now = not here, now + lasts
    return found


def ship(
    rng: np.random.Generator,
    *,
    berth: str,
    slot: tuple[str, float, float],
    period: tuple[datetime, datetime],
    lengths: tuple[float, float],
    contrasts: tuple[float, float],
) -> Ship:
    """A ship that fits into its slot (id, start and end along the quay [m]) for one stay."""
    name, start, end = slot
    length = min(float(rng.uniform(*lengths)), end - start)
    room = (end - start - length) / 2
    deck = float(rng.uniform(0.15, 0.4))
    return Ship(
        berth=berth,
        slot=name,
        arrives=period[0],
        leaves=period[1],
        centre=(start + end) / 2 + float(rng.uniform(-room, room)),
        length=length,
        width=max(10.0, length / float(rng.uniform(6, 7.5))),
        contrast=float(rng.uniform(*contrasts)),
        paint=tuple(deck * rng.uniform(0.7, 1.3, 5)),
    )


def afloat(
    rng: np.random.Generator,
    count: float,
    *,
    box: tuple[float, float, float, float],
    speeds: tuple[float, float],
    lengths: tuple[float, float],
    contrasts: tuple[float, float],
) -> list[Afloat]:
    """A Poisson number of ships anywhere in a box (west, south, east, north) of the grid's system [m]."""
    west, south, east, north = box
    found = []
    for _ in range(rng.poisson(count)):
        length = float(rng.uniform(*lengths))
        found.append(
            Afloat(
                x=float(rng.uniform(west, east)),
                y=float(rng.uniform(south, north)),
                heading=float(rng.uniform(0, 360)),
                speed=float(rng.uniform(*speeds)),
                length=length,
                width=max(10.0, length / 6.5),
                contrast=float(rng.uniform(*contrasts)),
            )
        )
    return found


def there(ships: Sequence[Ship], at: datetime) -> tuple[Ship, ...]:
    """The ships alongside at a moment."""
    return tuple(one for one in ships if one.arrives <= at < one.leaves)
