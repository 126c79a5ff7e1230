"""Arrivals and departures as brackets between two looks, visits that the looks attest, and stays that they miss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from dateline.core.when import Moment, When
from dateline.methods.port_activity.days import Day, Pass
from dateline.methods.presence import missed_at_random

STAYS = (1, 2, 3, 5)
"""[day] Stays whose chance of being missed is told."""


@dataclass(frozen=True, slots=True)
class Spells:
    """Brackets in time, and the least number of spells with ships that the looks attest, read as they stand."""

    arrivals: tuple[When, ...]
    departures: tuple[When, ...]
    attested: int


def spells_of(days: Sequence[Day]) -> Spells:
    """The changes between one look in full and the next: (last empty, first with ships], and the other way round."""
    looks = [one for day in days for one in day.passes if one.state in {"ships", "empty", "partly"}]
    arrivals: list[When] = []
    departures: list[When] = []
    attested = int(bool(looks) and _busy(looks[0]))
    for one, other in pairwise(looks):
        if _busy(one) == _busy(other):
            continue
        bracket = _bracket(one.at, other.at)
        attested += _busy(other)
        if bracket is not None:
            (arrivals if _busy(other) else departures).append(bracket)
    return Spells(tuple(arrivals), tuple(departures), attested)


def _busy(one: Pass) -> bool:
    return one.state != "empty"


def _bracket(last: Moment, first: Moment) -> When | None:
    """After the one and by the other. On one plain day the order is not known: then the day itself."""
    if last == first:
        return When.on(first)
    try:
        return When.bracket(last, first)
    except ValueError:  # a plain day beside an instant of the same day
        return None


def missed(days: Sequence[Day]) -> list[dict[str, Any]]:
    """For stays that touch 1, 2, 3 and 5 days: chance [1] to be missed by these very days, and by days at random."""
    seen = np.array([day.state in {"ships", "empty", "disputed"} for day in days], int)
    found = []
    for stay in STAYS:
        if stay > len(days):
            break
        touched = np.convolve(seen, np.ones(stay, int), mode="valid")
        found.append(
            {
                "stay_days": stay,
                "missed": float((touched == 0).mean()),
                "missed_if_days_at_random": missed_at_random(stay, int(seen.sum()), len(days)),
            }
        )
    return found
