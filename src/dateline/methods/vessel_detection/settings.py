"""How vessels are looked for: the parameters of the card as one noun, and the sizes that ships have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dateline.imagery.cfar.ring import Ring
from dateline.methods.contract import Parameters

LONGEST, WIDEST = 450.0, 70.0
"""The greatest length and beam of ships, with a pixel's blur [m]: 400 and 62 m are afloat."""
GUARD, OUTER = 410.0, 810.0
"""Widths of the guard and the outer box [m]: the guard holds the longest ship."""
LEAST_RING = 500
"""Pixels of a ring at least, where pixels are large."""

Law = Literal["truncated log-normal", "log-normal", "gamma", "K"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """pfa: wanted share of water pixels over the threshold. border, quay, shortest: [m]. contrast: [dB]."""

    pfa: float = 1e-6
    law: Law = "truncated log-normal"
    truncate: float = 2.0
    rule: Literal["union", "VH", "VV"] = "union"
    shortest: float = 0.0
    border: float = 500.0
    quay: float = 100.0
    targets: int = 120
    contrast: float | None = None
    level: float = 0.9
    dates: int = 5
    gate: float = 2000.0

    @classmethod
    def of(cls, parameters: Parameters) -> Settings:
        """From the card's parameters."""
        names = ("pfa", "law", "truncate", "rule", "shortest", "border", "quay", "targets", "contrast", "level")
        return cls(**{name: parameters[name] for name in names}, gate=parameters["gate"])


def ring_for(pixel: tuple[float, float]) -> Ring:
    """The ring for pixels of this height and width [m]: 81 and 41 px wide for pixels of 10 m."""
    size = (pixel[0] * pixel[1]) ** 0.5
    guard = max(3, round(GUARD / size) // 2 * 2 + 1)
    outer = max(guard + 4, round(OUTER / size) // 2 * 2 + 1)
    while Ring(outer, guard).size < LEAST_RING:
        outer += 2
    return Ring(outer, guard)
