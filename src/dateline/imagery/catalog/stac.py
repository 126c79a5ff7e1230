"""STAC, the language of most imagery catalogues: asking, paging, and reading items with distrust.

Formats: STAC API 1.0 (item search), STAC 1.0 and 1.1 items with the extensions eo, sat, sar, projection, raster,
file, processing, grid (https://stacspec.org, https://stac-extensions.github.io).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from dateline.evidence.door.request import Reply, Request, post_json
from dateline.imagery.catalog.black_marble import Bounds
from dateline.imagery.catalog.card import Card
from dateline.imagery.catalog.footprint import from_bounds, from_geojson, touches
from dateline.imagery.catalog.pages import Page, walk
from dateline.imagery.catalog.sentinel import Product, product_of, same_scene
from dateline.imagery.catalog.service import Ask, Asset, Doubt, Found, Needs, Offer, Span, Steps, check_collections
from dateline.imagery.catalog.told import (
    checksum,
    document,
    moment,
    name_of,
    next_page,
    number,
    part,
    parts,
    rows,
    size,
    text,
    web,
    whole,
)

PAGE = 100
"""Items a page: what all three services allow."""

Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stored:
    """The files of an image and how their numbers are stored, as its service is to be read (see Offer)."""

    assets: tuple[Asset, ...]
    dn_offset: int | None = None
    doubts: tuple[Doubt, ...] = ()


Read = Callable[[Card, str, Item, int], Offer | None]
"""Reads an item of a collection that a page told of; None where it lacks what every image has."""

_BEGINS: Mapping[str, tuple[bytes, ...]] = {
    "image/tiff": (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"),
    "image/jp2": (b"\x00\x00\x00\x0cjP  \r\n\x87\n",),
    "application/zip": (b"PK\x03\x04",),
}
"""First bytes by media type: TIFF 6.0 and BigTIFF, ISO 15444-1 annex I, PKWARE APPNOTE 4.3.7."""


def search(card: Card, address: str, ask: Ask, read: Read) -> Steps[Found]:
    """All offers of an ask by time; one question for each collection, period and area.

    Cloud is not asked of the service but compared here: the dialects differ, and what was left out is counted.
    Raises UsageError (code `collection`), InputError (`catalog-reply`, `not-json`, `login-page`).
    """
    check_collections(card, ask)
    told: list[tuple[str, Item, int]] = []
    notes: list[str] = []
    requests = 0
    for collection in ask.collections:
        for span in ask.spans:
            for area in ask.shown:
                first = post_json(f"{address}/search", question(collection, span, area))
                found = yield from walk(first, _page, most=ask.most, asked=requests)
                told += [(collection, item, page) for item, page in found.rows]
                requests += found.requests
                notes += [found.note] if found.note else []
    return _choose(card, ask, told, read, requests=requests, notes=notes)


def question(collection: str, span: Span, area: Bounds) -> dict[str, Any]:
    """The body of a search. No `sortby`: with it Earth Search lost the token of the next page (earth-search #27)."""
    last = span.end - timedelta(seconds=1)
    return {
        "collections": [collection],
        "bbox": list(area),
        "datetime": f"{span.start:%Y-%m-%dT%H:%M:%SZ}/{last:%Y-%m-%dT%H:%M:%SZ}",
        "limit": PAGE,
    }


def _page(request: Request, reply: Reply) -> Page[Item]:
    told = document(reply)
    found = [item for item in rows(told, "features", reply) if isinstance(item, Mapping)]
    link = next((link for link in parts(told, "links") if link.get("rel") == "next"), None)
    if link is None:
        return Page(found)
    href = text(link, "href") or request.url
    address = next_page(href, reply)
    if address is None:
        return Page(found, stopped="the next page lies on another host and was not asked for")
    return Page(found, _following(request, link, address))


def _following(request: Request, link: Mapping[str, Any], address: str) -> Request:
    """The next page as the link says it: GET, or POST with its body, merged into ours where it says so."""
    body = link.get("body")
    if link.get("method") != "POST" and not isinstance(body, Mapping):
        return Request(address)
    ours: dict[str, Any] = json.loads(request.body) if request.body else {}
    theirs = dict(body) if isinstance(body, Mapping) else {}
    return post_json(request.url, {**ours, **theirs} if link.get("merge") is True or not theirs else theirs)


def _choose(
    card: Card, ask: Ask, told: Iterable[tuple[str, Item, int]], read: Read, *, requests: int, notes: Sequence[str]
) -> Found:
    known: dict[tuple[str, str], Offer] = {}
    unreadable = outside = cloudy = 0
    for collection, item, page in told:
        offer = read(card, collection, item, page)
        if offer is None:
            unreadable += 1
        elif not _in_time(offer, ask) or not touches(offer.footprint, ask.areas):
            outside += 1
        else:
            known.setdefault((collection, offer.id), offer)
    newest, older = same_scene(known.values())
    clear = [offer for offer in newest if ask.cloud is None or offer.cloud is None or offer.cloud <= ask.cloud]
    cloudy = len(newest) - len(clear)
    offers = sorted(clear, key=lambda offer: (offer.start, offer.collection, offer.id))
    more = ["more was found than was asked for at most"] if len(offers) > ask.most else []
    said = tuple(dict.fromkeys([*notes, *more]))
    return Found(
        offers=tuple(offers[: ask.most]),
        older=older,
        outside=outside,
        cloudy=cloudy,
        unreadable=unreadable,
        complete=not said,
        notes=said,
        requests=requests,
    )


def _in_time(offer: Offer, ask: Ask) -> bool:
    return any(offer.start < span.end and offer.end >= span.start for span in ask.spans)


def offer_of(card: Card, collection: str, item: Item, page: int, stored: Stored) -> Offer | None:
    """What every service's item says alike; None without an id or a time."""
    told, own = part(item, "properties"), card.collections[collection]
    times, id_ = _times(told), text(item, "id")
    if id_ is None or times is None or item.get("collection") not in {None, collection}:
        return None
    name = (text(told, "s2:product_uri") or id_).removesuffix(".SAFE")
    product = product_of(name) or Product(scene=name)
    return Offer(
        service=card.id,
        collection=collection,
        id=id_,
        name=name,
        start=times[0],
        end=times[1],
        footprint=from_geojson(item.get("geometry")) or _box(item),
        cloud=_share(told),
        sensor=own.sensor,
        platform=_platform(told),
        instrument=_first(told, "instruments"),
        resolution=number(told, "gsd", low=0.01, high=1e5) or own.resolution,
        tile=_tile(told) or product.tile,
        orbit=whole(told, "sat:relative_orbit", low=1, high=400) or product.orbit,
        direction=_direction(told),
        polarisations=_polarisations(told),
        made=made_of(told) or product.made,
        baseline=baseline_of(told, product.baseline),
        dn_offset=stored.dn_offset,
        assets=stored.assets,
        licence=card.licences[own.licence],
        attribution=card.attributions[own.licence].format(year=times[0].year),
        doubts=stored.doubts,
        page=page,
    )


def _times(told: Item) -> tuple[datetime, datetime] | None:
    """First and last moment of the capture; None where no time is told."""
    one = moment(told.get("datetime"))
    start = moment(told.get("start_datetime")) or one
    if start is None:
        return None
    return start, max(start, moment(told.get("end_datetime")) or one or start)


def asset_of(service: str, key: str, told: Item, *, url: str | None, needs: Needs, gate: str | None) -> Asset | None:
    """One file of an item; None where it has no usable address or name."""
    name = name_of(url) if url is not None else None
    if url is None or name is None:
        return None
    kind = (text(told, "type") or "").lower()
    media = kind.partition(";")[0].strip() or None
    band = next(iter(parts(told, "raster:bands") or parts(told, "bands")), {})
    return Asset(
        service=service,
        key=key,
        name=name,
        url=url,
        media_type=media,
        size=size(told, "file:size"),
        checksum=checksum(told.get("file:checksum")),
        needs=needs,
        gate=gate,
        windowed="profile=cloud-optimized" in kind.replace(" ", ""),
        begins=_BEGINS.get(media or "", ()),
        nodata=_of_band(told, band, "nodata"),
        scale=_of_band(told, band, "scale"),
        offset=_of_band(told, band, "offset"),
        epsg=_epsg(told),
    )


def data_assets(item: Item) -> list[tuple[str, Item]]:
    """The assets that are data (rasters, packed products) and not pictures of them, metadata or second copies."""
    found = [(key, told) for key, told in part(item, "assets").items() if isinstance(told, Mapping)]
    tiffs = {key for key, told in found if (text(told, "type") or "").startswith("image/tiff")}
    return [(key, told) for key, told in found if _is_data(told) and key.removesuffix("-jp2") not in tiffs - {key}]


def _is_data(told: Item) -> bool:
    roles = told.get("roles")
    if isinstance(roles, list) and roles and "data" not in roles:
        return False
    return (text(told, "type") or "").partition(";")[0].strip().lower() in _BEGINS


def address_of(told: Item) -> str | None:
    """Where an asset can be downloaded from: its own address, or its alternate one over https."""
    own = web(told.get("href"))
    if own is not None:
        return own
    links = (web(part(told, "alternate", name).get("href")) for name in part(told, "alternate"))
    return next((link for link in links if link is not None), None)


def made_of(told: Item) -> datetime | None:
    """When the provider made this version: never when the catalogue wrote its record."""
    found = (moment(told.get(key)) for key in ("s2:generation_time", "processing:datetime"))
    return next((made for made in found if made is not None), None)


def baseline_of(told: Item, named: str | None) -> str | None:
    """The processing baseline of Sentinel-2 ("05.09"), or the provider's processing version."""
    return text(told, "s2:processing_baseline", "processing:version") or named


def _box(item: Item) -> Any:
    box = item.get("bbox")
    if not isinstance(box, list) or len(box) not in {4, 6}:
        return None
    edges = [number({"edge": edge}, "edge") for edge in (box if len(box) == 4 else [*box[:2], *box[3:5]])]
    known = [edge for edge in edges if edge is not None]
    return from_bounds(*known) if len(known) == 4 and known[0] <= known[2] and known[1] <= known[3] else None


def _share(told: Item) -> float | None:
    percent = number(told, "eo:cloud_cover", low=0, high=100)
    return None if percent is None else percent / 100


def _platform(told: Item) -> str | None:
    name = text(told, "platform")
    found = re.fullmatch(r"sentinel-(\d)([a-z])", (name or "").lower())
    return name if found is None else f"Sentinel-{found[1]}{found[2].upper()}"


def _first(told: Item, key: str) -> str | None:
    value = told.get(key)
    first = value[0] if isinstance(value, list) and value else None
    return first.upper() if isinstance(first, str) else None


def _tile(told: Item) -> str | None:
    code = text(told, "grid:code")
    if code is not None and code.startswith("MGRS-"):
        return code.removeprefix("MGRS-")
    return text(told, "s2:mgrs_tile")


def _direction(told: Item) -> Literal["ascending", "descending"] | None:
    match (text(told, "sat:orbit_state") or "").lower():
        case "ascending":
            return "ascending"
        case "descending":
            return "descending"
    return None


def _polarisations(told: Item) -> tuple[str, ...]:
    value = told.get("sar:polarizations")
    names = value if isinstance(value, list) else []
    return tuple(sorted({name for name in names if isinstance(name, str) and name in {"VV", "VH", "HH", "HV"}}))


def _of_band(told: Item, band: Item, key: str) -> float | None:
    for source, name in ((band, key), (told, f"raster:{key}"), (told, key), (band, f"raster:{key}")):
        found = number(source, name)
        if found is not None:
            return found
    return None


def _epsg(told: Item) -> int | None:
    code = text(told, "proj:code")
    if code is not None and code.startswith("EPSG:"):
        return whole({"code": code.removeprefix("EPSG:")}, "code", low=1024, high=999_999)
    return whole(told, "proj:epsg", low=1024, high=999_999)
