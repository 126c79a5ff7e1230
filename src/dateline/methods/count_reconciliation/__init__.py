"""Counts of several houses at one port: which can be samples of one window of days, and under which denominators."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from dateline.core.errors import Refusal
from dateline.ledger.claim import Claim
from dateline.ledger.finding import Note, Statement
from dateline.ledger.source import Source
from dateline.methods.card import read_card
from dateline.methods.contract import Inputs, Outcome, Parameters, say
from dateline.methods.count_reconciliation.flags import Flag, definitions, flags
from dateline.methods.count_reconciliation.pairs import Pair, Scale, pair_of
from dateline.methods.count_reconciliation.told import House, Told, houses, told_of
from dateline.methods.presence import share_interval, window_days

CARD = read_card(Path(__file__).parent / "card.md")
MOST, LONGEST = 60, 7320
_CAVEATS = {
    "same-source", "unit-changed", "shared-feed", "feed-unpublished", "docks-differ", "docks-unsaid", "windows-differ",
}  # fmt: skip
"""Codes of flags that stand among the caveats; the others are reasons."""
_CODES = {"cannot tell": "depends-on-stays", "no denominator": "no-denominator"}
"""Codes of pairs of which nothing can be told."""


@dataclass(frozen=True, slots=True)
class _Found:
    every: tuple[Told, ...]
    houses: tuple[House, ...]
    pairs: tuple[Pair, ...]
    flags: tuple[Flag, ...]


def run(inputs: Inputs, parameters: Parameters, *, rng: np.random.Generator) -> Outcome:
    """Whether counts of days with ships, days looked at, visits and trips [counts over windows of days] fit together.

    inputs: `claims`; `background`, the claims that they retell. Values: `pairs` (with the chances [1] under each
    assumption), `houses` (share [%] and ship-days [day] in the window, where the denominator was published),
    `unpublished`. Rows: what each number of days looked at would mean; then every flag. Fisher 1922
    (10.2307/2340521); window: Buonaccorsi 1987. Raises Refusal `too-few`, `too-many`, `window`.
    """
    given = tuple({claim.id: claim for claim in inputs.many("claims", Claim)}.values())
    names = {source.id: source.name() for source in inputs.many("speakers", Source)}
    known = {claim.id for claim in (*inputs.many("background", Claim), *given)}
    every = tuple(
        told for claim in sorted(given, key=lambda one: one.id) if (told := told_of(claim, names)) is not None
    )
    if len(every) > MOST:
        raise Refusal(
            f"At most {MOST} claims are laid beside each other.", saw=str(len(every)),
            do="Name those that are about one port.", code="too-many",
        )  # fmt: skip
    if len(every) < 2:
        raise Refusal(
            "There are no two counts of days with ships, days looked at, visits or trips.",
            saw=", ".join(one.told() for one in every) or "none among the claims",
            do="Give claims with such units: days with ships, observed days, visit, trip.",
            code="too-few",
        )
    retold = {one.id for one in every if one.claim.retells in known}
    found = houses(every, retold)
    own = _named_window(parameters)
    scale = Scale(alpha=1 - parameters["level"], longest=parameters["longest_stay"])
    pairs = tuple(_pairs(found, own, scale, rng))
    window = pairs[0].length if pairs else None
    beside = (*flags(every, found, window, parameters["round_trip"]), *(
        flag for pair in pairs for flag in definitions(pair.one, pair.other)
    ))  # fmt: skip
    return _outcome(_Found(every, tuple(found), pairs, beside), scale, parameters["level"])


def _pairs(
    found: Sequence[House], own: tuple[date | None, date | None], scale: Scale, rng: np.random.Generator
) -> Iterator[Pair]:
    """Every two houses of different origin whose windows meet, each as a sample of one window."""
    for one, other in combinations(found, 2):
        if one.ships.origin == other.ships.origin:
            continue
        window = _common(one.ships, other.ships, own)
        if window is not None:
            yield pair_of(one, other, window, scale, rng)


def _named_window(parameters: Parameters) -> tuple[date | None, date | None]:
    try:
        first, last = (
            None if parameters[name] is None else date.fromisoformat(parameters[name])
            for name in ("first_day", "last_day")
        )
    except ValueError as error:
        raise _no_window(
            f"{parameters['first_day']} to {parameters['last_day']}", "Write days as 2023-08-26."
        ) from error
    if first is not None and last is not None and not first <= last <= first + timedelta(days=LONGEST):
        raise _no_window(f"{first} to {last}", f"Give first_day before last_day, at most {LONGEST:,} days apart.")
    return first, last


def _no_window(saw: str, do: str) -> Refusal:
    return Refusal("This is no window of days.", saw=saw, do=do, code="window")


def _common(one: Told, other: Told, own: tuple[date | None, date | None]) -> tuple[date, date] | None:
    """The window that both are samples of: as asked for, else where theirs meet; None where one is not said."""
    starts = [day for day in (one.start, other.start) if day is not None]
    ends = [day for day in (one.end, other.end) if day is not None]
    first = own[0] or (max(starts) if len(starts) == 2 else None)
    last = own[1] or (min(ends) if len(ends) == 2 else None)
    if first is None or last is None or first > last or (last - first).days > LONGEST:
        return None
    return first, last


def _outcome(found: _Found, scale: Scale, level: float) -> Outcome:
    result, statement = _answer(found, scale)
    reasons = [Note(code=_CODES.get(pair.says, "pair"), text=pair.told(scale)) for pair in found.pairs]
    reasons += [Note(code=flag.code, text=flag.why) for flag in found.flags if flag.code not in _CAVEATS]
    return Outcome(
        result=result,
        statement=statement,
        reasons=tuple(reasons),
        needed=tuple(_needed(found, result)),
        values={
            "pairs": [pair.to_json() for pair in found.pairs],
            "houses": [_house(house, found.pairs, level) for house in found.houses],
            "unpublished": [house.ships.id for house in found.houses if house.days is None],
        },
        rows=[
            *(row for pair in found.pairs for row in pair.rows),
            *({"one": flag.one, "other": flag.other, "code": flag.code, "why": flag.why} for flag in found.flags),
        ],
        caveats=tuple(_caveats(found)),
    )


def _answer(found: _Found, scale: Scale) -> tuple[str, Statement]:
    """The gravest first: what cannot be, what nobody can tell, what hangs on a number that was not published."""
    clashes = [pair.told(scale) for pair in found.pairs if pair.says in {"impossible", "conflict"}]
    clashes += [flag.why for flag in found.flags if flag.clash]
    if clashes:
        return "contradicts", say(CARD, "contradicts", clash=" ".join(clashes[:3]))
    by_says = {pair.says: pair for pair in reversed(found.pairs)}
    if (pair := by_says.get("cannot tell")) is not None:
        return "cannot tell", say(CARD, "depends", **pair.args(scale))
    if (pair := by_says.get("unpublished")) is not None:
        return "compatible only if", say(CARD, "only-if", **pair.args(scale))
    if (pair := by_says.get("agree")) is not None:
        return "compatible", say(CARD, "agree", **pair.args(scale))
    if any(pair.says == "no denominator" for pair in found.pairs):
        text = "No house published how many days it looked at, so that no two shares can be compared."
        return "cannot tell", say(CARD, "cannot-tell", reason=text)
    compared = [
        flag.why for flag in found.flags if flag.code in {"trips-and-visits", "visits-on-days", "part-of-whole"}
    ]
    if compared:
        return "compatible", say(CARD, "compatible", pairs=" ".join(compared[:3]))
    return "cannot tell", say(
        CARD, "cannot-tell", reason="No two of them count the same over a window that both state."
    )


def _needed(found: _Found, result: str) -> Iterator[str]:
    for house in found.houses:
        if house.days is None:
            yield f"How many days {house.ships.origin} looked at, and which ({house.ships.id})."
    if result == "cannot tell":
        yield "The lists of days that each house looked at, image by image."


def _house(house: House, pairs: Sequence[Pair], level: float) -> Mapping[str, Any]:
    """Share and ship-days of a house that published its denominator, in the first window it is compared in."""
    plain: dict[str, Any] = {"id": house.ships.id, "ships": house.ships.low, "days": house.days}
    if house.days is None or house.ships.low > house.days:
        return plain
    low, high = share_interval(house.ships.low, house.days, level)
    plain |= {"percent": 100 * house.ships.low / house.days, "low": 100 * low, "high": 100 * high, "level": level}
    windows = [pair.length for pair in pairs if house in {pair.one, pair.other} and pair.length >= house.days]
    if windows:
        least, most = window_days(house.ships.low, house.days, windows[0], level)
        plain |= {"window": windows[0], "ship_days_low": least, "ship_days_high": most}
    return plain


def _caveats(found: _Found) -> Iterator[Note]:
    for house in found.houses:
        if house.days is None:
            text = f"{house.told()}: how many days were looked at was not published, and is not filled in."
            yield Note(code="denominator-unpublished", text=text)
    if any(pair.chances is not None or pair.rows for pair in found.pairs):
        text = (
            "Chances for independent days are too small where ships stay: they are given beside those for longer stays."
        )
        yield Note(code="independent-days", text=text)
    rough = [one.id for one in found.every if one.claim.period is not None and one.claim.period.approximate]
    if rough:
        text = f"Windows told roughly, their ends read from the words: {', '.join(rough)}."
        yield Note(code="window-rough", text=text)
    yield from (Note(code=flag.code, text=flag.why) for flag in found.flags if flag.code in _CAVEATS)
