"""Two houses beside each other: with both denominators a chance, with one unpublished what each number would mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import numpy as np

from dateline.core.errors import Refusal
from dateline.methods.count_reconciliation.same_window import (
    Chances,
    Seen,
    agreeing,
    chances,
    equal_at,
)
from dateline.methods.count_reconciliation.told import House
from dateline.methods.presence import share_interval, window_days

STAYS = (1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 14.0, 21.0, 30.0, 45.0, 60.0)
"""[day] Mean stays for which chances are given, up to the longest that is thought possible."""
STEP, MOST_ROWS = 10, 24
"""[day] Between the numbers of days looked at for which it is told what would follow; and how many of them."""

Says = Literal["agree", "cannot tell", "conflict", "impossible", "unpublished", "no denominator"]


@dataclass(frozen=True, slots=True)
class Scale:
    """alpha: a chance under this is a conflict [1]. longest: the longest mean stay that is thought possible [day]."""

    alpha: float
    longest: float

    @property
    def stays(self) -> tuple[float, ...]:
        """The mean stays that are tried [day]."""
        return (*(stay for stay in STAYS if stay < self.longest), self.longest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two houses and the window that both are samples of.

    chances: where both denominators are published. equal, agrees: of an unpublished one, the number of days [day] at
    which the shares are equal, and the range that independent days do not set apart. turns: beyond that range, the
    first and the last number of days at which stays can still explain the difference, with the chance for independent
    days and the mean stay [day] that it takes. most: beyond it no window holds both.
    """

    one: House
    other: House
    window: tuple[date, date]
    says: Says
    chances: Chances | None = None
    equal: float | None = None
    agrees: tuple[int, int] | None = None
    turns: tuple[tuple[int, float, float], ...] = ()
    stay: float | None = None
    most: int | None = None
    rows: tuple[Mapping[str, Any], ...] = ()

    @property
    def length(self) -> int:
        """Of the window [day]."""
        return (self.window[1] - self.window[0]).days + 1

    @property
    def about(self) -> str | None:
        """The number at which shares are equal, no finer than such a number deserves."""
        if self.equal is None:
            return None
        return str(5 * round(self.equal / 5) if self.equal >= 50 else round(self.equal))

    def args(self, scale: Scale) -> dict[str, str]:
        """What its sentence is filled with."""
        plain = {"one": self.one.told(), "other": self.other.told(), "window": str(self.length)}
        if self.chances is not None:
            p = self.chances.random if self.says == "agree" else self.chances.independent
            return plain | {"p": _p(p), "stay": _short(self.stay)}
        unnamed = {"one": self.one.ships.id, "who": self.one.ships.who, "ships": str(self.one.ships.low)}
        return plain | unnamed | {"equal": self._equal(), "agree": self._agree(scale)}

    def _equal(self) -> str:
        """Whether one number of days makes the shares equal."""
        if self.about is not None:
            return f"Equal to the rate of {self.other.told()} if it was about {self.about}."
        if not self.one.ships.low and not self.other.ships.low:
            return f"Neither saw ships on any day ({self.other.told()})."
        return f"No number of days gives it the rate of {self.other.told()}."

    def _agree(self, scale: Scale) -> str:
        """The range in which independent days agree, and what holds above it."""
        if self.agrees is None:
            return "If days are independent the two conflict, however many were looked at."
        low, high = self.agrees
        head = f"If days are independent the two agree from {low} to {high} days looked at ({_level(scale)})"
        if high >= self.length:
            return f"{head}."
        if not self.turns:
            return f"{head}; from {high + 1} days on they conflict."
        told = ", and ".join(f"{_short(stay)} days or longer at {days} (p = {_p(p)})" for days, p, stay in self.turns)
        return (
            f"{head}; from {self.turns[0][0]} days on they conflict on that assumption only, and it cannot be told "
            f"where ships stay for days: {told}."
        )

    def told(self, scale: Scale) -> str:
        """The pair as a reason, with its chances."""
        head = f"{self.one.told()} and {self.other.told()}, over {self.length} days"
        if self.says == "no denominator":
            return f"{head}: neither published how many days it looked at."
        if self.chances is None:
            return f"{head}: {self._equal()} {self._agree(scale)} Beyond {self.most} days no window holds both."
        if self.says == "impossible":
            return f"{head}: no window of {self.length} days holds both, whichever days were looked at."
        runs = ", ".join(f"{_p(chance)} at {_short(stay)}" for stay, chance in self.chances.runs)
        return (
            f"{head}: a difference as large has a chance of {_p(self.chances.independent)} if days are independent, "
            f"{_p(self.chances.random)} for days drawn at random from the one window, and for days in unbroken runs, "
            f"by mean stay in days: {runs}. A conflict is a chance under {scale.alpha:.2g}."
        )

    def to_json(self) -> dict[str, Any]:
        """As in the values of the finding."""
        plain: dict[str, Any] = {
            "one": self.one.ships.id,
            "other": self.other.ships.id,
            "window": {"first": self.window[0].isoformat(), "last": self.window[1].isoformat(), "days": self.length},
            "says": self.says,
        }
        if self.chances is not None:
            plain |= {
                "p_if_days_independent": self.chances.independent,
                "p_if_days_at_random": self.chances.random,
                "p_if_runs_by_mean_stay": [{"mean_stay_days": stay, "p": chance} for stay, chance in self.chances.runs],
                "stay_needed_days": self.stay,
            }
        if self.says == "unpublished":
            plain |= {
                "denominator": "unpublished",
                "equal_at_days": self.equal,
                "about": self.about,
                "agree_if_independent": None
                if self.agrees is None
                else {"kind": "range", "min": self.agrees[0], "max": self.agrees[1]},
                "cannot_tell_where_ships_stay": [
                    {"days_looked_at": days, "p_if_days_independent": p, "mean_stay_days": stay}
                    for days, p, stay in self.turns
                ],
                "no_window_holds_both_beyond": self.most,
            }
        return plain


