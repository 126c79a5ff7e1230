"""Amounts that are another amount converted: containers into rounds, tonnes into rounds, and the factor implied."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from dateline.core.amounts.read import read
from dateline.core.errors import Refusal, UsageError
from dateline.core.quantity import Quantity
from dateline.ledger.claim import Claim
from dateline.methods.origins.roots import DERIVED
from dateline.methods.retelling_drift.told import figure


@dataclass(frozen=True, slots=True)
class Factor:
    """How many of one unit come to one of another; None is no bound. `source`: who says so."""

    per: str
    of: str
    low: float | None
    high: float | None
    source: str

    def told(self) -> str:
        """ "400 to 500 rounds a container"."""
        return f"{spelled(self.low, self.high)} {self.of}s a {self.per}"


@dataclass(frozen=True, slots=True)
class Conversion:
    """A claim whose amount was calculated from another's, and the factors that its words imply (one a reading)."""

    base: Claim
    result: Claim
    factors: tuple[float, ...]
    per: str
    of: str

    def told(self) -> str:
        """The factors in words, in units that a reader can picture."""
        scale, unit = (1000.0, "kilogram") if self.of == "tonne" else (1.0, self.of)
        numbers = " or ".join(f"{_short(factor * scale)}" for factor in self.factors)
        return f"{numbers} {unit}s a {self.per}"


def calculated_from(claim: Claim) -> tuple[str, ...]:
    """The claims from whose amounts this one was calculated: links of its chain, where its method says so."""
    method = claim.origin.method if claim.origin is not None else None
    if method not in DERIVED and claim.stance != "computes":
        return ()
    return tuple(link.claim for link in claim.chain if link.claim is not None)


def conversions(claims: Iterable[Claim], known: Mapping[str, Claim]) -> Iterator[Conversion]:
    """Every conversion among claims, with the factor that it implies."""
    for claim in sorted(claims, key=lambda claim: claim.id):
        for name in calculated_from(claim):
            if name in known:
                found = conversion(known[name], claim)
                if found is not None:
                    yield found


def conversion(base: Claim, result: Claim) -> Conversion | None:
    """The implied factors, None where an amount is missing or zero. Told per unit of the larger kind of thing.

    74,000 tonnes told as 1.6 million rounds: 46 kilograms a round. 2,000 containers as a million: 500 a container.
    """
    if base.quantity is None or result.quantity is None or base.quantity.unit == result.quantity.unit:
        return None
    one = figure(base.quantity)
    many = readings(result.quantity)
    if one <= 0 or not all(value > 0 for value in many):
        return None
    if base.quantity.unit == "tonne":
        return Conversion(base, result, tuple(sorted(one / value for value in many)), result.quantity.unit, "tonne")
    factors = tuple(sorted(value / one for value in many))
    return Conversion(base, result, factors, base.quantity.unit, result.quantity.unit)


def readings(quantity: Quantity) -> tuple[float, ...]:
    """Every number that the words name: "over 3 million or 500,000" are two."""
    found = {figure(quantity)}
    with suppress(UsageError):  # words that the reader doesn't know: the bounds on the record stand
        found |= {figure(one.quantity) for one in read(quantity.text, unit=quantity.unit, language="en")}
    return tuple(sorted(found))


def declared(text: str) -> tuple[Factor, ...]:
    """ "round/container=400..500" as factors, parted by spaces. Raises Refusal `conversion`."""
    found = []
    for part in text.replace(",", " ").split():
        names, equals, range_ = part.partition("=")
        of, slash, per = names.partition("/")
        low, dots, high = range_.partition("..")
        try:
            bounds = float(low), float(high if dots else low)
        except ValueError as error:
            raise _unreadable(part) from error
        if not equals or not slash or not of or not per or not 0 < bounds[0] <= bounds[1]:
            raise _unreadable(part)
        found.append(Factor(per, of, *bounds, source="declared"))
    return tuple(found)


def _unreadable(part: str) -> Refusal:
    return Refusal(
        "This is no conversion.",
        saw=repr(part),
        do="Write UNIT/UNIT=LOW..HIGH: round/container=400..500.",
        code="conversion",
    )


def implied(one: Quantity, other: Quantity) -> tuple[float | None, float | None]:
    """Bounds of other / one, for positive amounts; None where a side is open."""
    low = None if other.low is None or not one.high else other.low / one.high
    high = None if other.high is None or not one.low else other.high / one.low
    return low, high


def spelled(low: float | None, high: float | None) -> str:
    """ "400 to 500", "at least 400", "at most 500", "any number of"."""
    if low is not None and high is not None:
        return _short(low) if _short(low) == _short(high) else f"{_short(low)} to {_short(high)}"
    if low is not None:
        return f"at least {_short(low)}"
    return "any number of" if high is None else f"at most {_short(high)}"


def _short(value: float) -> str:
    """Three digits that count, and no exponent."""
    return f"{float(f'{value:.3g}'):,.10g}"
