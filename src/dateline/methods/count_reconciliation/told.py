"""What a claim counts: days with ships, days looked at, visits or trips; of which port and window, from which feed."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from dateline.core.when import Moment
from dateline.ledger.claim import Claim

Sort = Literal["ship-days", "observed days", "visits", "trips"]

_SHIPS = r"(?:ships?|vessels?|boats?)"
_SORTS: tuple[tuple[Sort, re.Pattern[str]], ...] = (
    (
        "observed days",
        re.compile(
            r"(?i)(?:observed|imaged|looked|clear|usable)[ -]?(?:at )?days?|days?(?: \w+)? (?:observed|imaged|looked)"
        ),
    ),
    ("ship-days", re.compile(rf"(?i){_SHIPS}[ -]?days?|days? with (?:a |the )?{_SHIPS}|days?-with-{_SHIPS}")),
    ("visits", re.compile(r"(?i)\b(?:visits?|calls?|port[ -]calls?)\b")),
    ("trips", re.compile(r"(?i)\b(?:trips?|voyages?|journeys?|movements?|deliver(?:y|ies)|shipments?|runs?)\b")),
)
_LOOKED = re.compile(r"(?i)\b(?:images?|imagery|pictures?) (?:showed|covered|of)|\b(?:observed|imaged|looked at)\b")
_ALONE = re.compile(r"(?i)\b(?:alone|by itself|single[- ]?handed(?:ly)?|one of the ships|only the)\b")
FEEDS = ("planet", "maxar", "airbus", "iceye", "capella", "umbra", "blacksky", "satellogic", "kompsat", "sentinel")
"""Providers of images, as a claim's raw material names them."""


@dataclass(frozen=True, slots=True)
class Told:
    """One count. low, high: whole numbers that the words allow, None open. start, end [day]; None: not said.

    who: the name of the speaker.
    """

    claim: Claim
    sort: Sort
    low: int
    high: int | None
    start: date | None
    end: date | None
    who: str

    @property
    def id(self) -> str:
        """The claim's."""
        return self.claim.id

    @property
    def origin(self) -> str:
        """Who has the knowledge: the key of its origin, else the speaker."""
        return self.claim.origin.key if self.claim.origin is not None else self.claim.speaker

    @property
    def is_exact(self) -> bool:
        """Whether it is one number."""
        return self.low == self.high

    @property
    def feeds(self) -> frozenset[str]:
        """The providers of images that it names."""
        told = (self.claim.origin.raw_material if self.claim.origin is not None else None) or ""
        return frozenset(feed for feed in FEEDS if feed in told.lower())

    @property
    def is_part(self) -> bool:
        """Whether it counts one ship of several, by its words: "Angara alone"."""
        return bool(_ALONE.search(self.claim.statement))

    def told(self) -> str:
        """ "at least 25 visits" (P04)."""
        amount = str(self.low) if self.is_exact else f"at least {self.low}"
        if not self.is_exact and self.high is not None:
            amount = f"{self.low} to {self.high}" if self.low else f"at most {self.high}"
        return f"{amount} {WORDS[self.sort]} ({self.id})"


WORDS: Mapping[Sort, str] = {
    "ship-days": "days with ships", "observed days": "days looked at", "visits": "visits", "trips": "trips",
}  # fmt: skip


def told_of(claim: Claim, names: Mapping[str, str]) -> Told | None:
    """The count of a claim; None where it counts none of these. names: of speakers, by id."""
    sort = _sort(claim)
    quantity = claim.quantity
    if sort is None or quantity is None:
        return None
    low = (
        0
        if quantity.low is None
        else math.ceil(quantity.low) + (quantity.low_open and quantity.low == int(quantity.low))
    )
    high = None
    if quantity.high is not None:
        high = math.floor(quantity.high) - (quantity.high_open and quantity.high == int(quantity.high))
    period = claim.period
    return Told(
        claim, sort, max(0, low), high,
        None if period is None else _day(period.earliest), None if period is None else _day(period.latest),
        names.get(claim.speaker, claim.speaker),
    )  # fmt: skip


def _sort(claim: Claim) -> Sort | None:
    """By the unit; a unit of mere days is told by the words of the amount and of the statement."""
    if claim.quantity is None:
        return None
    unit = claim.quantity.unit
    for sort, words in _SORTS:
        if words.search(unit):
            return sort
    if unit != "day":
        return None
    for sort, words in _SORTS[:2]:
        if words.search(claim.quantity.text):
            return sort
    if _LOOKED.search(claim.statement) and not re.search(rf"(?i)\b{_SHIPS}\b", claim.statement):
        return "observed days"
    return "ship-days" if re.search(rf"(?i)\b{_SHIPS}\b", claim.statement) else None


def _day(moment: Moment | None) -> date | None:
    return moment.date() if isinstance(moment, datetime) else moment


@dataclass(frozen=True, slots=True)
class House:
    """Days with ships as one house counts them, and the days it looked at where it published them."""

    ships: Told
    looked: Told | None

    @property
    def days(self) -> int | None:
        """How many days were looked at; None where that was not published as one number."""
        return None if self.looked is None or not self.looked.is_exact else self.looked.low

    def told(self) -> str:
        """ "CSIS’s 49 of 109 days (P02, P03)"."""
        if self.days is None:
            return f"{self.ships.who}’s {self.ships.low} days ({self.ships.id})"
        assert self.looked is not None
        return f"{self.ships.who}’s {self.ships.low} of {self.days} days ({self.ships.id}, {self.looked.id})"


def houses(every: Sequence[Told], retold: Iterable[str]) -> list[House]:
    """Each first-hand count of days with ships as one number, with its denominator.

    The denominator is what the same utterance says of days looked at; else what the same origin says of this window.
    """
    again = set(retold)
    found = []
    for one in every:
        if one.sort != "ship-days" or one.id in again or not one.is_exact:
            continue
        looked = [other for other in every if other.sort == "observed days" and other.origin == one.origin]
        same = [other for other in looked if one.claim.utterance and other.claim.utterance == one.claim.utterance]
        alike = [other for other in looked if (other.start, other.end) == (one.start, one.end)]
        chosen = same or alike
        found.append(House(one, chosen[0] if chosen else None))
    return found
