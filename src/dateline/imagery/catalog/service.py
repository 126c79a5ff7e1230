"""What a catalogue service is: requests to send, replies to read, and frozen values; it never does I/O itself.

A search or a fetch is a generator: it yields `Request`s, is sent the `Reply` to each, and returns a value. `drive`
runs one through anything that answers requests (the door, or a list of replies in a test).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, Protocol, TypeVar

from dateline.core.errors import UsageError
from dateline.core.when import When
from dateline.core.where import Where
from dateline.evidence.door.errors import Unavailable
from dateline.evidence.door.request import Reply, Request
from dateline.evidence.item import Licence
from dateline.imagery.catalog.black_marble import Bounds
from dateline.imagery.catalog.card import Card

Needs = Literal["nothing", "earthdata", "copernicus", "signature", "keys"]
"""What a download asks for: nothing, an account (the door's `logins`), a signature that `fetch` gets by itself, or
keys to a store (S3, requester pays) that dateline does not use: `fetch` refuses (code `no-download`) and says where
else the image is."""

T = TypeVar("T")


Steps = Generator[Request, Reply, T]
"""Yields requests, is sent replies, returns a T."""


def drive(steps: Steps[T], answer: Callable[[Request], Reply]) -> T:
    """Runs a search or a fetch: `answer` is `door.ask`, or a test's.

    A request that fails for good (Unavailable) is told to the service, which may know another way; otherwise the
    error comes out here, as does every other.
    """
    try:
        request = next(steps)
        while True:
            try:
                reply = answer(request)
            except Unavailable as error:
                request = steps.throw(error)
            else:
                request = steps.send(reply)
    except StopIteration as stop:
        value: T = stop.value
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is wanted: these collections, in these periods, over these areas; nothing between the periods.

    `periods` are read in UTC: a plain day is 00:00 to 24:00 UTC. `areas` are west, south, east, north [deg]. With a
    `grain` [deg] the service is asked for areas widened to a grid of that step, so that it does not learn the exact
    place; what does not touch the areas themselves is dropped from the answer. `most` offers are enough. `cloud` is
    the greatest share of a scene [1] to be told of; scenes that do not say are kept.

    Raises UsageError (codes `open-period`, `no-area`, `bounds`, `antimeridian`, `grain`, `most`, `cloud`).
    """

    collections: tuple[str, ...]
    periods: tuple[When, ...]
    areas: tuple[Bounds, ...]
    grain: float | None = None
    most: int = 2_000
    cloud: float | None = None

    def __post_init__(self) -> None:
        _check_ask(self)

    @property
    def spans(self) -> tuple[Span, ...]:
        """The periods as spans of time, in order; those that touch or overlap are one."""
        return joined(span_of(period) for period in self.periods)

    @property
    def shown(self) -> tuple[Bounds, ...]:
        """The areas as the service is told them: widened to the grain [deg]."""
        if self.grain is None:
            return self.areas
        grain = self.grain
        return tuple(dict.fromkeys(_widened(area, grain) for area in self.areas))


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` (included) to `end` (excluded), both UTC."""

    start: datetime
    end: datetime


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans in order; those that touch or overlap become one."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: span.start):
        if kept and span.start <= kept[-1].end:
            kept[-1] = Span(kept[-1].start, max(kept[-1].end, span.end))
        else:
            kept.append(span)
    return tuple(kept)


def span_of(period: When) -> Span:
    """A period as a span in UTC. An instant is one second long. Raises UsageError (code `open-period`)."""
    if period.earliest is None or period.latest is None:
        raise UsageError(
            "A search needs a period with a beginning and an end.",
            saw=period.edtf(),
            do="Say both, as in 2023-08-26/2024-02-12.",
            code="open-period",
        )
    return Span(_instant(period.earliest), _instant(period.latest, end=True))


def _instant(moment: date | datetime, *, end: bool = False) -> datetime:
    if isinstance(moment, datetime):
        return moment.astimezone(UTC) + timedelta(seconds=end)
    return datetime.combine(moment, time(), UTC) + timedelta(days=end)


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the service says the bytes must hash to: `sha256`, `md5`, … and lower-case hex."""

    algorithm: str
    hex: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One file of an offer."""

    service: str
    key: str
    """What it is: `granule`, `product`, or the band's name in the service (`red`, `vv`, `scl`)."""
    name: str
    """The file's name, safe to use as one."""
    url: str
    """As published, never signed: what the item's origin and the log say."""
    media_type: str | None = None
    size: int | None = None
    """The exact size [bytes], where the service says one."""
    about: int | None = None
    """A size [bytes] good enough for a plan, where the exact one is not told."""
    checksum: Checksum | None = None
    needs: Needs = "nothing"
    gate: str | None = None
    """The name of the ticket that opens it (needs `signature`): one ticket serves all assets with the same gate."""
    windowed: bool = False
    """A Cloud-Optimised GeoTIFF: a part of it can be read by range requests."""
    begins: tuple[bytes, ...] = ()
    """What its first bytes must be (one of these); anything else is not this file. Empty: not known."""
    nodata: float | None = None
    scale: float | None = None
    offset: float | None = None
    """As the service states them; see Offer.doubts before using them."""
    epsg: int | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that a service states or leaves out and that must not be believed unchecked."""

    code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One image that a service has. Unknown is None."""

    service: str
    collection: str
    id: str
    """The provider's id, unique in the service's collection."""
    name: str
    """The product's or granule's own name, the same in every service that has it, where the service tells it."""
    start: datetime
    end: datetime
    """Of the capture, UTC. A composite's whole period."""
    footprint: Where | None
    cloud: float | None = None
    """Share of the whole scene [1], by the provider's own count; not of the place."""
    sensor: str | None = None
    """The id of our sensor file, where we have one."""
    platform: str | None = None
    instrument: str | None = None
    resolution: float | None = None
    """[m]"""
    tile: str | None = None
    orbit: int | None = None
    """Relative orbit (track)."""
    direction: Literal["ascending", "descending"] | None = None
    polarisations: tuple[str, ...] = ()
    made: datetime | None = None
    """When the provider made this version, UTC."""
    baseline: str | None = None
    """The provider's processing version: "05.09", "002"."""
    dn_offset: int | None = None
    """Sentinel-2: what to add to the stored numbers before dividing by 10,000, if the service's statement is true."""
    assets: tuple[Asset, ...] = ()
    licence: Licence
    attribution: str | None = None
    doubts: tuple[Doubt, ...] = ()
    page: int = 0
    """Which request of the search told of it, counted from 0: the reply that evidence is kept of."""

    @property
    def simulated(self) -> bool:
        """Whether its name says that it is simulated."""
        return "simulated" in self.name.casefold()

    def asset(self, key: str) -> Asset | None:
        """The asset of this key; None where there is none."""
        return next((asset for asset in self.assets if asset.key == key), None)

    @property
    def size(self) -> int | None:
        """The size of all its assets [bytes], exact or good enough for a plan; None where any is not known."""
        sizes = [asset.size if asset.size is not None else asset.about for asset in self.assets]
        known = [size for size in sizes if size is not None]
        return sum(known) if sizes and len(known) == len(sizes) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search gave, by time, and what was left out of it and why."""

    offers: tuple[Offer, ...]
    older: int = 0
    """Earlier versions of scenes that are here in a newer one."""
    outside: int = 0
    """Neighbours that the service told of and that do not touch the areas or the periods."""
    cloudy: int = 0
    """Scenes with more cloud than was asked for."""
    unreadable: int = 0
    """Entries that lack what every image has (a name, a time)."""
    complete: bool = True
    notes: tuple[str, ...] = ()
    """Why it is not complete, in words."""
    requests: int = 0


@dataclass(frozen=True, slots=True)
class Ticket:
    """What opens one gate until a moment. The query is not a person's secret, but it is kept out of every record."""

    gate: str
    query: str = field(repr=False)
    until: datetime

    def open_at(self, now: datetime, *, spare: timedelta = timedelta(minutes=2)) -> bool:
        """Whether it is good now and for a while."""
        return now + spare < self.until


@dataclass(frozen=True, slots=True)
class Ready:
    """A request that downloads an asset, and the ticket that it uses (to be used again for its neighbours)."""

    request: Request = field(repr=False)
    ticket: Ticket | None = None


class Service(Protocol):
    """A service: its card, and how to search it and fetch from it. `catalogue.service(id)` gives one."""

    @property
    def card(self) -> Card:
        """What it is, what it has, under which licences."""

    def search(self, ask: Ask) -> Steps[Found]:
        """What it has of an ask. Raises UsageError (code `collection`) and InputError (code `catalog-reply`)."""

    def fetch(self, asset: Asset, ticket: Ticket | None = None) -> Steps[Ready]:
        """The request for an asset's bytes; with a good ticket for its gate nothing is asked first.

        Raises InputError (code `catalog-reply`, `no-download`).
        """


def check_collections(card: Card, ask: Ask) -> None:
    """Raises UsageError (code `collection`) for a collection that the service does not have."""
    unknown = [name for name in ask.collections if name not in card.collections]
    if unknown or not ask.collections:
        raise UsageError(
            f"{card.title} has no such collection.",
            saw=", ".join(unknown) or "none named",
            do=f"Choose from {', '.join(card.collections)}.",
            code="collection",
        )


Endpoints = Mapping[str, str]
"""The addresses that a service answers at, by the names on its card: a test's or a mirror's in place of the card's."""

Build = Callable[[Card, Endpoints], Service]
"""What the module of a service gives under the name `build`."""


def _check_ask(ask: Ask) -> None:
    for period in ask.periods:
        span_of(period)
    faults: list[tuple[bool, str, str, str]] = [
        (not ask.areas, "no-area", "no area", "Give a place, or west, south, east, north in degrees."),
        (not ask.periods, "open-period", "no period", "Say when, as in 2023-08-26/2024-02-12."),
        (not 0 < ask.most <= 1_000_000, "most", str(ask.most), "Ask for 1 to 1,000,000 offers."),
        (
            ask.cloud is not None and not 0 <= ask.cloud <= 1,
            "cloud",
            str(ask.cloud),
            "Cloud is a share between 0 and 1.",
        ),
        (
            ask.grain is not None and not 0 < ask.grain <= 90,
            "grain",
            str(ask.grain),
            "The step of the grid is in degrees, up to 90.",
        ),
    ]
    for wrong, code, saw, do in faults:
        if wrong:
            raise UsageError("This cannot be searched for.", saw=saw, do=do, code=code)
    for area in ask.areas:
        _check_area(area)


def _check_area(area: Bounds) -> None:
    west, south, east, north = area
    if -180 <= west <= east <= 180 and -90 <= south <= north <= 90:  # false for every NaN too
        return
    crosses = -180 <= east < west <= 180 and -90 <= south <= north <= 90
    raise UsageError(
        "The area crosses the 180th meridian." if crosses else "This is not an area on Earth.",
        saw=f"west {west}, south {south}, east {east}, north {north} [degrees]",
        do="Cut it there and ask for the two parts." if crosses else "Give west, south, east, north in degrees.",
        code="antimeridian" if crosses else "bounds",
    )


def _widened(area: Bounds, grain: float) -> Bounds:
    west, south, east, north = area
    return (
        max(-180.0, grain * (west // grain)),
        max(-90.0, grain * (south // grain)),
        min(180.0, -grain * (-east // grain)),
        min(90.0, -grain * (-north // grain)),
    )
