"""One value of a place from one look: the row of a series in which an onset is sought. No value is not zero."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """at: when, with a zone. value: in the series' own unit; None: nothing was seen, see `why`. sensor: by what."""

    at: datetime
    value: float | None
    sensor: str = "not stated"
    why: str | None = None
    simulated: bool = False

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError(f"A reading without a zone: {self.at}.")
