"""By which of its words a date is placed. A word that the way does not use is refused, never left out in silence."""

from __future__ import annotations

import re

from dateline.core.errors import UsageError
from dateline.core.phrases.phrase import Point

_USES = {
    "event": {"event"},
    "date": {"date", "weekday"},
    "numeric": {"numeric", "weekday"},
    "counted": {"recent", "back", "ago", "which", "unit", "number", "vague"},
    "weekend": {"weekend", "which", "relative"},
    "weekday": {"weekday", "which", "relative", "part"},
    "near": {"relative", "weekday", "part"},
}
"""What each way reads. A part beside a weekday is a time of day; beside a week it narrows nothing."""

_CALENDAR = {
    "day": {"month", "day", "weekday", "part"},
    "month": {"month", "part", "half"},
    "season": {"season", "part", "pair"},
    "quarter": {"quarter", "part"},
    "half": {"half"},
    "pair": {"pair", "part"},
    "year": {"year", "part"},
}
"""The same for what a calendar has, by the smallest that is named."""


def way_of(point: Point) -> str:
    """How a date is placed: a key of the above, or "calendar". Raises UsageError (code `phrase`) where not every word
    would be used: "the last Friday of October" is neither last Friday nor October.
    """
    slots = point.slots()
    way = _way(point, slots)
    used = _calendar(point, slots) if way == "calendar" else _USES[way]
    if slots - used or _clashes(point, slots, way):
        raise UsageError(
            "These words do not make one date together.",
            saw=", ".join(sorted(slots)),
            do="Give only the words of one date ('late August'), or write it: 2023-10-27, 2023-08-21/2023-08-31.",
            code="phrase",
        )
    return way


def _way(point: Point, slots: set[str]) -> str:
    for named in ("event", "date", "numeric"):
        if named in slots:
            return named
    placed = slots & {*_CALENDAR, "weekday", "weekend", "part"}
    if slots & {"recent", "back", "ago"} or ({"which", "unit"} <= slots and not placed):
        return "counted"
    if point.weekend:
        return "weekend"
    relative = None if point.relative is None else point.relative[0]
    if relative == "day" or (relative == "week" and point.weekday is None):
        return "near"
    return "weekday" if point.weekday is not None and point.day is None else "calendar"


def _calendar(point: Point, slots: set[str]) -> set[str]:
    """What is used beside the smallest thing named: its year, and the word for itself ("the month of October")."""
    smallest = next((named for named in _CALENDAR if named in slots and not (named == "pair" and point.season)), "year")
    own = {"year", smallest, "week" if smallest == "day" and point.month is not None else smallest}
    days = smallest == "month" and point.unit == "day" and point.number is not None  # "five days in October"
    within = {"number", "unit"} if days else set()
    return _CALENDAR[smallest] | {"year", "which", "relative"} | within | ({"unit"} if point.unit in own else set())


def _clashes(point: Point, slots: set[str], way: str) -> bool:
    """Words of one kind that say different things, or nothing by themselves."""
    if way == "counted":
        return point.which == "this" or (point.unit is None and slots != {"recent"})
    if point.relative is None:
        return way == "calendar" and point.day is not None and point.month is None and bool(slots & {"year", "which"})
    unit = point.relative[0]
    if way in {"weekend", "weekday"}:
        return unit != "week"
    return way == "calendar" and (bool(slots & {"year", "which"}) or (unit == "month" and point.month is not None))


def names(words: str, event: str) -> bool:
    """Whether words name an event: each of them is one of its name, up to an ending ("саммита", саммит)."""
    said, known = _words(words), _words(event)
    return bool(said) and all(any(_alike(word, name) for name in known) for word in said)


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\W_]+", text.casefold()) if word and word not in {"the", "a", "an", "s"}]


def _alike(one: str, other: str) -> bool:
    """The same word, or the same but for an ending of up to three letters."""
    shared = next((at for at, (left, right) in enumerate(zip(one, other, strict=False)) if left != right), None)
    stem = min(len(one), len(other)) if shared is None else shared
    return one == other or (
        stem >= 3 and max(len(one), len(other)) - stem <= 3 and stem >= min(len(one), len(other)) - 1
    )
