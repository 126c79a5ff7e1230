"""Tracks of the Automatic Identification System (AIS): what ships said of themselves, and where one was at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from pyproj import Geod

WGS84 = Geod(ellps="WGS84")
KNOT = 1852 / 3600
"""One knot [m s-1]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """One position report. at: when it was received, with its zone; None where the file does not say.

    lon, lat: [degrees]. speed: over ground [m s-1]. course: over ground, clockwise from north [degrees]. None: not
    available, as the standard's own "not available" values mean.
    """

    at: datetime | None
    lon: float
    lat: float
    speed: float | None = None
    course: float | None = None

    def __post_init__(self) -> None:
        if self.at is not None and self.at.tzinfo is None:
            raise ValueError(f"An AIS report at {self.at} has no zone.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """The reports of one transmitter in order of time. mmsi: its number, which anyone can set to anything."""

    mmsi: int
    fixes: tuple[Fix, ...]
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracks:
    """All tracks of a file or a feed. notes: what could not be read, as (code, text). sha256: of the bytes."""

    tracks: tuple[Track, ...]
    notes: tuple[tuple[str, str], ...] = ()

    @property
    def timed(self) -> int:
        """Reports whose time is known."""
        return sum(fix.at is not None for track in self.tracks for fix in track.fixes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a track was at a moment: [degrees], velocity to east and north [m s-1], and how sure [m]."""

    lon: float
    lat: float
    east: float
    north: float
    radius: float


REPORT = 50.0
"""Radius of a report itself [m]: the antenna's place on the ship, and GPS."""
FREE = 0.3
"""Share of the way since the nearest report by which a ship may have left the straight line between two."""


def position_at(track: Track, at: datetime, longest: timedelta) -> Position | None:
    """Where the ship was at a moment, between two reports on the straight line, beyond the last by its own course.

    longest: no report farther away in time is used. None where there is none. The radius grows with the way from the
    nearest report: by FREE of it between two reports, by all of it beyond the last.
    """
    known = [fix for fix in track.fixes if fix.at is not None and abs(fix.at - at) <= longest]
    before = [fix for fix in known if fix.at is not None and fix.at <= at]
    after = [fix for fix in known if fix.at is not None and fix.at > at]
    if not known:
        return None
    if before and after:
        return _between(before[-1], after[0], at)
    fix = before[-1] if before else after[0]
    assert fix.at is not None
    seconds = (at - fix.at).total_seconds()
    if fix.speed is None or fix.course is None:
        return Position(lon=fix.lon, lat=fix.lat, east=0.0, north=0.0, radius=REPORT + 10 * abs(seconds))
    turn = np.radians(fix.course)
    lon, lat, _ = WGS84.fwd(fix.lon, fix.lat, fix.course, fix.speed * seconds)
    return Position(
        lon=float(lon),
        lat=float(lat),
        east=float(fix.speed * np.sin(turn)),
        north=float(fix.speed * np.cos(turn)),
        radius=REPORT + fix.speed * abs(seconds) + abs(seconds) / 10,
    )


def _between(one: Fix, other: Fix, at: datetime) -> Position:
    assert one.at is not None
    assert other.at is not None
    whole = (other.at - one.at).total_seconds()
    part = (at - one.at).total_seconds() / whole
    bearing, _, metres = WGS84.inv(one.lon, one.lat, other.lon, other.lat)
    lon, lat, _ = WGS84.fwd(one.lon, one.lat, bearing, metres * part)
    speed, turn = metres / whole, np.radians(bearing)
    return Position(
        lon=float(lon),
        lat=float(lat),
        east=float(speed * np.sin(turn)),
        north=float(speed * np.cos(turn)),
        radius=REPORT + FREE * metres * min(part, 1 - part),
    )
