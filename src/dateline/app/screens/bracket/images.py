"""The images that may show a place: when each was taken, by what, how fine, and whether the place lies in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from dateline.app.pictures.shown import picture_of
from dateline.core.errors import DatelineError
from dateline.core.where import Where
from dateline.evidence.item import Item, Status
from dateline.evidence.provenance import Image
from dateline.imagery.catalog.footprint import from_bounds, share
from dateline.imagery.extent import bounds_around
from dateline.ledger.case import Case
from dateline.measure.imagery_log import image_of

LAST_SECOND = time(23, 59, 59)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictured:
    """One image of the case. covers: share of the place that lies in it [1]; None: nothing says where it is.

    gsd: [m]. same_as: other items with the very same bytes.
    """

    item: str
    name: str
    start: datetime | None
    taken: str
    sensor: str | None
    gsd: float | None
    covers: float | None
    same_as: tuple[str, ...] = ()
    simulated: bool = False

    def to_json(self) -> dict[str, Any]:
        """For a script: all but what places it."""
        return {name: getattr(self, name) for name in ("item", "name", "taken", "sensor", "gsd", "same_as")}


def pictured(case: Case, where: Where | None, items: Iterable[str] | None = None) -> tuple[Pictured, ...]:
    """The images of a case, or these of them, in order of time; those without a date last."""
    names = [name for name in (case.items if items is None else items) if name in case.items]
    alike: dict[str, list[str]] = defaultdict(list)
    for name, item in case.items.items():
        alike[item.content or name].append(name)
    found = [
        _pictured(case, case.items[name], where, alike)
        for name in names
        if items is not None or _is_picture(case.items[name])
    ]
    return tuple(
        sorted(
            found, key=lambda one: (one.start is None, 0.0 if one.start is None else one.start.timestamp(), one.item)
        )
    )


def _is_picture(item: Item) -> bool:
    return (item.media_type or "").startswith("image/") and item.status is not Status.ELSEWHERE


def _pictured(case: Case, item: Item, where: Where | None, alike: dict[str, list[str]]) -> Pictured:
    image = image_of(item) or Image()
    return Pictured(
        item=item.id,
        name=item.name,
        start=image.start,
        taken=taken(image),
        sensor=image.sensor,
        gsd=image.resolution,
        covers=None if where is None else _covers(case, item, image, where),
        same_as=tuple(name for name in alike[item.content or item.id] if name != item.id),
        simulated=item.simulated,
    )


def _covers(case: Case, item: Item, image: Image, where: Where) -> float | None:
    """By the recorded bounds, else by the file itself where it says where it is."""
    bounds = image.bounds
    if bounds is None:
        try:
            grid = picture_of(case, item).ground
        except DatelineError:
            return None
        box = None if grid is None else grid.extent.to_crs("EPSG:4326").boundingbox
        bounds = None if box is None else (box.left, box.bottom, box.right, box.top)
    return None if bounds is None else share(from_bounds(*bounds), bounds_around(where))


def taken(image: Image) -> str:
    """When an image was taken, dense and with its zone: 2024-10-04 10:04 UTC; a day, a period, or that nobody says."""
    if image.start is None:
        return "day unknown" if image.released is None else f"day unknown; released {image.released:%Y-%m-%d}"
    start, end = image.start.astimezone(UTC), (image.end or image.start).astimezone(UTC)
    if start.time() == time.min and end.time().replace(microsecond=0) == LAST_SECOND:
        day = f"{start:%Y-%m-%d}"
        return f"{day} (day, UTC)" if start.date() == end.date() else f"{day} to {end:%Y-%m-%d} (UTC)"
    if start == end:
        return f"{start:%Y-%m-%d %H:%M} UTC"
    last = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%Y-%m-%d %H:%M}"
    return f"{start:%Y-%m-%d %H:%M} to {last} UTC"
