"""What lies beside the numbers: two numbers of one source, changed units, parts and wholes, definitions, feeds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

from dateline.methods.count_reconciliation.told import WORDS, House, Told
from dateline.methods.presence import missed_at_random

NEAR = timedelta(days=21)
"""Ends of two windows that are the same for people who speak of thirds of months."""


@dataclass(frozen=True, slots=True)
class Flag:
    """One thing between two claims. clash: whether both cannot be true as they stand."""

    code: str
    one: str
    other: str
    why: str
    clash: bool = False


def flags(every: Sequence[Told], found: Sequence[House], window: int | None, round_trip: float | None) -> list[Flag]:
    """All of them, in the order of the claims. window [day]; round_trip: the least that one ship needs [day]."""
    listed = {one.id for one in every}
    first_hand = [one for one in every if one.claim.retells not in listed]
    return [
        *_same_source(every),
        *_unit_changed(every),
        *_parts(first_hand),
        *_visits_on_days(first_hand, found),
        *_visits_missed(first_hand, found, window),
        *_trips_beside_visits(first_hand),
        *_too_fast(first_hand, round_trip),
    ]


def _same_window(one: Told, other: Told) -> bool:
    return all(_near(a, b) for a, b in ((one.start, other.start), (one.end, other.end)))


def _near(one: date | None, other: date | None) -> bool:
    return one is not None and other is not None and abs(one - other) <= NEAR


def _differ(one: Told, other: Told) -> bool:
    return (one.low, one.high) != (other.low, other.high)


def _cannot_both(one: Told, other: Told) -> bool:
    return any(a.high is not None and a.high < b.low for a, b in ((one, other), (other, one)))


def _same_source(every: Sequence[Told]) -> Iterator[Flag]:
    """Two numbers of one source for one thing: which of them stands is for the source to say."""
    for one, other in combinations(every, 2):
        same = one.origin == other.origin and one.sort == other.sort and one.is_part == other.is_part
        if not same or not _same_window(one, other) or not _differ(one, other):
            continue
        clash = _cannot_both(one, other)
        ends = "" if (one.start, one.end) == (other.start, other.end) else ", over windows that differ by days"
        says = "They cannot both be true." if clash else "The weaker follows from the stronger; ask which one stands."
        text = f"One source, two numbers{ends}: {one.told()} and {other.told()}. {says}"
        yield Flag("same-source", one.id, other.id, text, clash)


def _unit_changed(every: Sequence[Told]) -> Iterator[Flag]:
    """A number that was passed on as a number of something else."""
    for one, other in combinations(every, 2):
        retold = other.claim.retells == one.id or one.claim.retells == other.id
        passed = one.origin == other.origin and "retell" in " ".join(_methods(one) + _methods(other))
        if (retold or passed) and one.sort != other.sort and one.low == other.low and one.low:
            first, second = (one, other) if one.claim.retells != other.id else (other, one)
            text = (
                f"The number {one.low} was passed on with another unit: {WORDS[first.sort]} ({first.id}) became "
                f"{WORDS[second.sort]} ({second.id}). They are not the same: the later one is left out."
            )
            yield Flag("unit-changed", first.id, second.id, text)


def _methods(one: Told) -> list[str]:
    return [(one.claim.origin.method if one.claim.origin is not None else None) or ""]


def _parts(every: Sequence[Told]) -> Iterator[Flag]:
    """One ship's trips are some of all trips, in a window that holds its own."""
    for one, other in combinations(every, 2):
        part, whole = (one, other) if one.is_part else (other, one)
        inside = _holds(whole, part)
        if not part.is_part or whole.is_part or part.sort != whole.sort or not (inside or _same_window(part, whole)):
            continue
        if whole.high is not None and whole.high < part.low:
            text = f"{part.told()} of one ship are more than {whole.told()} of all."
            yield Flag("part-of-whole", part.id, whole.id, text, clash=inside)
        else:
            are = "are" if inside else "may be"
            text = f"{part.told()} of one ship {are} among {whole.told()} of all{_left(part, whole) if inside else ''}."
            text += " They are never added."
            yield Flag("part-of-whole", part.id, whole.id, text)


def _left(part: Told, whole: Told) -> str:
    """What the others made at the least: known only where the part has an upper bound ("at least 11" has none)."""
    if part.high is None or whole.low <= part.high:
        return ""
    return f", which leaves {whole.low - part.high} or more to the others"


def _holds(outer: Told, inner: Told) -> bool:
    if outer.start is None or outer.end is None or inner.start is None or inner.end is None:
        return False
    return outer.start <= inner.start and inner.end <= outer.end


