"""What the looks say: the measure of port_activity, its live answer, and its days as a calendar."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dateline.app.asking import measure_of
from dateline.core.errors import UsageError
from dateline.ledger.finding import Finding
from dateline.ledger.measure import Measure

METHOD = "port_activity"
SHAPES = {
    "ships": "ships",
    "ships, partly seen": "partly",
    "disputed": "disputed",
    "empty": "empty",
    "not observed": "dark",
}
"""A day's state in a row of port_activity -> its shape in the calendar, in the order of the legend."""
SPOKEN = {
    "ships": "ships",
    "partly": "ships, partly seen",
    "disputed": "disputed",
    "empty": "empty",
    "dark": "not seen",
}
_DATES = ("first_day", "last_day", "since")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which looks are read, and of which window. who: one person's; None: everybody's."""

    port: str
    who: str | None
    parameters: Mapping[str, Any]

    def measure(self, name: str, text: str | None = None) -> Measure:
        """The measure that asks this."""
        selector: dict[str, Any] = {"places": [self.port]}
        if self.who is not None:
            selector["observations"] = [self.who]
        return measure_of(name, METHOD, inputs={"log": selector}, parameters=self.parameters, question=text or None)


def parameters_of(told: Mapping[str, str]) -> dict[str, Any]:
    """The window as a form tells it. Raises UsageError `date`, `utc-offset` for what is none."""
    found: dict[str, Any] = {}
    for name in _DATES:
        if text := told.get(name, "").strip():
            found[name] = _day(name, text)
    if text := told.get("utc_offset", "").strip():
        found["utc_offset"] = _hours(text)
    return found


def _day(name: str, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise UsageError(f"{name} is no day.", saw=text[:40], do="Write it as 2023-08-26.", code="date") from error


def _hours(text: str) -> float:
    try:
        hours = float(text)
    except ValueError:
        hours = 99.0
    if not -14 <= hours <= 14:
        raise UsageError(
            "This is no offset from UTC.", saw=text[:40], do="Give hours from -14 to 14, such as 9.", code="utc-offset"
        )
    return hours


def in_short(finding: Finding) -> str:
    """Days with ships of days that were usable, in one line; what else is possible."""
    counts = finding.values.get("counts")
    if not counts:
        return ""
    low = counts["with_ships"] + counts["partly_seen_with_ships"]
    unseen = counts["days"] - counts["observed"]
    return (
        f"ships on {counts['with_ships']} of {counts['observed']} usable days; {unseen} not seen; "
        f"possible {low}\N{EN DASH}{counts['days'] - counts['empty']}"
    )


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of a month. kind: its shape, none for a day outside the window. words: for a reader of words."""

    day: int
    kind: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Month:
    """A row of the calendar, and days with ships of days seen."""

    name: str
    cells: tuple[Cell, ...]
    count: str


def calendar(finding: Finding) -> tuple[Month, ...]:
    """The days of a finding by month; none where it has no days."""
    rows = () if finding.series is None else finding.series.rows
    days = {date.fromisoformat(str(row["day"])): row for row in rows}
    months = sorted({(day.year, day.month) for day in days})
    return tuple(_month(year, month, days) for year, month in months)


def _month(year: int, month: int, days: Mapping[date, Mapping[str, Any]]) -> Month:
    here = [date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1)]
    cells = tuple(_cell(day, days.get(day)) for day in here)
    kinds = Counter(cell.kind for cell in cells)
    seen = kinds["ships"] + kinds["empty"] + kinds["disputed"]
    return Month(f"{here[0]:%B %Y}", cells, f"{kinds['ships']} of {seen}")


def _cell(day: date, row: Mapping[str, Any] | None) -> Cell:
    if row is None:
        return Cell(day.day)
    kind = SHAPES[str(row["state"])]
    more = f", {row['why']}" if row.get("why") else ""
    more += f", {row['ships']} counted" if row.get("ships") else ""
    return Cell(day.day, kind, f"{day.isoformat()}: {SPOKEN[kind]}{more}")


def legend(months: Sequence[Month]) -> tuple[tuple[str, str, int], ...]:
    """Shape, word and how many days, of each sort that there is, and always of the three main ones."""
    counts = Counter(cell.kind for month in months for cell in month.cells)
    always = {"ships", "empty", "dark"}
    return tuple((kind, word, counts[kind]) for kind, word in SPOKEN.items() if counts[kind] or kind in always)
