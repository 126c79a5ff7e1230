"""Where the sun stands in the sky: for many instants and places at once, to about a hundredth of a degree.

The low-precision formula of the Astronomical Almanac (section C5; Michalsky 1988, 10.1016/0038-092X(88)90045-X), with
the lunar term of the sun's longitude, and Saemundsson's refraction (1986, Sky and Telescope 72, 70). Instants are
seconds of UTC or datetimes with a zone: a naive datetime would mean the machine's zone and is refused.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from dateline.core.errors import InputError, UsageError

F8 = npt.NDArray[np.float64]
Numbers = float | F8

FIRST_YEAR, LAST_YEAR = 1950, 2050
"""The formula is checked for these years, both included; outside it drifts."""
_FIRST = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC).timestamp()
_LAST = datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC).timestamp()
_J2000 = 946_728_000.0
"""[s] 2000-01-01 12:00 UTC as Unix time."""
_TT = 69.0
"""[s] Terrestrial Time less UTC in the 2020s; a minute more or less moves the sun by less than 0.001 degree."""
_PARALLAX = 0.00244
"""[degrees] The sun's horizontal parallax."""
_BLOCK = 1 << 14
"""Positions that are computed in one piece, so that the arrays between stay in the processor's cache."""
_SIN_TILT, _COS_TILT = math.sin(math.radians(23.439)), math.cos(math.radians(23.439))
RADIUS = 0.267
"""[degrees] The sun's apparent radius; it varies by 1.7 % over the year."""
STANDARD_PRESSURE, STANDARD_TEMPERATURE = 1010.0, 10.0
"""[hPa], [degrees Celsius] For which Saemundsson's formula is written."""


@dataclass(frozen=True, slots=True)
class Sky:
    """The sun's elevation above the horizon and its azimuth clockwise from true north [degrees], as arrays."""

    elevation: F8
    azimuth: F8


@dataclass(frozen=True, slots=True)
class Overhead:
    """The sun's direction among the stars: to the equinox (x), 90 degrees east of it (y), the north pole (z); and how
    far Greenwich has turned from the equinox [radians]. Arrays of one shape."""

    x: F8
    y: F8
    z: F8
    turned: F8


def seconds_of(moments: Iterable[datetime]) -> F8:
    """Unix time [s, UTC] of datetimes. Raises UsageError `naive-time` for one without a zone."""
    given = list(moments)
    for moment in given:
        if moment.tzinfo is None:
            raise UsageError(
                "A time without a zone says nothing of the sun.",
                saw=moment.isoformat(),
                do=f"Add the zone: {moment.isoformat()}+00:00 if it is UTC, or the camera's own offset.",
                code="naive-time",
            )
    return np.array([moment.timestamp() for moment in given], np.float64)


def positions(seconds: Numbers, lon: Numbers, lat: Numbers) -> Sky:
    """The sun's geometric place, without air: seconds [s of Unix time, UTC], lon, lat [degrees], broadcast together.

    Within 0.011 degree of full theory for 1950-2050. Raises InputError `sun-years` for other years, `position` for
    what is not on Earth.
    """
    check_seconds(seconds)
    if not bool(np.all(np.abs(lat) <= 90)) or not bool(np.all(np.isfinite(lon))):
        raise InputError("This is no position on Earth.", saw="a latitude beyond 90 degrees, or no number",
                         do="Give latitudes from -90 to 90 and longitudes, in degrees.", code="position")  # fmt: skip
    t, x, y = np.broadcast_arrays(np.asarray(seconds, np.float64), lon, lat)
    elevation, azimuth = np.empty(t.shape), np.empty(t.shape)
    flat = [one.reshape(-1) for one in (t, x, y)]
    out = elevation.reshape(-1), azimuth.reshape(-1)
    for start in range(0, t.size, _BLOCK):
        part = slice(start, start + _BLOCK)
        sky = from_ground(overhead(flat[0][part]), *(np.asarray(one[part], np.float64) for one in flat[1:]))
        out[0][part], out[1][part] = sky.elevation, sky.azimuth
    return Sky(elevation, azimuth)


def check_seconds(seconds: Numbers) -> None:
    """Raises InputError `sun-years` unless all are numbers of the years in which the formula holds."""
    given = np.atleast_1d(np.asarray(seconds, np.float64))
    bad = given[~((given >= _FIRST) & (given < _LAST))]
    if bad.size:
        raise InputError(
            f"The sun is computed for {FIRST_YEAR} to {LAST_YEAR}.",
            saw=f"{bad[0]:g} s of Unix time",
            do="Check the year, and that the time is in seconds (not in milliseconds).",
            code="sun-years",
        )


