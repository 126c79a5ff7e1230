"""Microsoft's Planetary Computer: terrain-corrected Sentinel-1, and Sentinel-2; every file needs a signature.

A signature is a token that anybody gets without a login (`GET …/token/COLLECTION`), good for about an hour and for all
files of a collection (https://planetarycomputer.microsoft.com/docs/concepts/sas/).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from dateline.evidence.door.request import Request
from dateline.imagery.catalog.card import Card
from dateline.imagery.catalog.sentinel import NO_BASELINE, is_offset
from dateline.imagery.catalog.service import Ask, Asset, Doubt, Endpoints, Found, Offer, Ready, Service, Steps, Ticket
from dateline.imagery.catalog.stac import Stored, address_of, asset_of, baseline_of, data_assets, offer_of, search
from dateline.imagery.catalog.told import document, moment, odd, part, text

RTC_NODATA = -32768.0
"""What the terrain-corrected files hold where there is no value, whether or not the item says so."""

LINEAR = Doubt(
    "linear-power",
    "gamma0 in linear power, terrain corrected: take 10 log10 for decibels; -32,768 is no value, and 0 is none either.",
)


@dataclass(frozen=True, slots=True)
class PlanetaryComputer:
    """Search, and downloads by signature."""

    card: Card
    endpoints: Endpoints

    def search(self, ask: Ask) -> Steps[Found]:
        """All scenes of an ask, by time."""
        return (yield from search(self.card, self.endpoints["stac"], ask, _offer))

    def fetch(self, asset: Asset, ticket: Ticket | None = None) -> Steps[Ready]:
        """The signed request for a file; a ticket for another collection is not used. Raises InputError."""
        gate = asset.gate or ""
        if ticket is None or ticket.gate != gate:
            reply = yield Request(f"{self.endpoints['sas']}/token/{quote(gate.rpartition('/')[2], safe='')}")
            told = document(reply)
            token = text(told, "token")
            if token is None or any(letter.isspace() for letter in token):
                raise odd(reply, "no signature in the reply")
            ticket = Ticket(gate, token, moment(told.get("msft:expiry")) or datetime.min.replace(tzinfo=UTC))
        mark = "&" if "?" in asset.url else "?"
        return Ready(Request(f"{asset.url}{mark}{ticket.query}"), ticket)


def _offer(card: Card, collection: str, item: Mapping[str, Any], page: int) -> Offer | None:
    gate = f"{card.id}/{collection}"
    found = (
        asset_of(card.id, key, told, url=address_of(told), needs="signature", gate=gate)
        for key, told in data_assets(item)
    )
    assets = tuple(asset for asset in found if asset is not None)
    if collection == "sentinel-1-rtc":
        known = tuple(replace(asset, nodata=RTC_NODATA if asset.nodata is None else asset.nodata) for asset in assets)
        return offer_of(card, collection, item, page, Stored(known, doubts=(LINEAR,)))
    shifted = is_offset(baseline_of(part(item, "properties"), None))
    stored = Stored(assets, doubts=(NO_BASELINE,)) if shifted is None else Stored(assets, -1000 * shifted)
    return offer_of(card, collection, item, page, stored)


def build(card: Card, endpoints: Endpoints) -> Service:
    """The service."""
    return PlanetaryComputer(card, endpoints)
