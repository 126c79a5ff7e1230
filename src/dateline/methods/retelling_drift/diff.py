"""A retelling against what it retells, field by field: what drifted, what is the same, what one of them leaves out."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from dateline.core.amounts.units import dimension
from dateline.core.quantity import Kind
from dateline.core.when import Moment, When
from dateline.ledger.claim import Claim
from dateline.ledger.claims_columns import noted
from dateline.methods.origins.roots import UNKNOWN_WORDS
from dateline.methods.retelling_drift.told import (
    figure,
    is_about,
    numbers_in,
    says_so,
    side,
    states_in,
    status_of,
)
from dateline.places.names import edits, folded, sound

Severity = Literal["changes the meaning", "loses a bound", "wording"]
MEANING: Severity = "changes the meaning"
BOUND: Severity = "loses a bound"
WORDING: Severity = "wording"

FIELDS = ("number", "bound", "unit", "kind", "period", "place", "direction", "origin", "status", "stance")
_MISSPELT = 3
"""Letters by which two names may differ and still look like one name, corrupted."""
_WRITTEN = re.compile(r"(?P<meant>.+?) \(written (?P<written>[^)]+)\)")
_PARTS = re.compile(r"\s*[;,/]\s*|\s+(?:-|–|and|to)\s+")
_ROUTE = re.compile(r"\bfrom (?P<start>[^,;.]+?) to (?P<goal>[^,;.']+)")
_FIRM = {"asserts": 3, "observes": 3, "estimates": 2, "computes": 2, "assesses": 2, "infers": 2, "suggests": 1}
_FIRM |= {"predicts": 1}
_DENIES = {"denies", "denies_part"}


@dataclass(frozen=True, slots=True)
class Drift:
    """One thing that changed on the way: in which field, of which type, how grave, with both wordings."""

    field: str
    type: str
    severity: Severity
    was: str
    becomes: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """A retelling beside its original. `unstated` are fields that one of the two leaves out, or both."""

    original: Claim
    retelling: Claim
    drifts: tuple[Drift, ...]
    same: tuple[str, ...]
    unstated: tuple[str, ...]

    def changed(self) -> set[str]:
        """The fields whose change changes the meaning."""
        return {drift.field for drift in self.drifts if drift.severity == MEANING}


_Look = Callable[[Claim, Claim], Iterator[Drift] | None]


def compare(original: Claim, retelling: Claim) -> Comparison:
    """Every field that both state, looked at by itself. Words are compared, likeness of whole sentences is not."""
    found: list[Drift] = []
    same, unstated = [], []
    for field, look in _LOOKS.items():
        drifts = look(original, retelling)
        if drifts is None:
            unstated.append(field)
            continue
        here = list(drifts)
        found += here
        if not any(drift.severity != WORDING for drift in here):
            same.append(field)
    return Comparison(original, retelling, tuple(found), tuple(same), tuple(unstated))


def _number(one: Claim, other: Claim) -> Iterator[Drift] | None:
    if one.quantity is None or other.quantity is None:
        return None
    was, becomes = figure(one.quantity), figure(other.quantity)
    words = one.quantity.text, other.quantity.text
    if was == becomes:
        return iter(())
    if becomes in numbers_in(one.statement):
        return iter([Drift("number", "another-figure", WORDING, *words)])
    beside = min(numbers_in(one.statement) - {was}, key=lambda number: abs(number - becomes), default=None)
    told = words[0] if beside is None else f"{words[0]}; beside it {beside:,.10g}"
    return iter([Drift("number", _kind_of_change(was, becomes), MEANING, told, words[1])])


def _kind_of_change(was: float, becomes: float) -> str:
    if {was, becomes} == {10.0, 12.0}:
        return "ten-to-dozen"
    if was > 0 and becomes > 0:
        power = math.log10(becomes / was)
        if abs(power) > 0.5 and abs(power - round(power)) < 1e-9:
            return "factor-of-ten"
    return "number"


def _bound(one: Claim, other: Claim) -> Iterator[Drift] | None:
    if one.quantity is None or other.quantity is None:
        return None
    return _bounds(one, other)


def _bounds(one: Claim, other: Claim) -> Iterator[Drift]:
    assert one.quantity is not None
    assert other.quantity is not None
    was, becomes = side(one.quantity), side(other.quantity)
    words = one.quantity.text, other.quantity.text
    if {was, becomes} == {"above", "below"}:
        yield Drift("bound", "bound-flipped", MEANING, *words)
    elif was in {"above", "below"} and becomes in {"point", "range"}:
        yield Drift("bound", "more-than-lost" if was == "above" else "up-to-lost", BOUND, *words)
    elif was in {"point", "range"} and becomes in {"above", "below"}:
        yield Drift("bound", "bound-added", MEANING, *words)
    elif was == becomes == "point" and is_about(one) and not is_about(other):
        yield Drift("bound", "about-lost", BOUND, *words)
    elif one.quantity.low_open != other.quantity.low_open and was == becomes == "above":
        yield Drift("bound", "more-than-or-at-least", WORDING, *words)


def _unit(one: Claim, other: Claim) -> Iterator[Drift] | None:
    if one.quantity is None or other.quantity is None:
        return None
    was, becomes = one.quantity.unit, other.quantity.unit
    if was == becomes:
        return iter(())
    alike = dimension(was) is not None and dimension(was) == dimension(becomes)
    return iter([Drift("unit", "unit", WORDING if alike else MEANING, was, becomes)])


def _kind(one: Claim, other: Claim) -> Iterator[Drift] | None:
    if one.quantity is None or other.quantity is None:
        return None
    was, becomes = one.quantity.kind, other.quantity.kind
    totals = {Kind.COUNT, Kind.CUMULATIVE}
    if was == becomes or {was, becomes} == totals:  # the words seldom tell a count from a total
        return iter(())
    type_ = "capacity-as-delivery" if was is Kind.CAPACITY else "kind-of-number"
    if was is Kind.PLAN and becomes in totals:
        type_ = "planned-as-done"
    return iter([Drift("kind", type_, MEANING, f"{was.value}: {one.statement}", f"{becomes.value}: {other.statement}")])


def _period(one: Claim, other: Claim) -> Iterator[Drift] | None:
    if not _is_told(one.period) or not _is_told(other.period):
        return None
    return _periods(one, other)


def _is_told(when: When | None) -> bool:
    return when is not None and (when.earliest is not None or when.latest is not None)


def _periods(one: Claim, other: Claim) -> Iterator[Drift]:
    assert one.period is not None
    assert other.period is not None
    was, becomes = one.period, other.period
    words = _phrase(was), _phrase(becomes)
    first, other_first = _day(was.earliest), _day(becomes.earliest)
    last, other_last = _day(was.latest), _day(becomes.latest)
    said = _day(other.said.latest)
    if said is not None and other_first is not None and other_first > said and status_of(other)[0] != "planned":
        yield Drift("period", "date-after-page", MEANING, words[0], f"{words[1]}, said {other.said.spoken()}")
    if first is not None and other_first is None:
        yield Drift("period", "since-lost", BOUND, *words)
    elif first is not None and other_first is not None and first != other_first:
        whole_years = first.year != other_first.year and (first.month, first.day) == (
            other_first.month,
            other_first.day,
        )
        yield Drift("period", "year-wrong" if whole_years else "window-start-moved", MEANING, *words)
    to_the_day = last == _day(one.said.latest) and other_last == said
    if last is not None and other_last is not None and last != other_last and not to_the_day:
        yield Drift("period", "window-end-moved", MEANING, *words)


def _phrase(when: When) -> str:
    return f"{when.text} ({when.spoken()})" if when.text else when.spoken()


def _day(moment: Moment | None) -> date | None:
    return moment.date() if isinstance(moment, datetime) else moment


def _place(one: Claim, other: Claim) -> Iterator[Drift] | None:
    was, becomes = noted(one).get("place", ""), noted(other).get("place", "")
    written = _WRITTEN.fullmatch(becomes)
    if written is not None:
        type_, severity = ("place-name-corrupted", MEANING)
        if sound(written["meant"]) == sound(written["written"]):
            type_, severity = "transliteration", WORDING
        return iter([Drift("place", type_, severity, written["meant"], written["written"])])
    if one.places and other.places:
        if set(one.places) & set(other.places):
            return iter(())
        return iter([Drift("place", "place", MEANING, ", ".join(one.places), ", ".join(other.places))])
    if not was or not becomes:
        return None
    return _names(was, becomes)


def _names(was: str, becomes: str) -> Iterator[Drift]:
    """Another place, the same name corrupted, or only another transliteration."""
    parts, others = ({sound(part) for part in _PARTS.split(text)} for text in (was, becomes))
    if folded(was) == folded(becomes) or (parts != others and (parts <= others or others <= parts)):
        return
    if sound(was) == sound(becomes):
        yield Drift("place", "transliteration", WORDING, was, becomes)
    elif edits(folded(was), folded(becomes), _MISSPELT) is not None:
        yield Drift("place", "place-name-corrupted", MEANING, was, becomes)
    else:
        yield Drift("place", "place", MEANING, was, becomes)


def _direction(one: Claim, other: Claim) -> Iterator[Drift] | None:
    left, right = one.proposition, other.proposition
    if left is not None and right is not None and left.object and right.object:
        if (left.subject, left.object) == (right.object, right.subject):
            route = [f"{side_.subject} → {side_.object}" for side_ in (left, right)]
            return iter([Drift("direction", "direction-reversed", MEANING, route[0], route[1])])
        return iter(())
    was, becomes = _ROUTE.search(one.statement), _ROUTE.search(other.statement)
    if was is None or becomes is None:
        return None
    return _routes(was, becomes)


def _routes(was: re.Match[str], becomes: re.Match[str]) -> Iterator[Drift]:
    start, goal = states_in(was["start"]).keys(), states_in(was["goal"]).keys()
    new_start, new_goal = states_in(becomes["start"]).keys(), states_in(becomes["goal"]).keys()
    if start and goal and (start, goal) != (new_start, new_goal) and (start & new_goal or goal & new_start):
        yield Drift("direction", "direction-reversed", MEANING, was[0], becomes[0])
    elif (new_goal and not new_goal & goal) or (new_start and start and not new_start & start):
        yield Drift("direction", "route-changed", MEANING, was[0], becomes[0])


def _origin(one: Claim, other: Claim) -> Iterator[Drift] | None:
    state = one.origin.state if one.origin is not None else None
    told = says_so(f"{other.statement} {other.original.text if other.original else ''}")
    if state is not None and told and state not in told:
        assert one.origin is not None
        was = f"{one.origin.key} ({state})"
        return iter([Drift("origin", "origin-swapped", MEANING, was, ", ".join(sorted(told.values())))])
    keys = [claim.origin.key if claim.origin is not None else "" for claim in (one, other)]
    if any(key.casefold() in UNKNOWN_WORDS for key in keys):
        return None
    if keys[0].casefold() == keys[1].casefold():
        return iter(())
    new = other.origin.state if other.origin is not None else None
    type_ = "origin-swapped" if state is not None and new is not None and state != new else "credited-to-another"
    return iter([Drift("origin", type_, MEANING, keys[0], keys[1])])


def _status(one: Claim, other: Claim) -> Iterator[Drift] | None:
    was, becomes = status_of(one)[0], status_of(other)[0]
    if was is None or becomes is None:
        return None
    if was == becomes or (was, becomes) == ("done", "under_way"):
        return iter(())
    type_ = "planned-as-done" if was == "planned" else "status"
    return iter([Drift("status", type_, MEANING, f"{was}: {one.statement}", f"{becomes}: {other.statement}")])


def _stance(one: Claim, other: Claim) -> Iterator[Drift] | None:
    if (one.stance in _DENIES) != (other.stance in _DENIES):
        return iter([Drift("stance", "stance-reversed", MEANING, one.stance, other.stance)])
    was, becomes = _FIRM.get(one.stance), _FIRM.get(other.stance)
    if was is not None and becomes is not None and becomes > was:
        return iter([Drift("stance", "hedge-lost", BOUND, one.stance, other.stance)])
    return iter(())


_LOOKS: Mapping[str, _Look] = {
    "number": _number, "bound": _bound, "unit": _unit, "kind": _kind, "period": _period, "place": _place,
    "direction": _direction, "origin": _origin, "status": _status, "stance": _stance,
}  # fmt: skip