def overhead(seconds: Numbers) -> Overhead:
    """The sun's direction seen from the Earth's middle: seconds [s of Unix time, UTC], any shape; not checked here.

    Almanac C5: mean longitude, mean anomaly, ecliptic longitude, obliquity; Greenwich mean sidereal time. The term
    with the moon is the Earth's own circle around their common middle (Meeus 1998, chapter 25: 0.0018 degree).
    """
    n = (np.asarray(seconds, np.float64) - _J2000) / 86_400.0
    tt = n + _TT / 86_400.0
    g = np.radians(357.528 + 0.9856003 * tt)
    moon = np.sin(np.radians(297.850 + 12.19074912 * tt))
    along = np.radians(280.460 + 0.9856474 * tt + (1.915 + 0.040 * np.cos(g)) * np.sin(g) + 0.0018 * moon)
    sin_along = np.sin(along)
    less = math.radians(0.0000004) * tt  # the obliquity shrinks so slowly that its sine and cosine are straight lines
    turns = 0.779057273 + 1.00273790935 * n
    return Overhead(
        x=np.cos(along),
        y=(_COS_TILT + _SIN_TILT * less) * sin_along,
        z=(_SIN_TILT - _COS_TILT * less) * sin_along,
        turned=2 * np.pi * (turns - np.floor(turns)),
    )


def from_ground(sun: Overhead, lon: F8, lat: F8) -> Sky:
    """The geometric place in the sky over lon, lat [degrees], with the sun's parallax; shapes broadcast."""
    x, y = sun.turned + np.radians(lon), np.radians(lat)
    cos_x, sin_x, cos_y, sin_y = np.cos(x), np.sin(x), np.cos(y), np.sin(y)
    inward = cos_x * sun.x + sin_x * sun.y
    up = sin_y * sun.z + cos_y * inward
    east = cos_x * sun.y - sin_x * sun.x
    north = cos_y * sun.z - sin_y * inward
    level = np.sqrt(east * east + north * north)
    azimuth = np.degrees(np.arctan2(east, north))
    return Sky(
        elevation=np.degrees(np.arctan2(up, level)) - _PARALLAX * level,
        azimuth=np.where(azimuth < 0, azimuth + 360.0, azimuth),
    )


def refraction(
    elevation: Numbers, *, pressure: float = STANDARD_PRESSURE, temperature: float = STANDARD_TEMPERATURE
) -> F8:
    """How far air lifts the sun [degrees] at a true elevation [degrees]; pressure [hPa], temperature [degrees Celsius].

    Saemundsson 1986. Below -1 degree, where the sun is out of sight, the value at -1 degree: it means nothing there.
    """
    h = np.maximum(np.asarray(elevation, np.float64), -1.0)
    minutes = 1.02 / np.tan(np.radians(h + 10.3 / (h + 5.11)))
    lifted: F8 = np.maximum(minutes, 0.0) / 60 * (pressure / 1010.0) * (283.0 / (273.0 + temperature))
    return lifted


def rates(sky: Sky, lat: Numbers) -> tuple[F8, F8]:
    """How fast elevation and azimuth change [degrees/s] by the Earth's turning, at lat [degrees]; near zenith both are
    cut at 1 degree from it, where the azimuth turns too fast for a rate to mean anything."""
    turn = 360.9856 / 86_400.0
    y, a = np.radians(lat), np.radians(sky.azimuth)
    e = np.radians(np.clip(sky.elevation, -89.0, 89.0))
    return turn * np.cos(y) * np.sin(a), turn * (np.sin(y) - np.cos(y) * np.cos(a) * np.tan(e))


def separation(one: Sky, other: Sky) -> F8:
    """The angle between two places in the sky [degrees]; by haversines, which are exact for small angles."""
    e1, e2 = np.radians(one.elevation), np.radians(other.elevation)
    across = np.radians(one.azimuth - other.azimuth)
    half = np.sin((e1 - e2) / 2) ** 2 + np.cos(e1) * np.cos(e2) * np.sin(across / 2) ** 2
    angle: F8 = np.degrees(2 * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0))))
    return angle
