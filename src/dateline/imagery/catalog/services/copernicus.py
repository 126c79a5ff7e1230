"""The Copernicus Data Space: every Sentinel product as the agency made it. Search is open, downloads need an account.

Items name files in an S3 store (`s3://eodata/…`) and, as the asset `Product` or as an alternate address, the same over
https; the door adds the account's token there (https://documentation.dataspace.copernicus.eu/APIs/STAC.html).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from dateline.core.errors import InputError
from dateline.evidence.door.request import Request
from dateline.evidence.names import check_name
from dateline.imagery.catalog.card import Card
from dateline.imagery.catalog.sentinel import NO_BASELINE, NO_GRID, is_offset, product_of
from dateline.imagery.catalog.service import Ask, Asset, Endpoints, Found, Offer, Ready, Service, Steps, Ticket
from dateline.imagery.catalog.stac import Stored, address_of, asset_of, baseline_of, data_assets, offer_of, search
from dateline.imagery.catalog.told import part, text


@dataclass(frozen=True, slots=True)
class Copernicus:
    """Search, and downloads with an account."""

    card: Card
    endpoints: Endpoints

    def search(self, ask: Ask) -> Steps[Found]:
        """All scenes of an ask, by time."""
        return (yield from search(self.card, self.endpoints["stac"], ask, _offer))

    def fetch(self, asset: Asset, ticket: Ticket | None = None) -> Steps[Ready]:
        """The request for the file; the door adds the account's token.

        Raises InputError (code `no-download`) for files that the catalogue names in the S3 store only.
        """
        yield from ()
        if asset.needs == "keys":
            raise InputError(
                "The catalogue names this file only in a store that wants keys of its own (S3).",
                saw=asset.url,
                do="Take the asset `Product`, which is the whole scene, with the Copernicus account.",
                code="no-download",
            )
        return Ready(Request(asset.url), ticket)


def _offer(card: Card, collection: str, item: Mapping[str, Any], page: int) -> Offer | None:
    assets = tuple(asset for key, told in data_assets(item) if (asset := _asset(card.id, item, key, told)) is not None)
    if collection == "sentinel-1-grd":
        return offer_of(card, collection, item, page, Stored(assets, doubts=(NO_GRID,)))
    product = product_of(text(item, "id") or "")
    stated = product.baseline if product is not None and product.baseline is not None else None
    shifted = is_offset(stated or baseline_of(part(item, "properties"), None))
    stored = Stored(assets, doubts=(NO_BASELINE,)) if shifted is None else Stored(assets, -1000 * shifted)
    return offer_of(card, collection, item, page, stored)


def _asset(service: str, item: Mapping[str, Any], key: str, told: Mapping[str, Any]) -> Asset | None:
    url = address_of(told)
    if url is None:
        return asset_of(service, key, told, url=text(told, "href"), needs="keys", gate=None)
    asset = asset_of(service, key, told, url=url, needs="copernicus", gate=None)
    return None if asset is None else replace(asset, name=_name(item, told, asset.name))


def _name(item: Mapping[str, Any], told: Mapping[str, Any], last: str) -> str:
    """A name for the file: addresses over https end in `$value`."""
    if not last.startswith("$"):
        return last
    kept = (text(told, "file:local_path") or text(told, "href") or "").rstrip("/").rpartition("/")[2]
    name = f"{text(item, 'id')}.zip" if kept.startswith("$") or not kept else kept
    try:
        return check_name(name)
    except InputError:
        return "product.zip"


def build(card: Card, endpoints: Endpoints) -> Service:
    """The service."""
    return Copernicus(card, endpoints)
