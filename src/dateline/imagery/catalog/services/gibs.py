"""NASA's Global Imagery Browse Services: a first look at the lights of a night, without a login.

Pictures, not data: Black Marble's gap-filled nights as greys, through a published colour map. Formats: WMTS REST tiles
and DescribeDomains (https://nasa-gibs.github.io/gibs-api-docs/).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from dateline.core.errors import UsageError
from dateline.core.where import Where
from dateline.evidence.door.request import Reply, Request
from dateline.imagery.catalog.card import Card
from dateline.imagery.catalog.login_page import is_login_page
from dateline.imagery.catalog.mercator import MapTile, tiles_of
from dateline.imagery.catalog.service import (
    Ask,
    Asset,
    Doubt,
    Endpoints,
    Found,
    Offer,
    Ready,
    Service,
    Span,
    Steps,
    Ticket,
    check_collections,
)
from dateline.imagery.catalog.told import document, odd

ZOOM = 8
"""The finest level of these layers (GoogleMapsCompatible_Level8): 611 m a pixel on the equator."""

MATRIX = f"GoogleMapsCompatible_Level{ZOOM}"
COLORMAP = "VIIRS_DayNightBand_At_Sensor_Radiance"
"""The colour map of both layers. Not named after them, and not linked from the capabilities."""

TILE_BYTES = 25_000
"""What a tile weighs at most, for a plan: 256 by 256 pixels of one byte, compressed [bytes]."""

MOST_TILES = 400
"""An area that needs more tiles than this is too big for a first look."""

SEMI_QUANTITATIVE = Doubt(
    "semi-quantitative",
    "A picture: radiance is known to a bin of 0.1 nW cm-2 sr-1 at best, and not at all above 38.2.",
)
GAP_FILLED = Doubt(
    "gap-filled",
    "Places that no cloudless look was had of are filled from earlier nights: an outage can be invisible here, and a "
    "light that is shown may be an old one.",
)
UTC_DAY = Doubt(
    "utc-day",
    "A picture is named after the UTC day of the pass at about 01:30 local time: east of about 22 degrees east that is "
    "the night that began on the evening of the day.",
)
_PNG = b"\x89PNG\r\n\x1a\n"
_DOMAIN = re.compile(r"<(?:\w+:)?Domain>([^<]*)</(?:\w+:)?Domain>")


@dataclass(frozen=True, slots=True)
class Gibs:
    """One question for each layer and period (which days there are), then one offer for each day."""

    card: Card
    endpoints: Endpoints

    def search(self, ask: Ask) -> Steps[Found]:
        """The days that there is a picture of; an offer's assets are its tiles and the colour map.

        Raises UsageError (codes `collection`, `too-big-for-a-look`), InputError (code `catalog-reply`).
        """
        check_collections(self.card, ask)
        tiles = _tiles(ask)
        offers: list[Offer] = []
        requests = 0
        for layer in ask.collections:
            for span in ask.spans:
                reply = yield self._question(layer, span)
                offers += [self._offer(layer, day, tiles, requests) for day in _days(reply, span)]
                requests += 1
        known = {(offer.collection, offer.start): offer for offer in offers}
        ordered = sorted(known.values(), key=lambda offer: (offer.start, offer.collection))
        notes = ("more was found than was asked for at most",) if len(ordered) > ask.most else ()
        return Found(offers=tuple(ordered[: ask.most]), complete=not notes, notes=notes, requests=requests)

    def fetch(self, asset: Asset, ticket: Ticket | None = None) -> Steps[Ready]:
        """The request for a tile, or for the colour map."""
        yield from ()
        return Ready(Request(asset.url), ticket)

    def _question(self, layer: str, span: Span) -> Request:
        last = span.end - timedelta(seconds=1)
        return Request(
            f"{self.endpoints['wmts']}/wmts.cgi?SERVICE=WMTS&REQUEST=DescribeDomains&VERSION=1.0.0&LAYER={layer}"
            f"&TILEMATRIXSET={MATRIX}&TIME={span.start:%Y-%m-%d}/{last:%Y-%m-%d}"  # the slash must stay a slash
        )

    def _offer(self, layer: str, day: date, tiles: tuple[MapTile, ...], page: int) -> Offer:
        own = self.card.collections[layer]
        start = _instant(day)
        return Offer(
            service=self.card.id,
            collection=layer,
            id=f"{layer}/{day:%Y-%m-%d}",
            name=f"{layer}.{day:%Y-%m-%d}",
            start=start,
            end=start + timedelta(days=1),
            footprint=_footprint(tiles),
            sensor=own.sensor,
            platform=own.platform,
            instrument="VIIRS",
            resolution=own.resolution,
            assets=(*(self._tile(layer, day, tile) for tile in tiles), self._colormap()),
            licence=self.card.licences[own.licence],
            attribution=self.card.attributions[own.licence],
            doubts=(SEMI_QUANTITATIVE, GAP_FILLED, UTC_DAY),
            page=page,
        )

    def _tile(self, layer: str, day: date, tile: MapTile) -> Asset:
        where = f"{tile.zoom}/{tile.y}/{tile.x}"
        return Asset(
            service=self.card.id,
            key=where,
            name=f"{layer}.{day:%Y-%m-%d}.{where.replace('/', '.')}.png",
            url=f"{self.endpoints['wmts']}/{layer}/default/{day:%Y-%m-%d}/{MATRIX}/{where}.png",
            media_type="image/png",
            about=TILE_BYTES,
            begins=(_PNG,),
            epsg=3857,
        )

    def _colormap(self) -> Asset:
        return Asset(
            service=self.card.id,
            key="colormap",
            name=f"{COLORMAP}.xml",
            url=f"{self.endpoints['colormaps']}/{COLORMAP}.xml",
            media_type="text/xml",
            about=TILE_BYTES,
        )


def tile_of(asset: Asset) -> MapTile | None:
    """Which tile an asset is; None for the colour map."""
    words = asset.key.split("/")
    if len(words) != 3 or not all(word.isdecimal() for word in words):
        return None
    zoom, y, x = map(int, words)
    return MapTile(zoom, x, y)


def _tiles(ask: Ask) -> tuple[MapTile, ...]:
    tiles = sorted({tile for area in ask.shown for tile in tiles_of(area, ZOOM)})
    if len(tiles) > MOST_TILES:
        raise UsageError(
            "This is too big for a first look.",
            saw=f"{len(tiles):,} tiles of about 150 km each for each night",
            do=f"Ask for a smaller area (up to {MOST_TILES} tiles), or get the data with a login.",
            code="too-big-for-a-look",
        )
    return tuple(tiles)


def _footprint(tiles: tuple[MapTile, ...]) -> Where:
    squares = [tile.bounds for tile in tiles]
    return Where.area([[[(w, s), (e, s), (e, n), (w, n), (w, s)]] for w, s, e, n in squares])


def _instant(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _days(reply: Reply, span: Span) -> Iterator[date]:
    """The days of a DescribeDomains reply that lie in a span: single days and ranges, step a day. Raises InputError."""
    if is_login_page(reply.body[:512], media_type=reply.header("content-type"), url=reply.url):
        document(reply)  # says so
    text = reply.body.decode("utf-8", errors="replace")
    found = _DOMAIN.search(text)
    if found is None:
        if "<Domains" not in text:
            raise odd(reply, "no list of days")
        return
    for piece in found[1].split(","):
        yield from _range(piece.strip(), reply, span)


def _range(piece: str, reply: Reply, span: Span) -> Iterator[date]:
    words = piece.split("/")
    if words == [""]:
        return
    try:
        first = date.fromisoformat(words[0][:10])
        last = date.fromisoformat(words[1][:10]) if len(words) > 1 else first
    except ValueError:
        raise odd(reply, f"not a range of days: {piece[:60]!r}") from None
    if len(words) > 2 and words[2] != "P1D" and first != last:
        raise odd(reply, f"not in steps of a day: {piece[:60]!r}")
    first = max(first, span.start.date())
    last = min(last, (span.end - timedelta(seconds=1)).date())
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def build(card: Card, endpoints: Endpoints) -> Service:
    """The service."""
    return Gibs(card, endpoints)
