"""How much a statement says: bounds with their words kept. "More than 10,000" is (10000, open)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self


class Kind(StrEnum):
    """What a claimed number is a number of. A capacity is not a delivery; a plan is not a deed."""

    COUNT = "count"
    CAPACITY = "capacity"
    PLAN = "plan"
    RATE = "rate"
    CUMULATIVE = "cumulative"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """Bounds of a claimed amount, with the words it was told in. A bound of None is unbounded.

    `low_open` says that the low bound itself is excluded ("more than 10,000"), `high_open` the same above.
    """

    text: str
    low: float | None
    high: float | None
    low_open: bool = False
    high_open: bool = False
    unit: str
    kind: Kind

    def __post_init__(self) -> None:
        for name in ("low", "high"):
            bound = getattr(self, name)
            if bound is not None and not math.isfinite(bound):
                raise ValueError(f"Quantity.{name} is {bound}; an unbounded side is None.")
        if self.low is None and self.high is None:
            raise ValueError(f"A quantity needs at least one bound; {self.text!r} has none.")
        if self.low is not None and self.high is not None and self._is_empty(self.low, self.high):
            raise ValueError(f"No number fits {self.text!r}: low {self.low}, high {self.high}.")

    def _is_empty(self, low: float, high: float) -> bool:
        return low > high or (low == high and (self.low_open or self.high_open))

    def admits(self, amount: float) -> bool:
        """Whether this amount fits the words."""
        above = self.low is None or amount > self.low or (amount == self.low and not self.low_open)
        below = self.high is None or amount < self.high or (amount == self.high and not self.high_open)
        return above and below

    def intersect(self, other: Quantity) -> Quantity | None:
        """What both phrasings allow ("nearly 500" and "more than 480"), or None where they cannot both hold.

        Raises ValueError when unit or kind differ: those are not two phrasings of one figure.
        """
        if (self.unit, self.kind) != (other.unit, other.kind):
            raise ValueError(
                f"Cannot compare {self.text!r} ({self.kind}, {self.unit}) "
                f"with {other.text!r} ({other.kind}, {other.unit})."
            )
        low, low_open = max(self._low_key(), other._low_key())
        high, high_closed = min(self._high_key(), other._high_key())
        if low > high or (low == high and (low_open or not high_closed)):
            return None
        return Quantity(
            text=f"{self.text} and {other.text}" if self.text != other.text else self.text,
            low=None if low == -math.inf else low,
            high=None if high == math.inf else high,
            low_open=low_open and low != -math.inf,
            high_open=not high_closed and high != math.inf,
            unit=self.unit,
            kind=self.kind,
        )

    def _low_key(self) -> tuple[float, bool]:
        return (-math.inf, False) if self.low is None else (self.low, self.low_open)

    def _high_key(self) -> tuple[float, bool]:
        return (math.inf, True) if self.high is None else (self.high, not self.high_open)

    def to_json(self) -> dict[str, Any]:
        """Every field; an unbounded side is null."""
        return {
            "text": self.text,
            "low": self.low,
            "high": self.high,
            "low_open": self.low_open,
            "high_open": self.high_open,
            "unit": self.unit,
            "kind": self.kind.value,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The inverse of to_json."""
        return cls(
            text=data["text"],
            low=data.get("low"),
            high=data.get("high"),
            low_open=bool(data.get("low_open", False)),
            high_open=bool(data.get("high_open", False)),
            unit=data["unit"],
            kind=Kind(data["kind"]),
        )
