"""The rows of a finding as points of a chart, whatever the method called its columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any

from pydantic import Field

from dateline.core.errors import InputError, UsageError
from dateline.core.state import State
from dateline.core.when import When
from dateline.ledger.finding import Finding
from dateline.story.block import BlockPart
from dateline.story.chart import day_of
from dateline.story.page import Page

_COMMON: Mapping[str, Sequence[str]] = {
    "when": ("when", "month", "date", "day", "night", "period", "year"),
    "value": ("value", "best", "mean", "total", "ratio", "light"),
    "low": ("low", "lower"),
    "high": ("high", "upper"),
    "low50": ("low50", "low_50"),
    "high50": ("high50", "high_50"),
    "n": ("n", "nights", "looks"),
    "state": ("state", "why", "note"),
    "place": ("place",),
}
_UNSEEN = frozenset(state.words for state in State if not state.is_seen)
"""States of a look whose value is no observation, whatever number stands beside them."""


class Columns(BlockPart):
    """Names of columns, where they are not the common ones."""

    when: str = Field(default="", description="EDTF dates, or days")
    value: str = ""
    low: str = ""
    high: str = ""
    low50: str = ""
    high50: str = ""
    n: str = ""
    state: str = ""
    place: str = ""
    level: float = Field(default=0.9, gt=0, lt=1, description="level of the outer band")


@dataclass(frozen=True, slots=True)
class Point:
    """One look: its time, and what it gave. Without a value the chart shows a gap and an ×."""

    when: When
    words: str
    value: float | None
    low: float | None = None
    high: float | None = None
    low50: float | None = None
    high50: float | None = None
    n: float | None = None
    state: str | None = None

    @property
    def middle(self) -> Any:
        """The day in the middle of its time."""
        first = day_of(self.when.earliest or self.when.latest)  # type: ignore[arg-type]
        last = day_of(self.when.latest or self.when.earliest)  # type: ignore[arg-type]
        return first + timedelta(days=(last - first).days // 2)


def points(page: Page, finding: Finding, columns: Columns, *, place: str | None) -> tuple[Point, ...]:
    """The rows of a finding, or of its sidecar table, in order of time. Raises InputError (code "series")."""
    rows = page.rows(finding)
    names = {key: getattr(columns, key) or _common(key, rows) for key in _COMMON}
    if place is not None and names["place"]:
        rows = [row for row in rows if row.get(names["place"]) == place]
    found = [_point(page, row, names) for row in rows]
    return tuple(sorted(found, key=lambda point: point.middle))


def _common(key: str, rows: Sequence[Mapping[str, Any]]) -> str:
    there = {name for row in rows for name in row}
    return next((name for name in _COMMON[key] if name in there), "")


def _point(page: Page, row: Mapping[str, Any], names: Mapping[str, str]) -> Point:
    when = _when(row.get(names["when"]))
    numbers = {key: _number(row.get(names[key])) for key in ("value", "low", "high", "low50", "high50", "n")}
    state = str(row.get(names["state"]) or "") or None
    if state in _UNSEEN:
        numbers |= dict.fromkeys(("value", "low", "high", "low50", "high50"))
    return Point(when=when, words=page.language.when(when), state=state, **numbers)


def _number(value: Any) -> float | None:
    if value is None or value == "":
        return None
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise _unreadable(f"{value!r} where a number should stand") from error


def _when(value: Any) -> When:
    try:
        if isinstance(value, Mapping):
            return When.from_json(value)
        return When.from_edtf(re.sub(r"\s", "", str(value)))
    except (UsageError, ValueError, TypeError) as error:
        raise _unreadable(f"{value!r} where a date should stand") from error


def _unreadable(saw: str) -> InputError:
    return InputError(
        "The rows of this finding cannot be drawn.",
        saw=saw,
        do="Say under [columns] of the :::series block which column holds the date and which the value.",
        code="series",
    )


def segments(found: Iterable[Point]) -> list[list[Point]]:
    """Points cut where a look gave nothing, or where the time between two is much longer than usual."""
    seen = list(found)
    steps = sorted((two.middle - one.middle).days for one, two in pairwise(seen))
    usual = steps[len(steps) // 2] if steps else 0
    cut: list[list[Point]] = [[]]
    for one in seen:
        if one.value is None or (cut[-1] and (one.middle - cut[-1][-1].middle).days > 1.8 * usual + 1):
            cut.append([])
        if one.value is not None:
            cut[-1].append(one)
    return [part for part in cut if part]
