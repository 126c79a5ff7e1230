"""Which images can be compared: those of a place by the image log, or all of the case that may be pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from dateline.core.errors import DatelineError
from dateline.evidence.item import Item, Status, is_named_simulated
from dateline.ledger.case import Case
from dateline.measure.files import item_path
from dateline.measure.imagery_log import image_log, image_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One image to choose. here: its bytes are on this machine. covers: share of the place [1], None unknown."""

    item: str
    name: str
    start: datetime | None
    end: datetime | None
    sensor: str | None
    here: bool
    simulated: bool
    graphic: bool
    covers: float | None = None

    @property
    def day(self) -> str:
        """The day or days of the image, for a list."""
        if self.start is None:
            return "undated"
        first, last = self.start.date().isoformat(), (self.end or self.start).date().isoformat()
        return first if first == last else f"{first} to {last}"


def choices(case: Case, place: str | None = None) -> tuple[Choice, ...]:
    """Images by date, undated last. place: only those that may show it, by the image log."""
    found = _of_place(case, place) if place else [_choice(case, item) for item in case.items.values() if _may(item)]
    return tuple(
        sorted(found, key=lambda one: (one.start is None, one.start.isoformat() if one.start else "", one.item))
    )


def _of_place(case: Case, place: str) -> Iterator[Choice]:
    from dateline.imagery.catalog import catalogue

    log = image_log(case, case.places[place].where, services=catalogue.service, name=place)
    for row in log.rows:
        for name in row.items:
            if _may(case.items[name]):
                yield _choice(case, case.items[name], covers=row.covers)


def _choice(case: Case, item: Item, covers: float | None = None) -> Choice:
    image = image_of(item)
    return Choice(
        item=item.id,
        name=item.name,
        start=None if image is None else image.start,
        end=None if image is None else image.end,
        sensor=None if image is None else image.sensor,
        here=is_here(case, item),
        simulated=item.simulated or is_named_simulated(item.name),
        graphic=any(item.id in one.items and one.graphic for one in case.media.values()),
        covers=covers,
    )


def _may(item: Item) -> bool:
    """Whether an item may be a picture: by its type, or because its record tells of an image."""
    return (item.media_type or "").startswith("image/") or (item.image is not None and not item.tree)


def is_here(case: Case, item: Item) -> bool:
    """Whether the bytes of an item can be read on this machine."""
    if item.status is Status.ELSEWHERE:
        return False
    try:
        return item_path(case, item.id).is_file()
    except (DatelineError, OSError):
        return False
