"""An issuer's picture, and our own image of that place and day: had, known elsewhere, none found, or not searched."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from dateline.core.errors import DatelineError
from dateline.core.identity import digest
from dateline.core.when import When
from dateline.core.where import Where
from dateline.evidence.item import Item
from dateline.imagery.catalog.footprint import from_bounds
from dateline.imagery.catalog.service import Service, Span, span_of
from dateline.imagery.extent import bounds_around
from dateline.ledger.case import Case
from dateline.ledger.finding import InputRef
from dateline.ledger.media_item import MediaItem
from dateline.measure.imagery_case import ask_from_json
from dateline.measure.imagery_log import Row, image_log

HAD = frozenset({"have", "cloudy", "empty"})
SHOWN = 4
"""Images that the sentence names; the others are counted."""
Bounds = tuple[float, float, float, float]
"""West, south, east, north [degrees]."""
Answer = Literal["have", "known elsewhere", "none found", "not searched"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnLook:
    """What the image log says of a handout's place and day. images: scene and state of each, ours or not."""

    item: str
    place: str
    day: str
    answer: Answer
    images: tuple[tuple[str, str], ...] = ()

    def ref(self) -> InputRef:
        """What it rests on, by hash: another answer of the log makes another finding."""
        told: dict[str, Any] = {"place": self.place, "day": self.day, "answer": self.answer, "images": self.images}
        return InputRef(kind="record", id="image-log", sha256=digest(told), role="image")

    def text(self) -> str:
        """The answer as a sentence."""
        where = f"Of {self.place}, {self.day},"
        named = ", ".join(f"{scene} ({state})" for scene, state in self.images[:SHOWN])
        more = f" and {len(self.images) - SHOWN} more" if len(self.images) > SHOWN else ""
        return {
            "have": f"{where} the case has its own image beside the picture that was handed out: {named}{more}.",
            "known elsewhere": f"{where} the case has no image of its own; known elsewhere: {named}{more}.",
            "none found": f"{where} a search found no other image: the count rests on the issuer's picture alone.",
            "not searched": f"{where} nobody has searched for an image of our own: the count rests on the issuer's "
            "picture alone (`dateline imagery search`).",
        }[self.answer]


def own_look(case: Case, item: str, *, services: Callable[[str], Service]) -> OwnLook | None:
    """The case's own looks of the place and day of a picture; None where the record gives no place or no day.

    Place and day are those of the media record that has the picture among its items, else of the item's own image.
    Images whose outline or time is not known are neither ours nor elsewhere. No network: archived replies are read.
    """
    record = case.items.get(item)
    media = next((one for one in case.media.values() if item in one.items), None)
    if record is None or (media is None and record.image is None):
        return None
    where, name, label = _where(case, record, media)
    when = _when(record, media)
    if where is None or when is None or when.earliest is None or when.latest is None:
        return None
    handed = {name for one in case.media.values() for name in one.items} | {item}
    log = image_log(case, where, services=services, name=name, period=when)
    rows = [row for row in log.rows if row.start is not None and row.covers is not None and not handed & set(row.items)]
    had = [row for row in rows if row.state in HAD]
    answer: Answer = "have" if had else "known elsewhere" if rows else "not searched"
    if answer == "not searched" and _searched(case, where, span_of(when)):
        answer = "none found"
    return OwnLook(item=item, place=label, day=when.spoken(), answer=answer, images=tuple(map(_told, had or rows)))


def _told(row: Row) -> tuple[str, str]:
    return row.scene, row.state


def _where(case: Case, item: Item, media: MediaItem | None) -> tuple[Where | None, str | None, str]:
    """Where it is, the place's id if it is one of the case, and how the sentence calls it."""
    for name in () if media is None else media.places:
        if name in case.places:
            place = case.places[name]
            return place.where, name, place.name()
    bounds = None if item.image is None else item.image.bounds
    return (None if bounds is None else from_bounds(*bounds)), None, "the ground of the picture"


def _when(item: Item, media: MediaItem | None) -> When | None:
    if media is not None and media.taken is not None:
        return media.taken
    if item.image is None or item.image.start is None:
        return None
    return When.on(item.image.start.date())


def _searched(case: Case, where: Where, span: Span) -> bool:
    """Whether an archived search asked for all of that time, over all of that place: a corner of it finds no other."""
    place = bounds_around(where)
    return any(
        any(_holds(area, place) for area in areas) and any(_within(span, one) for one in spans)
        for areas, spans in _asked(case)
    )


def _holds(area: Bounds, place: Bounds) -> bool:
    """Whether all of a place lies in an area [degrees]."""
    return area[0] <= place[0] and area[1] <= place[1] and place[2] <= area[2] and place[3] <= area[3]


def _within(span: Span, asked: Span) -> bool:
    return asked.start <= span.start and span.end <= asked.end


def _asked(case: Case) -> Iterator[tuple[tuple[Bounds, ...], list[Span]]]:
    """Areas and times of each archived search."""
    for item in case.items.values():
        told = None if item.capture is None else item.capture.parameters.get("ask")
        if told is None:
            continue
        try:
            ask = ask_from_json(json.loads(str(told)))
            yield ask.shown, [span_of(period) for period in ask.periods]
        except (DatelineError, ValueError, KeyError, TypeError, IndexError):  # the image log tells of it
            continue
