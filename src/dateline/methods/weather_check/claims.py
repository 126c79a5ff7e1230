"""What a picture may show of the weather, and what a report says to each: for it, against it, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from dateline.methods.weather_check.observation import Observation

Says = bool | None
"""For it, against it, nothing."""


@dataclass(frozen=True, slots=True)
class Phenomenon:
    """One kind of weather: what a report says to it, how far a report reaches [km], how long before it counts [h].

    mode "once": one report for it is enough, and only an unbroken row against it speaks against. "always": the other
    way round.
    """

    words: str
    says: Callable[[Observation], Says]
    reach: float
    back: float = 0.0
    mode: Literal["once", "always"] = "once"


_FALLING = ("RA", "DZ", "SN", "SG", "PL", "GR", "GS", "UP", "SH")
WET = 0.1
"""Precipitation from which on it is told as such [mm h-1]."""


def _falls(seen: Observation) -> Says:
    if seen.precipitation is not None:
        return seen.precipitation >= WET or bool(seen.has(*_FALLING))
    return seen.has(*_FALLING)


def _rain(seen: Observation) -> Says:
    if seen.has("RA", "DZ"):
        return True
    if seen.leaves_open("RA", "DZ"):
        return None
    falls = _falls(seen)
    if not falls or seen.temperature is None:
        return falls if not falls else None
    return True if seen.temperature >= 3 and seen.precipitation is not None else None


def _snow(seen: Observation) -> Says:
    if seen.has("SN", "SG"):
        return True
    if seen.leaves_open("SN", "SG"):
        return None
    if seen.temperature is not None and seen.temperature > 6:
        return False
    falls = _falls(seen)
    if not falls:
        return falls
    return True if seen.temperature is not None and seen.temperature <= -1 and seen.precipitation is not None else None


def _snow_lies(seen: Observation) -> Says:
    if seen.snow_depth is not None:
        return seen.snow_depth >= 0.01
    return False if seen.temperature is not None and seen.temperature >= 10 else None


def _dry(seen: Observation) -> Says:
    falls = _falls(seen)
    return None if falls is None else not falls


def _overcast(seen: Observation) -> Says:
    return {"overcast": True, "clear": False, "few": False, "scattered": False}.get(seen.sky or "")


def _clear(seen: Observation) -> Says:
    return {"overcast": False, "clear": True, "few": True}.get(seen.sky or "")


def _fog(seen: Observation) -> Says:
    if seen.has("FG"):
        return True
    if seen.visibility is None or (seen.leaves_open("FG") and seen.visibility >= 1000):
        return None
    return True if seen.visibility < 1000 else False if seen.visibility >= 5000 else None


def _strong(seen: Observation) -> Says:
    if seen.wind is None:
        return None
    most = max(seen.wind, seen.gust or 0.0)
    return True if seen.wind >= 10 or most >= 14 else False if most < 5 else None


def _calm(seen: Observation) -> Says:
    if seen.wind is None:
        return None
    return True if max(seen.wind, seen.gust or 0.0) < 2 else False if seen.wind >= 6 else None


def _frost(seen: Observation) -> Says:
    if seen.temperature is None:
        return None
    return True if seen.temperature <= -1 else False if seen.temperature >= 3 else None


def _thunder(seen: Observation) -> Says:
    return seen.has("TS")


PHENOMENA: dict[str, Phenomenon] = {
    "rain": Phenomenon("rain falling", _rain, 15),
    "snow": Phenomenon("snow falling", _snow, 15),
    "snow on the ground": Phenomenon("snow on the ground", _snow_lies, 25, back=48),
    "wet ground": Phenomenon("wet ground", _falls, 15, back=24),
    "dry": Phenomenon("dry weather", _dry, 15, back=2, mode="always"),
    "overcast": Phenomenon("an overcast sky", _overcast, 40),
    "clear sky": Phenomenon("a clear sky", _clear, 40),
    "fog": Phenomenon("fog", _fog, 10),
    "strong wind": Phenomenon("strong wind", _strong, 30),
    "calm": Phenomenon("calm air", _calm, 30),
    "frost": Phenomenon("frost", _frost, 75),
    "thunder": Phenomenon("thunder", _thunder, 15),
}
