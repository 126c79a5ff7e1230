"""The image log of a place: every image that is known, had or not; a view, so that nobody writes it by hand.

It is made each time from the archived replies of catalogues, the items (had, not bought, seen and not stored), what
people marked on them, and the findings that rest on them.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from dateline.core.errors import DatelineError, InputError
from dateline.core.when import When
from dateline.core.where import Where
from dateline.evidence.door.request import Reply, Request
from dateline.evidence.item import Item, Licence, Status
from dateline.evidence.provenance import Capture, Image
from dateline.imagery.catalog.black_marble import Bounds, parse_name
from dateline.imagery.catalog.footprint import from_bounds, share
from dateline.imagery.catalog.service import Found, Offer, Service, Span, drive, span_of
from dateline.imagery.download.plan import CLASSES, licence_line
from dateline.imagery.download.sky import Sky, sky_over
from dateline.imagery.extent import bounds_around
from dateline.ledger.case import Case
from dateline.ledger.observed import standing
from dateline.measure.files import item_path
from dateline.measure.imagery_case import ask_from_json

CLOUDY = 0.5
"""A place with more cloud over it than this share is called cloudy [1]; the share itself stands beside it."""

State = Literal["have", "cloudy", "empty", "withheld", "not fetched", "not bought", "seen, not stored", "elsewhere"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One image. `covers` and `cloud` are shares of the place [1]; None: not known, and never the scene's figure."""

    scene: str
    state: State
    sensor: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    released: datetime | None = None
    """Of a mosaic without a date of capture."""
    covers: float | None = None
    cloud: float | None = None
    service: str | None = None
    items: tuple[str, ...] = ()
    licence: Licence | None = None
    marks: tuple[str, ...] = ()
    """What people marked on it: who, and what they could say."""
    findings: tuple[str, ...] = ()
    why: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Its row for a program."""
        uses = None if self.licence is None else licence_line(self.licence)
        return {
            "scene": self.scene,
            "state": self.state,
            "sensor": self.sensor,
            "start": self.start,
            "end": self.end,
            "released": self.released,
            "covers": self.covers,
            "cloud_over_place": self.cloud,
            "service": self.service,
            "items": list(self.items),
            "licence": uses,
            "marks": list(self.marks),
            "findings": list(self.findings),
            "why": self.why,
        }


@dataclass(frozen=True, slots=True)
class ImageLog:
    """The rows by time, those without a date last; `notes` say what could not be read."""

    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Known:
    """What is known of one scene, from all sides."""

    offers: list[Offer] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)


def image_log(
    case: Case, place: Where, *, services: Callable[[str], Service], name: str | None = None, period: When | None = None
) -> ImageLog:
    """Every image of a place [the case's, or drawn] that the case knows of; in a period, if one is given.

    `name` is the place's id in the case: marks and recorded cloud of other places are left out. `services` gives the
    service that reads a reply. Raises nothing for records that cannot be read: they are named in the notes.
    """
    notes: list[str] = []
    known: dict[str, _Known] = defaultdict(_Known)
    for offer in _offers(case, services, notes):
        known[offer.id].offers.append(offer)
    for item in case.items.values():
        if image_of(item) is not None:
            known[_scene(item)].items.append(item)
    bounds = bounds_around(place)
    span = None if period is None else span_of(period)
    view = _View(case, place, name, bounds, notes, _rests_on(case))
    rows = [view.row(scene, facts) for scene, facts in known.items()]
    kept = [row for row in rows if row.covers != 0 and _meets(row, span)]
    return ImageLog(
        tuple(sorted(kept, key=lambda row: (row.start.isoformat() if row.start else "undated", row.scene))),
        tuple(dict.fromkeys(notes)),
    )


def image_of(item: Item) -> Image | None:
    """What an item says of an image; of a granule without it, what its name says; None for what is no image."""
    granule = None if item.image is not None else parse_name(item.name)
    if granule is None:
        known = item.sighting is not None
        return item.image or (Image() if known else None)
    span = span_of(granule.when)
    return Image(
        sensor=granule.key.product,
        scene=item.name.removesuffix(".h5"),
        start=span.start,
        end=span.end,
        bounds=granule.key.tile.bounds,
    )


@dataclass(slots=True)
class _View:
    """One place of one case."""

    case: Case
    place: Where
    name: str | None
    bounds: Bounds
    notes: list[str]
    findings: Mapping[str, tuple[str, ...]]
    """Ids of findings by the items that they rest on."""

    def row(self, scene: str, known: _Known) -> Row:
        """All that is known of one scene, as one row."""
        row = self._of_offer(scene, known.offers[-1]) if known.offers else Row(scene=scene, state="elsewhere")
        if not known.items:
            return row
        images = [image for item in known.items if (image := image_of(item)) is not None]
        ids = tuple(sorted(item.id for item in known.items))
        sky = self._sky(known.items)
        row = replace(
            row,
            sensor=_first(row.sensor, *(image.sensor for image in images)),
            start=_first(row.start, *(image.start for image in images)),
            end=_first(row.end, *(image.end for image in images)),
            released=_first(None, *(image.released for image in images)),
            covers=_first(row.covers, *(self._share(image) for image in images)),
            cloud=_first(None if sky is None else sky.cloud, *(self._recorded(item) for item in known.items)),
            items=ids,
            licence=known.items[-1].licence,
            marks=tuple(self._marks(ids)),
            findings=tuple(sorted({finding for each in ids for finding in self.findings.get(each, ())})),
            why=_first(None, *(item.why for item in known.items)),
        )
        return replace(row, state=_state(row, known.items, sky))

    def _of_offer(self, scene: str, offer: Offer) -> Row:
        return Row(
            scene=scene,
            state="not fetched",
            sensor=offer.sensor or offer.instrument or offer.platform,
            start=offer.start,
            end=offer.end,
            covers=share(offer.footprint, self.bounds),
            service=offer.service,
            licence=offer.licence,
        )

    def _share(self, image: Image) -> float | None:
        return None if image.bounds is None else share(from_bounds(*image.bounds), self.bounds)

    def _sky(self, items: Iterable[Item]) -> Sky | None:
        """The sky over this very place, where the pixels that tell it are here."""
        for item in items:
            key = str((item.capture.parameters if item.capture else {}).get("asset", ""))
            if key.lower() not in CLASSES or item.status is not Status.HAVE:
                continue
            try:
                return sky_over(item_path(self.case, item.id), self.place)
            except (DatelineError, OSError) as error:
                self.notes.append(
                    f"{item.id}: the cloud over the place could not be read ({str(error).splitlines()[0]})"
                )
        return None

    def _recorded(self, item: Item) -> float | None:
        """The cloud that was recorded over a place, if it was over this one."""
        if item.image is None or item.image.cloud_over != "place" or self.name is None:
            return None
        by_hand = item.capture is None
        named = None if item.capture is None else item.capture.parameters.get("place")
        return item.image.cloud if by_hand or named == self.name else None

    def _marks(self, ids: tuple[str, ...]) -> Iterator[str]:
        for mark in standing(self.case.observations).values():
            if mark.item in ids and mark.place in {None, self.name}:
                yield f"{mark.by}: {mark.state.replace('_', ' ')}"


def _rests_on(case: Case) -> dict[str, tuple[str, ...]]:
    """Findings by the items that they rest on."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, finding in case.findings().items():
        for ref in finding.inputs:
            if ref.kind == "item":
                found[ref.id].append(name)
    return {item: tuple(names) for item, names in found.items()}


def _state(row: Row, items: list[Item], sky: Sky | None) -> State:
    """What an image is to us. What we have comes before what somebody only saw."""
    have = [item for item in items if item.status is Status.HAVE]
    if have and (sky is not None and sky.seen == 0):
        return "empty"
    if have:
        return "cloudy" if row.cloud is not None and row.cloud > CLOUDY else "have"
    if any(item.status is Status.WITHHELD for item in items):
        return "withheld"
    states = {item.sighting.state for item in items if item.sighting is not None}
    if "seen" in states:
        return "seen, not stored"
    return "not bought" if "not-bought" in states else "elsewhere"


def _offers(case: Case, services: Callable[[str], Service], notes: list[str]) -> Iterator[Offer]:
    """All offers of all archived searches, read again by the services that were asked."""
    searches: dict[str, list[tuple[Item, Capture]]] = defaultdict(list)
    for item in case.items.values():
        if item.capture is not None and "ask" in item.capture.parameters and "search" in item.capture.parameters:
            told = item.capture.parameters
            searches[f"{told.get('service')} {told['search']}"].append((item, item.capture))
    for search in sorted(searches):
        try:
            yield from _again(case, searches[search], services).offers
        except (DatelineError, ValueError, KeyError, TypeError) as error:
            notes.append(f"the search {search} cannot be read again: {str(error).splitlines()[0]}")


def _again(case: Case, replies: list[tuple[Item, Capture]], services: Callable[[str], Service]) -> Found:
    """A search, driven by the replies that were archived in place of the network."""
    waiting: dict[tuple[str, ...], list[Reply]] = defaultdict(list)
    for item, capture in sorted(replies, key=lambda pair: (pair[1].at, int(pair[1].parameters.get("page", 0)))):
        if capture.status is None:  # no answer of a server, whatever else it is
            continue
        body = str(capture.parameters.get("body", ""))
        data = item_path(case, item.id).read_bytes()
        waiting[_key(capture.url, body)].append(Reply(capture.final_url, capture.status, capture.headers, data))

    def answer(request: Request) -> Reply:
        body = "" if request.body is None else request.body.decode("utf-8", errors="replace")
        found = waiting[_key(request.url, body)]
        if not found:
            raise InputError(
                "The case lacks a reply of this search.", saw=urlsplit(request.url).path, do="Search again.",
                code="search-incomplete",
            )  # fmt: skip
        return found.pop(0)

    told = replies[0][1].parameters
    ask = ask_from_json(json.loads(str(told["ask"])))
    return drive(services(str(told["service"])).search(ask), answer)


def _key(url: str, body: str) -> tuple[str, ...]:
    """What tells the requests of one search apart, at whatever mirror they were asked."""
    parts = urlsplit(url)
    return (*Path(parts.path).parts[-2:], parts.query, body)


def _scene(item: Item) -> str:
    image = image_of(item)
    return (image.scene if image is not None else None) or item.id


def _first(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


def _meets(row: Row, span: Span | None) -> bool:
    """Whether an image may be of a period; one without a date may be."""
    if span is None or row.start is None:
        return True
    return row.start < span.end and (row.end or row.start) >= span.start


def rows_as_table(rows: Iterable[Row]) -> list[Mapping[str, Any]]:
    """The rows with one value a cell, for CSV: an unknown is an empty cell."""
    table: list[Mapping[str, Any]] = []
    for row in rows:
        plain = row.to_json()
        uses = plain.pop("licence") or {}
        told = {key: "; ".join(value) if isinstance(value, list) else value for key, value in plain.items()}
        told |= {f"licence_{use}": uses.get(use) for use in ("name", "view", "publish", "embed", "share")}
        table.append({key: "" if value is None else _cell(value) for key, value in told.items()})
    return table


def _cell(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
