"""A calendar of days: ships seen, seen empty, not seen. Each a mark of its own shape, with its word behind it."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from markupsafe import Markup

from dateline.core.errors import InputError
from dateline.ledger.finding import Finding
from dateline.story.block import BlockModel, FindingId, Prose
from dateline.story.page import Page

KINDS = ("ships", "partly", "disputed", "empty", "not_observed")
"""Sorts of days, in the order of the legend."""
_STATES = {
    "ships": "ships", "ships, partly seen": "partly", "disputed": "disputed", "empty": "empty",
    "not observed": "not_observed",
}  # fmt: skip
_OBSERVED = {"ships", "disputed", "empty"}
LISTED = 6


class Model(BlockModel):
    """The body of a :::calendar block."""

    is_figure: ClassVar[bool] = True

    title: Prose
    finding: FindingId
    caption: Prose = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of a month, or none of it: then without a kind."""

    day: int
    kind: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Month:
    """A row: the month in words, its 31 cells, and days with ships of days seen."""

    name: str
    short: str
    cells: tuple[Cell, ...]
    count: str


def prepare(block: Model, page: Page) -> Mapping[str, Any]:
    """The rows of the finding as months. Raises InputError (code "calendar") for rows that are no days."""
    finding = page.finding(block.finding)
    days = days_of(page, finding)
    counts = Counter(kind for kind, _ in days.values())
    months = sorted({(day.year, day.month) for day in days})
    return {
        "number": page.next_figure(),
        "months": [_month(page, year, month, days) for year, month in months],
        "legend": [
            (kind, counts[kind]) for kind in KINDS if counts[kind] or kind in {"ships", "empty", "not_observed"}
        ],
        "reasons": _reasons(page, days),
        "footnote": finding.values.get("footnote", ""),
        "simulated": finding.simulated,
        "anchor": page.anchor(finding.id),
    }


def days_of(page: Page, finding: Finding) -> dict[date, tuple[str, str]]:
    """Each day's kind, and why it was not seen."""
    found = {}
    for row in page.rows(finding):
        try:
            kind = _STATES[str(row["state"])]
            found[date.fromisoformat(str(row["day"]))] = (kind, str(row.get("why") or ""))
        except (KeyError, ValueError) as error:
            raise _no_days(finding, f"a row with {error}") from error
    if not found:
        raise _no_days(finding, "no rows")
    return found


def _no_days(finding: Finding, saw: str) -> InputError:
    return InputError(
        f"The finding {finding.id} cannot be shown as a calendar.",
        saw=saw,
        do="Give a finding of port_activity: its rows are days with a state.",
        code="calendar",
    )


def _month(page: Page, year: int, month: int, days: Mapping[date, tuple[str, str]]) -> Month:
    first = date(year, month, 1)
    cells = tuple(_cell(page, year, month, day, days) for day in range(1, 32))
    kinds = Counter(cell.kind for cell in cells)
    count = page.word("calendar.of", n=kinds["ships"], observed=sum(kinds[kind] for kind in _OBSERVED))
    return Month(
        name=page.language.month(first),
        short=page.word("calendar.short", m=page.language.month_tick(first), y=f"{year % 100:02d}"),
        cells=cells,
        count=count,
    )


def _cell(page: Page, year: int, month: int, day: int, days: Mapping[date, tuple[str, str]]) -> Cell:
    if day > monthrange(year, month)[1]:
        return Cell(day)
    here = date(year, month, day)
    if here not in days:
        return Cell(day, "outside")
    kind, why = days[here]
    state = page.word(f"calendar.{kind}") + (f", {why}" if why and not page.in_english else "")
    return Cell(day, kind, page.word("calendar.cell", day=page.language.day(here), state=state))


def _reasons(page: Page, days: Mapping[date, tuple[str, str]]) -> Markup:
    """Why days were not seen, the commonest reasons first."""
    counts = Counter(why.split("; ")[0] for kind, why in days.values() if kind == "not_observed" and why)
    told = [
        page.filled("calendar.reason", reason=page.english(reason), n=n) for reason, n in counts.most_common(LISTED)
    ]
    return page.filled("calendar.why", reasons=Markup(", ").join(told)) if told else Markup("")
