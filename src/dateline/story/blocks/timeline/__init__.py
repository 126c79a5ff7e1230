"""Events as the time in which each can have happened: bars, never points; what each stands on, in words and by sign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from markupsafe import Markup
from pydantic import Field

from dateline.ledger.event import Event
from dateline.ledger.record import Many
from dateline.measure.frozen import standing
from dateline.story.block import BlockModel, EventId, Prose
from dateline.story.chart import TimeScale, day_of, span
from dateline.story.page import Page

WIDTH, LEAST = 720.0, 4.0
BASES = ("measured", "confirmed", "reported", "claimed")


class Model(BlockModel):
    """The body of a :::timeline block."""

    is_figure: ClassVar[bool] = True

    title: Prose
    caption: Prose = ""
    events: Many[EventId] = Field(default=(), description="ids of events; all of the case's when absent")


@dataclass(frozen=True, slots=True)
class Row:
    """One event as the template prints it."""

    event: Event
    title: Markup
    when: str
    basis: str
    who: str
    bar: tuple[float, float, bool, bool]
    after: bool
    approximate: bool
    simulated: bool


def prepare(block: Model, page: Page) -> Mapping[str, Any]:
    """Events in order of time, each with its bar on one axis."""
    away = page.reading.off_record
    names = block.events or tuple(name for name in page.case.events if name not in away)
    events = sorted((page.case.events[name] for name in names), key=_first)
    times = [event.when for event in events if event.when.earliest or event.when.latest]
    scale = TimeScale(*span(times), 0, WIDTH) if times else TimeScale(date(2000, 1, 1), date(2001, 1, 1), 0, WIDTH)
    rows = [_row(event, page, scale) for event in events]
    return {
        "number": page.next_figure(),
        "rows": rows,
        "ticks": [(scale(day), str(day.year) if first else "") for day, first in scale.marks(8)],
        "bases": [basis for basis in BASES if any(row.event.basis == basis for row in rows)],
        "simulated": any(row.simulated for row in rows),
        "list": _frozen(names, page) if names else ("", None),
    }


def _frozen(names: tuple[str, ...], page: Page) -> tuple[str, str | None]:
    """Whether custody says that this list of events was fixed as it is printed here, and since when; its hash if so."""
    found = standing(page.case, names)
    if found.at is not None:
        return page.word("timeline.frozen", day=page.language.day(found.at.date())), found.sha256
    changed = ", ".join(page.case.events[one.id].title for one in found.changed)
    return page.word("timeline.changed", events=changed) if changed else page.word("timeline.not_frozen"), None


def _first(event: Event) -> tuple[date, str]:
    moment = event.when.earliest or event.when.latest
    return (date.max if moment is None else day_of(moment), event.id)


def _row(event: Event, page: Page, scale: TimeScale) -> Row:
    simulated = any(page.finding(name).simulated for name in event.findings if page.case.has_finding(name))
    return Row(
        event=event,
        title=page.link(page.look(f"{event.id}.title"), event.title),
        when=page.language.when(event.when),
        basis=page.word(f"basis.{event.basis}"),
        who=_who(event, page),
        bar=scale.bar(event.when, LEAST),
        after=event.when.after,
        approximate=event.when.approximate,
        simulated=simulated,
    )


def _who(event: Event, page: Page) -> str:
    """Who says so: the speakers of its claims, or the publishers of its pages."""
    speakers = [page.speaker(page.case.claims[name]) for name in event.claims if name not in page.reading.off_record]
    publishers = [page.source(citation.source) for citation in event.sources if citation.source is not None]
    return ", ".join(dict.fromkeys([*speakers, *publishers]))
