"""One report of the weather at one place and time; what is not reported is None."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from dateline.core.where import Where

Sky = Literal["clear", "few", "scattered", "broken", "overcast"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """temperature [degC]; wind, gust [m/s]; visibility [m]; precipitation [mm h-1]; snow_depth [m].

    weather: codes of present weather (RA, SN, FG, TS …); an empty tuple says that there was none, None that nobody or
    nothing that can see weather reported. sky: None where the report leaves it open (CAVOK, CLR: high cloud unseen).
    """

    at: datetime
    station: str
    where: Where | None = None
    kind: Literal["station", "reanalysis"] = "station"
    weather: tuple[str, ...] | None = None
    sky: Sky | None = None
    temperature: float | None = None
    wind: float | None = None
    gust: float | None = None
    visibility: float | None = None
    precipitation: float | None = None
    snow_depth: float | None = None

    def has(self, *codes: str) -> bool | None:
        """Whether one of these codes is in the present weather; None where nothing is known of it.

        What is recent, in the vicinity, blown, shallow or in patches is neither a yes nor a no: None.
        """
        if self.weather is None:
            return None
        found = [parts for one in self.weather if not {*codes}.isdisjoint(parts := parts_of(one))]
        if any(OPEN.isdisjoint(parts) for parts in found):
            return True
        return None if found else False

    def leaves_open(self, *codes: str) -> bool:
        """Whether one of these codes is told of, and only as recent, in the vicinity, blown, shallow or in patches."""
        return self.weather is not None and self.has(*codes) is None


OPEN = frozenset({"RE", "VC", "BL", "DR", "MI", "BC", "PR"})
"""Descriptors of weather that is not falling, or does not lie, at the station itself just then."""


def parts_of(group: str) -> tuple[str, ...]:
    """The codes of a group of weather, two letters each: "-TSRA" is TS and RA, and "TSGR" holds no SG."""
    letters = group.lstrip("+-")
    return tuple(letters[at : at + 2] for at in range(0, len(letters), 2))


def sky_of(cover: float) -> Sky:
    """Cloud cover [%] in words: up to an eighth clear, to a quarter few, half scattered, seven eighths broken."""
    for most, name in _COVER:
        if cover <= most:
            return name
    return "overcast"


_COVER: tuple[tuple[float, Sky], ...] = ((6.25, "clear"), (31.25, "few"), (56.25, "scattered"), (87.5, "broken"))
