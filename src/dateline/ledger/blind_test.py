"""How many planted copies somebody found who did not know where they were: what that person's "absent" is worth."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindTest:
    """One person on one image. planted: copies shown; recovered: of them found; empty: places shown without one;
    false: of them called "present". sensor, gsd [m]: for images of the same kind."""

    image: str
    by: str
    planted: int
    recovered: int
    empty: int = 0
    false: int = 0
    sensor: str | None = None
    gsd: float | None = None
    simulated: bool = False

    def __post_init__(self) -> None:
        if self.planted < 1 or not 0 <= self.recovered <= self.planted:
            raise ValueError(f"{self.by} on {self.image}: {self.recovered} recovered of {self.planted} planted.")
        if self.empty < 0 or not 0 <= self.false <= self.empty:
            raise ValueError(f"{self.by} on {self.image}: {self.false} false of {self.empty} places without a copy.")

    @property
    def detection(self) -> float:
        """Chance that this person sees a copy that is there [1]: (k + 1/2) / (n + 1), never 0 or 1 (Jeffreys 1946)."""
        return (self.recovered + 0.5) / (self.planted + 1)

    @property
    def false_alarm(self) -> float | None:
        """Chance that this person sees one that is not there [1]; None where no place without one was shown."""
        return None if self.empty == 0 else (self.false + 0.5) / (self.empty + 1)
