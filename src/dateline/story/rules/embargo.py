"""Something that may not be published yet."""

from __future__ import annotations

from datetime import date, datetime

from dateline.ledger.agreed import standing
from dateline.story.fault import Faults, Level, Rule, Spot
from dateline.story.reading import Reading

RULE = Rule(
    code="embargo",
    name="under embargo on the page's date",
    level=Level.BLOCK,
    why="An embargo that a build can overlook is none.",
    do="Wait, or change the date of the story if the embargo has been lifted.",
)


def find(reading: Reading, faults: Faults) -> None:
    """Adds embargoes that end after the page's day: of the case, of items, of what was agreed with speakers."""
    head = reading.case.head
    today = reading.story.as_of(head.as_of)
    embargoes = [("the case", head.embargo), *((item.id, item.embargo) for item in reading.items.values())]
    records = reading.case.records
    embargoes += [(name, standing(records[name], records).embargo) for name in sorted(reading.below & set(records))]
    for name, until in embargoes:
        if until is not None and (today is None or today < _day(until)):
            carried = "the page carries no date" if today is None else f"the page is of {today}"
            faults.add(Spot(1), f"{name}: embargo until {_day(until)}; {carried}")


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
