"""Looks become passes, passes become days: what was seen, by whom, and why nothing. Nothing is ever averaged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from dateline.core.when import Moment
from dateline.ledger.port_log import PortLook

ONE_PASS = timedelta(minutes=15)
"""Images of one sensor within this time are one pass: neighbouring frames, or the same image twice."""

State = Literal["ships", "empty", "disputed", "partly", "not observed"]
"""Of a pass or a day. "disputed": those who looked at one image disagree. "partly": a ship was seen, and a part not."""


@dataclass(frozen=True, slots=True)
class Rules:
    """least: share of the place that a look must show for the place to count as seen [1]. zone: hours east of UTC."""

    least: float = 0.5
    zone: float = 0.0

    def day(self, at: Moment) -> date:
        """The day of a moment at the place; a plain day is taken as it is."""
        return self.local(at).date() if isinstance(at, datetime) else at

    def local(self, at: Moment) -> datetime:
        """The moment at the place, as a time without a zone; of a plain day noon."""
        if not isinstance(at, datetime):
            return datetime.combine(at, time(12))
        return at.astimezone(UTC).replace(tzinfo=None) + timedelta(hours=self.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """What one pass of one sensor showed. at: of its first image. ships: the most that anybody counted."""

    at: Moment
    local: datetime
    state: State
    images: tuple[str, ...]
    sensor: str | None = None
    ships: int | None = None
    whys: tuple[str, ...] = ()

    @property
    def in_full(self) -> bool:
        """Whether the whole place was in sight."""
        return self.state in {"ships", "empty", "disputed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of the window. A day without any pass is "not observed", for no image of it is known."""

    day: date
    state: State
    passes: tuple[Pass, ...] = ()

    @property
    def why(self) -> str:
        """What kept the place from being seen on this day, the commonest reason first."""
        reasons = Counter(reason for one in self.passes for reason in one.whys)
        return "; ".join(reason for reason, _ in reasons.most_common()) or "no image is known"

    @property
    def ships(self) -> int | None:
        """The most ships that anybody counted on one image."""
        return max((one.ships for one in self.passes if one.ships is not None), default=None)


@dataclass(slots=True)
class Tally:
    """What was met on the way, for the caveats: how often, and an example."""

    counts: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)

    def note(self, code: str, example: str) -> None:
        """One more of a sort."""
        self.counts[code] += 1
        self.first.setdefault(code, example)


def days_of(
    looks: Iterable[PortLook], rules: Rules, window: tuple[date, date], tally: Tally, *, berths: Sequence[str] = ()
) -> tuple[Day, ...]:
    """Every day of a window [first and last day], from the looks of one place; berths: all that must be in sight.

    A day on which any look shows ships is a day with ships. Where those who looked at one image disagree and no other
    image of the day shows ships, the day is disputed, and counts in neither bound as what it may not be.
    """
    by_day: dict[date, list[Pass]] = {}
    for one in passes_of(looks, rules, tally, berths):
        by_day.setdefault(rules.day(one.at), []).append(one)
    first, last = window
    days = (first + timedelta(days=step) for step in range((last - first).days + 1))
    return tuple(_day(day, tuple(by_day.get(day, ()))) for day in days)


def _day(day: date, passes: tuple[Pass, ...]) -> Day:
    states = {one.state for one in passes}
    in_full = any(one.in_full for one in passes)
    if states & {"ships", "partly"}:
        return Day(day=day, state="ships" if in_full else "partly", passes=passes)
    for state in ("disputed", "empty"):
        if state in states:
            return Day(day=day, state="disputed" if state == "disputed" else "empty", passes=passes)
    return Day(day=day, state="not observed", passes=passes)


def passes_of(looks: Iterable[PortLook], rules: Rules, tally: Tally, berths: Sequence[str] = ()) -> list[Pass]:
    """The passes over a place, by time."""
    ordered = sorted(_by_image(looks, tally), key=lambda some: (rules.local(some[0].at), some[0].image))
    groups: list[list[list[PortLook]]] = []
    for some in ordered:
        if groups and _is_one_pass(groups[-1][0][0], some[0], rules):
            groups[-1].append(some)
            tally.note("duplicated-pass", f"{groups[-1][0][0].image} and {some[0].image}")
        else:
            groups.append([some])
    return [_pass(group, rules, tally, berths) for group in groups]


