"""The image log of a port as a table: every image of it, and what could be said of it. "No image" is not "no ship"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Seen = Literal["ships", "empty", "not observed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PortLook:
    """One image of one berth (or, without a berth, of the whole port), and who or what decided.

    at: the moment of the image, with its zone, or its plain day. covers, usable: shares of the place within the
    image, and of that in sight [1]. resolution: of the sensor on the ground [m]. seen: what was seen; "not observed"
    says in `why` what kept it from being seen. ships: how many, where they were counted. by: a person's id, a
    method's finding, or a table. blind: made without having seen anybody else's. ref: id of the observation, finding
    or item behind it.
    """

    place: str
    berth: str | None = None
    at: datetime | date
    image: str
    sensor: str | None = None
    covers: float | None = None
    usable: float | None = None
    resolution: float | None = None
    seen: Seen
    why: str | None = None
    ships: int | None = None
    by: str
    how: Literal["person", "method", "table"]
    blind: bool = False
    simulated: bool = False
    ref: str | None = None

    def __post_init__(self) -> None:
        if self.seen == "not observed" and not self.why:
            raise ValueError(f"{self.image}: an image that shows nothing needs a reason.")
        if isinstance(self.at, datetime) and self.at.tzinfo is None:
            raise ValueError(f"{self.image}: the time {self.at} has no zone.")
        if self.ships is not None and (self.ships < 0 or (self.ships > 0) != (self.seen == "ships")):
            raise ValueError(f"{self.image}: {self.ships} ships do not go with {self.seen!r}.")


@dataclass(frozen=True, slots=True)
class PortLog:
    """The looks by time. `notes`: what could not be read, as (code, text)."""

    looks: tuple[PortLook, ...]
    notes: tuple[tuple[str, str], ...] = ()
