"""What ships could have carried and what a quay can take: interval arithmetic with its assumptions, nothing more."""

from __future__ import annotations

from dataclasses import dataclass

from dateline.core.quantity import Kind, Quantity

GROUND_SLOT = 6.058 * 2.438
"""[m²] What one twenty-foot container stands on (ISO 668:2020, 6058 mm by 2438 mm)."""


@dataclass(frozen=True, slots=True)
class Range:
    """A number between two bounds, both allowed, with its unit and who says so. Raises ValueError out of order."""

    low: float
    high: float
    unit: str
    source: str

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.high:
            raise ValueError(f"{self.unit}: low {self.low} and high {self.high} are out of order.")


def could_carry(visits: Quantity, per_visit: Range) -> Quantity:
    """What so many visits could have carried, every ship full: a capacity [containers], and no delivery.

    An open number of visits ("at least 32") leaves the capacity open above.
    """
    low = None if visits.low is None else visits.low * per_visit.low
    high = None if visits.high is None else visits.high * per_visit.high
    return Quantity(
        text=f"{visits.text} × {per_visit.low:g} to {per_visit.high:g} a visit",
        low=low,
        high=high,
        low_open=visits.low_open,
        high_open=visits.high_open,
        unit=per_visit.unit,
        kind=Kind.CAPACITY,
    )


def load_needed(claimed: Quantity, visits: Quantity) -> tuple[float | None, float | None]:
    """[containers a visit] What each visit must have carried for the claim to be true of these visits; None is open.

    A claim of more than 10,000 over exactly 27 visits needs 371 or more on each; over "at least 32" no less is needed
    than nothing, for there may have been any number of visits.
    """
    low = None if claimed.low is None or not visits.high else claimed.low / visits.high
    high = None if claimed.high is None or not visits.low else claimed.high / visits.low
    return low, high


def stack(area: Range, tiers: Range, filled: Range) -> Quantity:
    """How many twenty-foot containers [TEU] a stack on an area [m²] of so many tiers can hold.

    `filled` [1]: the share of the area that containers stand on; lanes and gaps take the rest. A capacity of a place
    at a time; what was seen there is a count, and what passed through it is neither.
    """
    if filled.high > 1:
        raise ValueError(f"filled is a share; {filled.high} is above 1.")
    low = area.low * filled.low / GROUND_SLOT * tiers.low
    high = area.high * filled.high / GROUND_SLOT * tiers.high
    text = f"{area.low:g} to {area.high:g} m², {tiers.low:g} to {tiers.high:g} tiers"
    return Quantity(text=text, low=low, high=high, unit="container", kind=Kind.CAPACITY)