def _by_image(looks: Iterable[PortLook], tally: Tally) -> list[list[PortLook]]:
    """The looks of each image. A name that one and the same gave to several times, such as a satellite's, is no name.

    Where two give one image different times they contradict each other, and the first is taken.
    """
    images: dict[str, list[PortLook]] = {}
    for look in looks:
        images.setdefault(look.image, []).append(look)
    found = []
    for name, some in images.items():
        times = sorted({str(look.at) for look in some})
        if len({(look.by, look.at) for look in some}) > len({look.by for look in some}):
            tally.note("image-name-shared", f"{name}: {len(times)} times")
            found += [[look for look in some if str(look.at) == at] for at in times]
            continue
        if len(times) > 1:
            tally.note("one-image-two-times", f"{name}: {' and '.join(times)}")
        found.append(some)
    return found


def _is_one_pass(one: PortLook, other: PortLook, rules: Rules) -> bool:
    """Two images of one sensor at nearly one time; with plain days only those of one sensor that is named."""
    if one.sensor != other.sensor or isinstance(one.at, datetime) != isinstance(other.at, datetime):
        return False
    if not isinstance(one.at, datetime):
        return one.at == other.at and one.sensor is not None
    return rules.local(other.at) - rules.local(one.at) <= ONE_PASS


def _pass(group: Sequence[Sequence[PortLook]], rules: Rules, tally: Tally, berths: Sequence[str]) -> Pass:
    """The images of one pass together: per berth the strongest of what they show, then the whole place."""
    found: dict[str | None, set[State]] = {}
    for image in group:
        for berth, state in _berths(image, rules, tally).items():
            found.setdefault(berth, set()).add(state)
    looks = [look for image in group for look in image]
    return Pass(
        at=looks[0].at,
        local=rules.local(looks[0].at),
        state=_whole(found, berths),
        images=tuple(dict.fromkeys(look.image for look in looks)),
        sensor=looks[0].sensor,
        ships=max((look.ships for look in looks if look.ships is not None), default=None),
        whys=tuple(dict.fromkeys(_why(look, rules) for look in looks if not _is_seen(look, rules))),
    )


def _whole(found: Mapping[str | None, set[State]], berths: Sequence[str]) -> State:
    """The whole place from its berths; a look at the whole place (berth None) stands for all of them."""
    states = {state for some in found.values() for state in some}
    seen: set[State] = {"ships", "empty", "disputed"}
    everywhere = bool(found.get(None, set()) & seen) or (
        bool(berths) and all(found.get(berth, set()) & seen for berth in berths)
    )
    if states & {"ships", "partly"}:
        return "ships" if everywhere and "partly" not in found.get(None, set()) else "partly"
    if not everywhere:
        return "not observed"
    return "disputed" if "disputed" in states else "empty"


def _berths(image: Sequence[PortLook], rules: Rules, tally: Tally) -> dict[str | None, State]:
    """What each berth was seen as on one image, by everybody who looked."""
    found: dict[str | None, State] = {}
    for berth in dict.fromkeys(look.berth for look in image):
        looks = [look for look in image if look.berth == berth]
        said = list(dict.fromkeys(f"{look.by} {look.seen}" for look in looks))
        states = {_state(look, rules) for look in looks}
        found[berth] = _agreed(states)
        example = f"{image[0].image}: {', '.join(said)}"
        if len(said) < len(looks):
            tally.note("duplicated-look", example)
        if found[berth] == "disputed":
            tally.note("disputed", example)
        elif len(states) > 1 and "not observed" in states:
            tally.note("one-could-not-see", example)
    return found


def _agreed(states: set[State]) -> State:
    """Ships and empty of one image contradict each other; "could not see" contradicts neither."""
    if states & {"ships", "partly"} and "empty" in states:
        return "disputed"
    order: tuple[State, ...] = ("ships", "partly", "empty")
    return next((state for state in order if state in states), "not observed")


def _state(look: PortLook, rules: Rules) -> State:
    if look.seen == "ships":
        return "ships" if _is_in_sight(look, rules) else "partly"
    return "empty" if look.seen == "empty" and _is_in_sight(look, rules) else "not observed"


def _is_in_sight(look: PortLook, rules: Rules) -> bool:
    share = (1.0 if look.covers is None else look.covers) * (1.0 if look.usable is None else look.usable)
    return share >= rules.least


def _is_seen(look: PortLook, rules: Rules) -> bool:
    return _state(look, rules) in {"ships", "empty"}


def _why(look: PortLook, rules: Rules) -> str:
    if look.seen == "not observed" and look.why:
        return look.why
    return f"under {100 * rules.least:g} % of the place in sight"
