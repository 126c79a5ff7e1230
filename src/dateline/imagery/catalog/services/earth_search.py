"""Element 84's Earth Search: Sentinel-2 as Cloud-Optimised GeoTIFFs that anybody may read, without a login."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dateline.core.errors import InputError
from dateline.evidence.door.request import Request
from dateline.imagery.catalog.card import Card
from dateline.imagery.catalog.sentinel import NO_BASELINE, NO_GRID, is_offset
from dateline.imagery.catalog.service import Ask, Asset, Doubt, Endpoints, Found, Offer, Ready, Service, Steps, Ticket
from dateline.imagery.catalog.stac import Stored, address_of, asset_of, baseline_of, data_assets, offer_of, search
from dateline.imagery.catalog.told import number, part, parts, text

MAY_BE_WRONG = Doubt(
    "offset-may-be-wrong",
    "Whether 1,000 was already taken off the stored numbers is what the catalogue says, and some of its items say it "
    "wrongly: compare the darkest water with 0 and 1,000 before using reflectance (Element84/earth-search #66, #71).",
)
CONTRADICTED = Doubt(
    "offset-contradicted",
    "The catalogue says that 1,000 was already taken off the stored numbers, and on the band that it still must be.",
)


@dataclass(frozen=True, slots=True)
class EarthSearch:
    """Search and open downloads."""

    card: Card
    endpoints: Endpoints

    def search(self, ask: Ask) -> Steps[Found]:
        """All scenes of an ask, by time."""
        return (yield from search(self.card, self.endpoints["stac"], ask, _offer))

    def fetch(self, asset: Asset, ticket: Ticket | None = None) -> Steps[Ready]:
        """The request for the file. Raises InputError (code `no-download`) for Sentinel-1: its store wants pay."""
        yield from ()
        if asset.needs == "keys":
            raise InputError(
                "This file lies in a store whose readers pay (Amazon S3, requester pays).",
                saw=asset.url,
                do="Take the same scene from planetary_computer (sentinel-1-rtc) or copernicus (sentinel-1-grd).",
                code="no-download",
            )
        return Ready(Request(asset.url), ticket)


def _offer(card: Card, collection: str, item: Mapping[str, Any], page: int) -> Offer | None:
    assets = tuple(asset for key, told in data_assets(item) if (asset := _asset(card.id, key, told)) is not None)
    if collection == "sentinel-1-grd":
        return offer_of(card, collection, item, page, Stored(assets, doubts=(NO_GRID,)))
    return offer_of(card, collection, item, page, Stored(assets, *_offset(item)))


def _asset(service: str, key: str, told: Mapping[str, Any]) -> Asset | None:
    href = text(told, "href") or ""
    if href.startswith("s3://"):
        return asset_of(service, key, told, url=href, needs="keys", gate=None)
    return asset_of(service, key, told, url=address_of(told), needs="nothing", gate=None)


def _offset(item: Mapping[str, Any]) -> tuple[int | None, tuple[Doubt, ...]]:
    """What to add to the stored numbers, as the catalogue states it, and how far to believe it."""
    told = part(item, "properties")
    baseline, applied = baseline_of(told, None), told.get("earthsearch:boa_offset_applied")
    shifted = is_offset(baseline)
    if shifted is False:
        return 0, ()
    if applied is True:
        return 0, (MAY_BE_WRONG, *((CONTRADICTED,) if _band_offset(item) else ()))
    if applied is False and shifted:
        return -1000, (MAY_BE_WRONG,)
    stated = _band_offset(item)
    if stated is not None and shifted:
        return stated, (MAY_BE_WRONG,)
    return None, (NO_BASELINE if shifted is None else MAY_BE_WRONG,)


def _band_offset(item: Mapping[str, Any]) -> int | None:
    """The offset that the red band states [stored numbers]; None where it states none."""
    band = next(iter(parts(part(item, "assets", "red"), "raster:bands")), {})
    scale, offset = number(band, "scale", low=1e-9, high=1), number(band, "offset", low=-1, high=1)
    return None if scale is None or offset is None else round(offset / scale)


def build(card: Card, endpoints: Endpoints) -> Service:
    """The service."""
    return EarthSearch(card, endpoints)
