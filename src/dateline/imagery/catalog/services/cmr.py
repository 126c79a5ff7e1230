"""NASA's Common Metadata Repository: which Black Marble granules there are, with sizes and checksums, without a login.

Format: CMR Search API, granules in UMM-G 1.6 (https://cmr.earthdata.nasa.gov/search/site/docs/search/api.html).
`granules.umm_json` and not `granules.json`, because only UMM tells exact bytes and checksums.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from dateline.evidence.door.request import Reply, Request
from dateline.imagery.catalog.black_marble import Tile
from dateline.imagery.catalog.card import Card
from dateline.imagery.catalog.granules import Listed, choose, inside, spans_of, tiles_of
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
from dateline.imagery.catalog.told import checksum, document, name_of, part, parts, rows, size, text, web

PAGE = 500
"""Granules a page; CMR allows 2,000."""


@dataclass(frozen=True, slots=True)
class Cmr:
    """Searches by tile (10 degrees): the service does not learn the place."""

    card: Card
    endpoints: Endpoints

    def search(self, ask: Ask) -> Steps[Found]:
        """The newest version of each granule asked for; one question for each product, period and tile."""
        check_collections(self.card, ask)
        listed: list[Listed] = []
        notes: list[str] = []
        requests = 0
        for product in ask.collections:
            for span in spans_of(product, ask.spans):
                for tile in tiles_of(ask):
                    found = yield from walk(self._question(product, span, tile), _page, most=ask.most, asked=requests)
                    listed += [self._listed(row, number) for row, number in found.rows]
                    requests += found.requests
                    notes += [found.note] if found.note else []
        return choose(self.card, ask, listed, requests=requests, notes=tuple(dict.fromkeys(notes)))

    def fetch(self, asset: Asset, ticket: Ticket | None = None) -> Steps[Ready]:
        """The request for the file; the door adds the Earthdata login."""
        yield from ()
        return Ready(Request(asset.url), ticket)

    def _question(self, product: str, span: Span, tile: Tile) -> Request:
        last = span.end - timedelta(seconds=1)  # both ends count: the next month begins at this one's end
        query = {
            "short_name": product,
            "version": "2",
            "temporal": f"{span.start:%Y-%m-%dT%H:%M:%SZ},{last:%Y-%m-%dT%H:%M:%SZ}",
            "bounding_box": ",".join(f"{edge:g}" for edge in inside(tile)),
            "sort_key": "start_date",
            "page_size": str(PAGE),
        }
        return Request(f"{self.endpoints['search']}/granules.umm_json?{urlencode(query)}")

    def _listed(self, item: Mapping[str, Any], page: int) -> Listed:
        return Listed(_asset(self.card.id, item), page)


def _page(request: Request, reply: Reply) -> Page[Mapping[str, Any]]:
    """CMR pages by a header that is sent back as it came; it is missing after the last page."""
    found = [item for item in rows(document(reply), "items", reply) if isinstance(item, Mapping)]
    after = reply.header("cmr-search-after")
    if after is None or not found:
        return Page(found)
    return Page(found, Request(request.url, headers=(("CMR-Search-After", after),)))


def _asset(service: str, item: Mapping[str, Any]) -> Asset:
    umm = part(item, "umm")
    url = _data_link(umm) or ""
    name = name_of(url) or _producer_id(umm) or ""
    files = parts(part(umm, "DataGranule"), "ArchiveAndDistributionInformation")
    file = next((one for one in files if one.get("Name") == name), files[0] if files else {})
    told = part(file, "Checksum")
    return Asset(
        service=service,
        key="granule",
        name=name if url else "",
        url=url,
        size=size(file, "SizeInBytes"),
        checksum=checksum(told.get("Value"), told.get("Algorithm")),
        needs="earthdata",
    )


def _data_link(umm: Mapping[str, Any]) -> str | None:
    """The address of the file itself: not its s3 twin, its metadata or its picture."""
    links = [web(link.get("URL")) for link in parts(umm, "RelatedUrls") if link.get("Type") == "GET DATA"]
    return next((link for link in links if link is not None and link.endswith(".h5")), None)


def _producer_id(umm: Mapping[str, Any]) -> str | None:
    for told in parts(part(umm, "DataGranule"), "Identifiers"):
        if told.get("IdentifierType") == "ProducerGranuleId":
            return text(told, "Identifier")
    return None


def build(card: Card, endpoints: Endpoints) -> Service:
    """The service."""
    return Cmr(card, endpoints)