def pair_of(one: House, other: House, window: tuple[date, date], scale: Scale, rng: np.random.Generator) -> Pair:
    """Two houses as samples of one window. Raises Refusal `window` where a house looked at more days than it has."""
    length = (window[1] - window[0]).days + 1
    for house in (one, other):
        if house.days is not None and not house.ships.low <= house.days <= length:
            raise Refusal(
                "More days with ships than days looked at, or more of those than the window has.",
                saw=f"{house.told()}, window of {length} days ({window[0]} to {window[1]})",
                do="State the window (first_day, last_day), and check the two numbers.",
                code="window",
            )
    if one.days is not None and other.days is not None:
        return _both(one, other, window, scale, rng)
    if one.days is None and other.days is None:
        return Pair(one=one, other=other, window=window, says="no denominator")
    hidden, known = (one, other) if one.days is None else (other, one)
    assert known.days is not None
    if hidden.ships.low > length:
        raise Refusal(
            "More days with ships than the window has.", saw=f"{hidden.told()}, window of {length} days",
            do="State the window (first_day, last_day).", code="window",
        )  # fmt: skip
    return _one(hidden, known, window, scale, rng)


def _both(one: House, other: House, window: tuple[date, date], scale: Scale, rng: np.random.Generator) -> Pair:
    assert one.days is not None
    assert other.days is not None
    length = (window[1] - window[0]).days + 1
    made = chances(Seen(one.ships.low, one.days), Seen(other.ships.low, other.days), length, scale.stays, rng)
    says, stay = made.says(scale.alpha), made.stay_needed(scale.alpha)
    return Pair(one=one, other=other, window=window, says=says, chances=made, stay=stay)


def _one(hidden: House, known: House, window: tuple[date, date], scale: Scale, rng: np.random.Generator) -> Pair:
    """What each number of days looked at would mean for the house that published none."""
    assert known.days is not None
    length, ships, seen = (window[1] - window[0]).days + 1, hidden.ships.low, Seen(known.ships.low, known.days)
    agrees = agreeing(ships, seen, length, scale.alpha)
    equal = equal_at(ships, seen)
    tried = {
        days: chances(Seen(ships, days), seen, length, scale.stays, rng)
        for days in _numbers(ships, seen, length, agrees, equal)
    }
    turns = [
        (days, one.independent, stay)
        for days, one in tried.items()
        if agrees is not None and days > agrees[1] and one.says(scale.alpha) == "cannot tell"
        if (stay := one.stay_needed(scale.alpha)) is not None
    ]
    return Pair(
        one=hidden,
        other=known,
        window=window,
        says="unpublished",
        equal=equal,
        agrees=agrees,
        turns=tuple(dict.fromkeys((turns[0], turns[-1]))) if turns else (),
        most=min(length, ships + length - seen.ships),
        rows=tuple(_rows(hidden, known, tried, length, scale)),
    )


def _numbers(ships: int, seen: Seen, length: int, agrees: tuple[int, int] | None, equal: float | None) -> list[int]:
    """The numbers of days looked at that are tried: round ones, and those at which something changes."""
    first = max(ships, 1)
    step = max(STEP, STEP * round((length - first) / MOST_ROWS / STEP))
    found = {first, length, seen.days, *range(step * (first // step + 1), length + 1, step)}
    found |= {bound for end in agrees or () for bound in (end, end + 1)}
    if equal is not None:
        found.add(round(equal))
    found.add(ships + length - seen.ships)  # beyond it no window holds both
    return sorted(days for days in found if first <= days <= length)


def _rows(
    hidden: House, known: House, tried: Mapping[int, Chances], length: int, scale: Scale
) -> Iterator[Mapping[str, Any]]:
    for days, made in tried.items():
        low, high = share_interval(hidden.ships.low, days, 1 - scale.alpha)
        least, most = window_days(hidden.ships.low, days, length, 1 - scale.alpha)
        yield {
            "one": hidden.ships.id,
            "other": known.ships.id,
            "code": "if-looked-at",
            "days_looked_at": days,
            "percent": 100 * hidden.ships.low / days,
            "percent_low": 100 * low,
            "percent_high": 100 * high,
            "ship_days": round(hidden.ships.low / days * length),
            "ship_days_low": least,
            "ship_days_high": most,
            "p_if_days_independent": made.independent,
            "p_if_days_at_random": made.random,
            **{f"p_if_runs_stay_{stay:g}": chance for stay, chance in made.runs},
            "says": made.says(scale.alpha),
        }


def _p(chance: float) -> str:
    return "under 0.001" if chance < 0.001 else f"{chance:.3f}" if chance < 0.1 else f"{chance:.2f}"


def _level(scale: Scale) -> str:
    return f"{100 * (1 - scale.alpha):g} % level"


def _short(stay: float | None) -> str:
    return "?" if stay is None else f"{stay:g}"
