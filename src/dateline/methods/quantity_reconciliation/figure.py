"""The amount of a claim, ready to be laid beside others: bounds, unit, what sort of number it is, over which days."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from dateline.core.amounts.read import read
from dateline.core.amounts.units import dimension
from dateline.core.errors import UsageError
from dateline.core.quantity import Kind, Quantity
from dateline.core.when import Moment
from dateline.ledger.claim import Claim
from dateline.ledger.claims_columns import noted
from dateline.methods.retelling_drift.told import Status, deed_of, figure, is_about, side, status_of

Sort = Literal["total", "stock", "capacity", "plan", "rate", "value"]
"""A total over a period, a number at a time, what would fit, what is meant to be, so much a day, a measure."""

_VALUES = {"length", "share", "money"}
JOURNEYS = frozenset({"trip", "shipment", "visit"})
"""Units of events: a count of them is always a total. They may count the same journeys, if each shipment is a trip."""


@dataclass(frozen=True, slots=True)
class Figure:
    """`start` and `end` [day], both counted; a start of None is open. `number` is the one that the words name.

    `deed`: what happened to the things (sent, fired …), where the words tell one. `vague`: "hundreds", "scores".
    """

    claim: Claim
    quantity: Quantity
    number: float
    sort: Sort
    start: date | None
    end: date
    approximate: bool
    status: Status | None
    deed: str | None
    vague: bool

    @property
    def id(self) -> str:
        """The claim's."""
        return self.claim.id

    @property
    def unit(self) -> str:
        """Of the quantity."""
        return self.quantity.unit

    def told(self) -> str:
        """ "more than 10,000" (C041, by 23 February 2024)."""
        return f"“{self.quantity.text}” ({self.id}, by {self.end.day} {self.end:%B %Y})"


def figure_of(claim: Claim, *, band: float) -> Figure | None:
    """The figure of a claim, None where it has no amount. `band`: "about" is this share more or less."""
    if claim.quantity is None or claim.said.latest is None:
        return None
    said = _day(claim.said.latest)
    period = claim.period
    start = None if period is None or period.earliest is None else _day(period.earliest)
    end = said if period is None or period.latest is None else _day(period.latest)
    if start is not None and start > end:
        start = end
    status, _ = status_of(claim)
    quantity = widened(claim.quantity, band if is_about(claim) else 0.0)
    return Figure(
        claim=claim,
        quantity=quantity,
        number=figure(claim.quantity),
        sort=_sort(claim.quantity, status),
        start=start,
        end=end,
        approximate=period is not None and period.approximate,
        status=status,
        deed=deed_of(f"{claim.statement} {noted(claim).get('unit', '')}"),
        vague=_is_vague(claim.quantity),
    )


def _is_vague(quantity: Quantity) -> bool:
    """ "Hundreds" is a number to nobody, and cannot be reused."""
    if any(character.isdigit() for character in quantity.text):
        return False
    with suppress(UsageError):
        return any(one.rule == "vague plural" for one in read(quantity.text, unit=quantity.unit, language="en"))
    return False


def widened(quantity: Quantity, band: float) -> Quantity:
    """A point as the band that "about" allows; what has bounds already keeps them."""
    if side(quantity) != "point" or band == 0.0 or quantity.low is None:
        return quantity
    reach = band * abs(quantity.low)
    return Quantity(
        text=quantity.text,
        low=quantity.low - reach,
        high=quantity.low + reach,
        unit=quantity.unit,
        kind=quantity.kind,
    )


def _sort(quantity: Quantity, status: Status | None) -> Sort:
    match quantity.kind:
        case Kind.CAPACITY:
            return "capacity"
        case Kind.RATE:
            return "rate"
        case Kind.PLAN:
            return "plan"
        case Kind.CUMULATIVE:
            return "plan" if status == "planned" else "total"
    if dimension(quantity.unit) in _VALUES:
        return "value"
    if status == "planned":
        return "plan"
    return "total" if quantity.unit in JOURNEYS else "stock"


def _day(moment: Moment) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
