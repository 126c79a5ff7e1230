"""LAADS DAAC, the archive that holds Black Marble: its own listings, for when CMR is down, and its files.

Formats: API v2 `content/details` (https://ladsweb.modaps.eosdis.nasa.gov/tools-and-services/api-v2/specs/content) and
the `.csv` listing of a folder of the archive (name, last_modified, size; needs the login).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from dateline.core.errors import InputError
from dateline.evidence.door.request import Reply, Request
from dateline.imagery.catalog.black_marble import Tile, periods
from dateline.imagery.catalog.card import Card
from dateline.imagery.catalog.granules import Listed, choose, inside, read, spans_of, tiles_of
from dateline.imagery.catalog.login_page import is_login_page
from dateline.imagery.catalog.pages import Page, walk
from dateline.imagery.catalog.service import (
    Ask,
    Asset,
    Endpoints,
    Found,
    Ready,
    Service,
    Span,
    Steps,
    Ticket,
    check_collections,
)
from dateline.imagery.catalog.told import checksum, document, next_page, odd, rows, size, text, web, whole
from dateline.imagery.sensor import sensor_for

_MOST_FOLDERS = 400
"""So many folders are listed one by one when the listing service is down: a year of nights."""


@dataclass(frozen=True, slots=True)
class Laads:
    """Searches by tile, and where the listing service fails by the folders of the archive."""

    card: Card
    endpoints: Endpoints

    def search(self, ask: Ask) -> Steps[Found]:
        """The newest version of each granule asked for."""
        check_collections(self.card, ask)
        listed: list[Listed] = []
        notes: list[str] = []
        requests = 0
        for product in ask.collections:
            for span in spans_of(product, ask.spans):
                try:
                    found, count, note = yield from self._details(product, span, ask, requests)
                except InputError as error:
                    found, count, note = yield from self._folders(product, span, requests, error)
                listed += found
                requests += count
                notes += [note] if note else []
        return choose(self.card, ask, listed, requests=requests, notes=tuple(dict.fromkeys(notes)))

    def fetch(self, asset: Asset, ticket: Ticket | None = None) -> Steps[Ready]:
        """The request for the file; the door adds the Earthdata login."""
        yield from ()
        return Ready(Request(asset.url), ticket)

    def _details(self, product: str, span: Span, ask: Ask, asked: int) -> Steps[tuple[list[Listed], int, str | None]]:
        listed: list[Listed] = []
        count, note = 0, None
        for tile in tiles_of(ask):
            found = yield from walk(self._question(product, span, tile), _page, most=ask.most, asked=asked + count)
            count, note = count + found.requests, found.note or note
            listed += [Listed(self._asset(product, row), number) for row, number in found.rows]
        return listed, count, note

    def _question(self, product: str, span: Span, tile: Tile) -> Request:
        west, south, east, north = inside(tile)
        last = span.end - timedelta(seconds=1)
        query = {
            "products": product,
            "archiveSets": sensor_for(product).collection("2").archive or "5200",
            "temporalRanges": f"{span.start:%Y-%m-%d}..{last:%Y-%m-%d}",
            "regions": f"[BBOX]W{west:g} N{north:g} E{east:g} S{south:g}",
            "page": "1",
        }
        return Request(f"{self.endpoints['api']}/content/details?{urlencode(query)}")

    def _asset(self, product: str, row: Mapping[str, Any]) -> Asset:
        name = text(row, "name") or ""
        link = row.get("downloadsLink")
        url = web(urljoin(self.endpoints["archive"] + "/", link)) if isinstance(link, str) else None
        return Asset(
            service=self.card.id,
            key="granule",
            name=name,
            url=url or self._address(product, name),
            size=size(row, "size"),
            checksum=checksum(row.get("md5sum"), "md5"),
            needs="earthdata",
        )

    def _folder(self, product: str, day: date) -> str:
        archive = sensor_for(product).collection("2").archive
        return f"{self.endpoints['archive']}/allData/{archive}/{product}/{day:%Y}/{day:%j}"

    def _address(self, product: str, name: str) -> str:
        granule = read(name)
        return "" if granule is None else f"{self._folder(product, granule.key.day)}/{name}"

    def _folders(
        self, product: str, span: Span, asked: int, error: InputError
    ) -> Steps[tuple[list[Listed], int, str | None]]:
        """One listing a night, month or year. Raises the error that led here for too many, or if these fail too."""
        days = periods(product, span.start.date(), (span.end - timedelta(seconds=1)).date())
        if len(days) > _MOST_FOLDERS:
            raise error
        listed: list[Listed] = []
        for number, day in enumerate(days):
            try:
                reply = yield Request(f"{self._folder(product, day)}.csv")
                listed += [Listed(self._asset(product, row), asked + number) for row in _table(reply)]
            except InputError as refused:
                raise error from refused
        return listed, len(days), None


def _page(request: Request, reply: Reply) -> Page[Mapping[str, Any]]:
    told = document(reply)
    found = [row for row in rows(told, "content", reply) if isinstance(row, Mapping)]
    link = text(told, "nextPageLink")
    if link is not None:
        address = next_page(link, reply)
        stopped = None if address else f"the next page lies on another host and was not asked for: {_host(link)}"
        return Page(found, Request(address) if address else None, stopped)
    parts = urlsplit(request.url)
    query = dict(parse_qsl(parts.query))
    number, last = int(query.get("page", "1")), whole(told, "n_pages", low=1, high=1_000_000) or 1
    if number >= last:
        return Page(found)
    return Page(found, Request(parts._replace(query=urlencode({**query, "page": str(number + 1)})).geturl()))


def _host(link: str) -> str:
    return (urlsplit(link).hostname or link)[:60]


def _table(reply: Reply) -> Iterator[Mapping[str, Any]]:
    """The rows of a .csv listing. Raises InputError: `login-page`, `catalog-reply`."""
    if is_login_page(reply.body[:512], media_type=reply.header("content-type"), url=reply.url):
        document(reply)  # says so
    told = csv.DictReader(io.StringIO(reply.body.decode("utf-8", errors="replace")))
    if not {"name", "size"} <= set(told.fieldnames or ()):
        raise odd(reply, "no table of names and sizes")
    yield from told


def build(card: Card, endpoints: Endpoints) -> Service:
    """The service."""
    return Laads(card, endpoints)
