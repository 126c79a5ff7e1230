"""Trips beside containers: the load that each trip must have had, and what the ships could have carried."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dateline.methods.quantity_reconciliation.capacity import Range, could_carry, load_needed
from dateline.methods.quantity_reconciliation.convert import spelled
from dateline.methods.quantity_reconciliation.figure import JOURNEYS, Figure


@dataclass(frozen=True, slots=True)
class Voyages:
    """Trips and containers of much the same time. `fits` is None without a capacity of the ships."""

    trips: Figure
    cargo: Figure
    load: tuple[float | None, float | None]
    fits: bool | None
    why: str


def voyages(figures: Sequence[Figure], ship: Range | None, *, shift: int) -> Iterator[Voyages]:
    """Each total of journeys beside each of containers for much the same window.

    The ends lie less than a third of `shift` [days] apart, the beginnings less than `shift`.
    """
    totals = [figure for figure in figures if figure.sort == "total" and not figure.vague]
    for trips in (figure for figure in totals if figure.unit in JOURNEYS and figure.number > 0):
        for cargo in (figure for figure in totals if figure.unit == "container"):
            if _one_time(trips, cargo, shift):
                yield beside(trips, cargo, ship)


def beside(trips: Figure, cargo: Figure, ship: Range | None) -> Voyages:
    """The load that each trip needs [containers a trip], and whether ships of this capacity could have carried it."""
    load = load_needed(cargo.quantity, trips.quantity)
    named = spelled(cargo.number / trips.number, cargo.number / trips.number)
    needed = f"{cargo.told()} over {trips.told()}: {named} containers a {trips.unit} at the numbers named"
    if load != (None, None):
        needed += f", {spelled(*load)} as they are bounded"
    if ship is None:
        return Voyages(trips, cargo, load, None, f"{needed}.")
    could = could_carry(trips.quantity, ship)
    low = cargo.quantity.low
    fits = low is None or could.high is None or low <= could.high
    full = f"full ships of {ship.low:g} to {ship.high:g} containers ({ship.source}) could carry"
    amount = spelled(could.low, could.high) if could.high is not None else f"{spelled(could.low, None)}, and more"
    return Voyages(trips, cargo, load, fits, f"{needed}; {full} {amount}.")


def _one_time(one: Figure, other: Figure, shift: int) -> bool:
    starts = one.start is None or other.start is None or abs((one.start - other.start).days) < shift
    return starts and abs((one.end - other.end).days) < shift / 3
