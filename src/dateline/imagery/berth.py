"""A berth: the line of a quay, the side on which ships lie, and the stretches in which one ship lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A stretch of a quay, from `start` to `end` along its line from the first point on [m]."""

    id: str
    start: float
    end: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Berth:
    """A quay line, (lon, lat) from end to end [degrees], with the water on one side of it as it is drawn.

    depth: how far over the water a ship may reach [m]. Without slots the method cuts the quay itself. name: as it
    stands in the sentence. sha256: of what said so.
    """

    id: str
    name: str
    quay: tuple[tuple[float, float], ...]
    water: Literal["left", "right"]
    depth: float = 40.0
    slots: tuple[Slot, ...] = ()
    sha256: str = ""