def _visits_on_days(every: Sequence[Told], found: Sequence[House]) -> Iterator[Flag]:
    """Visits that were seen: at least one where days with ships were; more than days only with two ships on one day."""
    for house in found:
        for visits in every:
            if visits.sort != "visits" or visits.origin != house.ships.origin or not _same_place(visits, house.ships):
                continue
            days = house.ships.low
            if not visits.low or not days:
                continue
            if visits.low > days:
                text = f"{visits.told()} on {days} days with ships: only if on some days several came."
            else:
                text = (
                    f"{visits.told()} fit {days} days with ships ({house.ships.id}). With one ship at a time each was "
                    f"seen on at most {days / visits.low:.1f} days on average, and the days alone allow any number "
                    f"from 1 to {days}; with several at once neither bound stands."
                )
            yield Flag("visits-on-days", visits.id, house.ships.id, text, clash=False)


def _same_place(one: Told, other: Told) -> bool:
    return not one.claim.places or not other.claim.places or bool(set(one.claim.places) & set(other.claim.places))


def _visits_missed(every: Sequence[Told], found: Sequence[House], window: int | None) -> Iterator[Flag]:
    """How many visits there would be, were each as short as 1, 2 or 3 days and the days looked at drawn at random."""
    for house in found:
        if window is None or house.days is None or house.days >= window:
            continue
        for visits in every:
            if visits.sort != "visits" or visits.origin != house.ships.origin or not _same_place(visits, house.ships):
                continue
            seen = {stay: 1 - missed_at_random(stay, house.days, window) for stay in (1, 2, 3)}
            told = ", ".join(f"{visits.low / share:.0f} if each touched {stay}" for stay, share in seen.items())
            text = (
                f"Looking on {house.days} of {window} days misses short visits: {visits.told()} would stand for about "
                f"{told} days, were the days looked at drawn at random."
            )
            yield Flag("visits-missed", visits.id, house.ships.id, text)


def _trips_beside_visits(every: Sequence[Told]) -> Iterator[Flag]:
    """A round trip makes one call at each port: bounds must meet, over windows that are the same."""
    for one, other in combinations(every, 2):
        if {one.sort, other.sort} != {"trips", "visits"} or not _same_window(one, other) or not _same_place(one, other):
            continue
        if one.is_part or other.is_part:
            continue
        trips, visits = (one, other) if one.sort == "trips" else (other, one)
        if _cannot_both(one, other):
            text = f"{trips.told()} and {visits.told()} do not meet, if each trip makes one visit."
            yield Flag("trips-and-visits", trips.id, visits.id, text, clash=True)
        else:
            text = f"{trips.told()} and {visits.told()} can both be true: a bound below is no count."
            yield Flag("trips-and-visits", trips.id, visits.id, text)


def _too_fast(every: Sequence[Told], round_trip: float | None) -> Iterator[Flag]:
    """Trips of one ship that do not fit its window."""
    for one in every:
        if one.sort != "trips" or not one.is_part or round_trip is None or one.start is None or one.end is None:
            continue
        days = (one.end - one.start).days + 1
        most, legs = int(days / round_trip), int(2 * days / round_trip)
        text = (
            f"{one.told()} of one ship in {days} days: at most {most} round trips at {round_trip:g} days each, or "
            f"{legs} single legs. Which of the two a trip is was not looked up."
        )
        yield Flag("round-trips", one.id, one.id, text, clash=one.low > legs)


def definitions(one: House, other: House) -> list[Flag]:
    """What two houses may have counted differently: port, window, feed."""
    first, second = one.ships, other.ships
    found = []
    if first.claim.places and second.claim.places and set(first.claim.places) != set(second.claim.places):
        docks = " and ".join(f"{', '.join(told.claim.places)} ({told.id})" for told in (first, second))
        text = f"They counted at different docks: {docks}."
        found.append(Flag("docks-differ", first.id, second.id, text))
    elif len(first.claim.places) == 1:
        text = f"Both name {first.claim.places[0]} and neither says which piers it counted, or which ships."
        found.append(Flag("docks-unsaid", first.id, second.id, text))
    if (first.start, first.end) != (second.start, second.end):
        text = f"The windows differ: {_span(first)} ({first.id}) and {_span(second)} ({second.id})."
        found.append(Flag("windows-differ", first.id, second.id, text))
    shared = sorted(first.feeds & second.feeds)
    if shared:
        text = (
            f"Both worked on images of {', '.join(shared).title()}. Where they looked at the same images, a difference "
            "is one of reading and not of chance."
        )
        found.append(Flag("shared-feed", first.id, second.id, text))
    elif not first.feeds or not second.feeds:
        text = "Whose images one of them looked at was not published: they may be the same."
        found.append(Flag("feed-unpublished", first.id, second.id, text))
    return found


def _span(one: Told) -> str:
    ends = ["?" if day is None else f"{day.day} {day:%B %Y}" for day in (one.start, one.end)]
    return " to ".join(ends)
