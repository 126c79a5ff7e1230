"""Marks on one image: where each person, or a detector, saw one of what is counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dateline.core.quantity import Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """All marks of one person, or of one detector, on one image or on one tile of it.

    points: column and row from the upper left corner of the image [px]. scores: of a detector, one a point; empty for
    people. checked: somebody corrected these marks against a closer look, so that they may stand for the truth of
    this tile. tile: id of the part of the image that was looked at, None: all of it. area: of what was looked at, as
    column, row, width, height [px]. covariates: by name, one value a point (contrast, size, shadow, crowding).
    count: how many, said without marking each one; there are no points then. sha256: of the image's bytes that were
    looked at, where known.
    """

    by: str
    kind: Literal["person", "detector"]
    image: str
    tile: str | None = None
    area: tuple[float, float, float, float] | None = None
    points: tuple[tuple[float, float], ...] = ()
    scores: tuple[float, ...] = ()
    covariates: tuple[tuple[str, tuple[float, ...]], ...] = ()
    checked: bool = False
    independent: bool = False
    simulated: bool = False
    ref: str | None = None
    count: int | None = None
    sha256: str | None = None

    def __post_init__(self) -> None:
        for name, values in (("scores", self.scores), *self.covariates):
            if values and len(values) != len(self.points):
                raise ValueError(f"{self.by} on {self.image}: {len(values)} {name} for {len(self.points)} points.")
        if self.kind == "person" and self.scores:
            raise ValueError(f"{self.by} on {self.image}: scores belong to a detector.")
        if self.count is not None and (self.count < 0 or self.points):
            raise ValueError(f"{self.by} on {self.image}: a count of {self.count} beside {len(self.points)} points.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Somebody's number for what is counted. by: as the speaker may be called. claim: id of the record, if any."""

    by: str
    quantity: Quantity
    claim: str | None = None
