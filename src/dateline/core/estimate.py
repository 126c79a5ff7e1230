"""A number with its uncertainty. It cannot be used as a plain number by accident."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, Self

from dateline.core.identity import SIGNIFICANT_DIGITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """The best value of something, with the interval that holds it at the stated level.

    A bound of None is open: nothing is known on that side. `unit` is "1" for ratios, otherwise as in the field
    ("nW cm-2 sr-1", "day", "km2"). `n` is how many independent looks it rests on. `how` names the procedure.
    """

    best: float
    low: float | None
    high: float | None
    unit: str
    level: float
    n: int
    how: str

    def __post_init__(self) -> None:
        for name in ("best", "low", "high"):
            value = getattr(self, name)
            if value is not None and not math.isfinite(value):
                raise ValueError(f"Estimate.{name} is {value}; an unknown bound is None (open), never infinity or NaN.")
        if not 0 < self.level < 1:
            raise ValueError(f"Estimate.level is {self.level}; write 0.9 for 90 %.")
        if self.n < 0:
            raise ValueError(f"Estimate.n is {self.n}; it counts looks.")
        low = -math.inf if self.low is None else self.low
        high = math.inf if self.high is None else self.high
        if not low <= self.best <= high:
            raise ValueError(
                f"Estimate bounds are out of order: {self.low} <= {self.best} <= {self.high} does not hold."
            )

    def __float__(self) -> NoReturn:
        raise TypeError(
            "An estimate is not one number. Ask for the part you mean:\n"
            f"  .best   {self.best}\n  .low    {self.low}\n  .high   {self.high}"
        )

    @property
    def is_bound(self) -> bool:
        """Whether one bound alone is known, and the best value is that bound: nothing is said of the other side."""
        return (self.low is None) != (self.high is None) and self.best in {self.low, self.high}

    def contains(self, value: float) -> bool:
        """Whether the interval holds this value; an open side holds everything."""
        return (self.low is None or self.low <= value) and (self.high is None or value <= self.high)

    def as_change(self) -> Estimate:
        """A ratio as relative change in per cent: 1.40 (1.25 to 1.58) becomes 40 % (25 to 58)."""
        if self.unit != "1":
            raise ValueError(f"Only a ratio (unit 1) can be told as a change; this one has unit {self.unit}.")

        def percent(value: float) -> float:
            return 100 * (value - 1)

        return Estimate(
            best=percent(self.best),
            low=None if self.low is None else percent(self.low),
            high=None if self.high is None else percent(self.high),
            unit="%",
            level=self.level,
            n=self.n,
            how=self.how,
        )

    def spoken(self) -> tuple[str, str | None, str | None]:
        """Best, low and high as text with no more digits than the interval can carry.

        The headline rounds to its interval: the last digit printed is that of the half-width's first digit.
        """
        decimals = self._decimals()
        texts = tuple(None if value is None else _text(value, decimals) for value in (self.best, self.low, self.high))
        best, low, high = texts
        assert best is not None
        return best, low, high

    def _decimals(self) -> int:
        widths = [abs(bound - self.best) for bound in (self.low, self.high) if bound is not None]
        width = max(widths, default=0.0)
        magnitude = _leading(self.best)[1]
        if width == 0:
            return 0 if self.best == round(self.best) else max(2, 1 - magnitude)
        digit, place = _leading(width)
        decimals = 1 - place if digit == 1 else -place
        return min(decimals, SIGNIFICANT_DIGITS - 1 - magnitude) if self.best else decimals

    def to_json(self) -> dict[str, Any]:
        """As in a finding: an open bound is null and `open` is true."""
        data: dict[str, Any] = {
            "best": self.best,
            "low": self.low,
            "high": self.high,
            "unit": self.unit,
            "level": self.level,
            "n": self.n,
            "how": self.how,
        }
        if self.low is None or self.high is None:
            data["open"] = True
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The inverse of to_json."""
        return cls(**{key: data[key] for key in ("best", "low", "high", "unit", "level", "n", "how")})


def _leading(value: float) -> tuple[int, int]:
    """The first digit of a number and its power of ten: 0.37 gives (3, -1)."""
    digits, power = f"{abs(value):e}".split("e")
    return int(digits[0]), int(power)


def _text(value: float, decimals: int) -> str:
    rounded = round(value, decimals) + 0.0
    text = f"{rounded:,.{max(decimals, 0)}f}"
    return text.replace("-", "−")
