"""Images and catalogue replies as evidence of a case: bytes to the store, records and custody to the case."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit, urlunsplit

from dateline._version import __version__
from dateline.core.identity import sha256_bytes
from dateline.core.when import When
from dateline.evidence.capture import kept_headers, kept_hops, without_keys
from dateline.evidence.intake import Form, check_simulated, take, take_stream
from dateline.evidence.item import Item, Licence, Permission
from dateline.evidence.provenance import Capture, Hop, Image
from dateline.imagery.catalog.card import Card
from dateline.imagery.catalog.service import Ask, Offer
from dateline.imagery.download.session import Heard
from dateline.imagery.download.sky import Sky
from dateline.imagery.download.work import Got, other_file
from dateline.measure.archive import Archive, marked

TOOL = f"dateline {__version__}"


def keep_reply(archive: Archive, heard: Heard, ask: Ask, card: Card, *, page: int, of: int) -> Item:
    """A catalogue's reply as an item: the image log reads it again by what its capture says of the search."""
    told = json.dumps(ask_to_json(ask), sort_keys=True)  # exact: the search is driven again with these numbers
    search = sha256_bytes(told.encode())[:10]
    name = f"search-{heard.service}-{search}-{heard.at:%Y%m%dT%H%M%SZ}-{page + 1:03d}.json"
    parameters: dict[str, str | int | float | bool] = {
        "service": heard.service,
        "search": f"{search} {heard.at:%Y-%m-%d}",
        "ask": told,
        "page": page,
        "pages": of,
    }
    if heard.request.body is not None:
        parameters["body"] = heard.request.body.decode("utf-8", errors="replace")
    form = Form(
        by=archive.by,
        licence=Licence(name=f"catalogue of {card.title}", view=Permission(allowed="yes")),
        url=without_keys(heard.request.url),
        how=f"reply of {card.title} to a search",
        capture=Capture(
            url=without_keys(heard.request.url),
            final_url=without_keys(heard.reply.url),
            status=heard.reply.status,
            at=heard.at,
            redirects=kept_hops(heard.reply.hops),
            headers=kept_headers(heard.reply.headers),
            tls=heard.reply.tls,
            address=heard.reply.address,
            proxy=heard.reply.proxy,
            tool=TOOL,
            parameters=parameters,
        ),
    )
    taken = take_stream(io.BytesIO(heard.reply.body), name=name, store=archive.store)
    return archive.keep(taken, form, again=True).item


def keep_file(archive: Archive, got: Got, *, sky: Sky | None = None, place: str | None = None) -> Item:
    """A fetched file as an item, with how it was fetched (of one that was here before: by the ledger).

    Raises InputError (code "granule-changed") when its bytes are not those that the ledger tells of.
    """
    offer, asset, received = got.errand.offer, got.errand.asset, got.received
    parameters = _parameters(offer, asset.key, sky, place) | {"checked": ", ".join(got.entry.checked) or "nothing"}
    parameters |= got.entry.window or {}
    if got.entry.version is not None:
        parameters["version"] = got.entry.version
    common = {"url": asset.url, "tool": TOOL, "parameters": parameters}
    if received is None:
        at = datetime.fromisoformat(got.entry.at)
        seen = got.entry.status is not None
        parameters["told_by"] = "the ledger of downloads" if seen else "nobody: the file was found here"
        capture = Capture.model_validate(common | {"final_url": asset.url, "status": got.entry.status, "at": at})
    else:
        capture = Capture.model_validate(
            common
            | {"final_url": unsigned(received.url), "status": received.status, "at": received.at, "tls": received.tls}
            | {"redirects": tuple(_plain_hop(hop) for hop in received.hops), "address": received.address}
            | {"headers": kept_headers(received.headers), "proxy": received.proxy}
        )
    return _keep_image(archive, got, capture, sky)


def image_of(offer: Offer, sky: Sky | None) -> Image:
    """What the image log needs of an offer. The scene's cloud is told as the scene's, never as the place's."""
    bounds = None if offer.footprint is None else offer.footprint.bounds()
    of_place = sky is not None and sky.cloud is not None
    cloud = sky.cloud if sky is not None and of_place else offer.cloud
    whose: Literal["place", "scene"] | None = None if cloud is None else "place" if of_place else "scene"
    return Image(
        sensor=offer.sensor or offer.instrument or offer.platform,
        scene=offer.id,
        start=offer.start,
        end=offer.end,
        bounds=bounds,
        cloud=cloud,
        cloud_over=whose,
        resolution=offer.resolution,
    )


def ask_to_json(ask: Ask) -> dict[str, Any]:
    """An ask as plain JSON: what the service was told, so never more exact than it was."""
    return {
        "collections": list(ask.collections),
        "periods": [period.edtf() for period in ask.periods],
        "areas": [list(area) for area in ask.shown],
        "most": ask.most,
        "cloud": ask.cloud,
    }


def ask_from_json(told: Mapping[str, Any]) -> Ask:
    """The ask that ask_to_json() wrote."""
    return Ask(
        collections=tuple(told["collections"]),
        periods=tuple(When.from_edtf(text) for text in told["periods"]),
        areas=tuple((area[0], area[1], area[2], area[3]) for area in told["areas"]),
        most=told["most"],
        cloud=told["cloud"],
    )


def unsigned(url: str) -> str:
    """An address without its query and fragment: signatures travel in them."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))


def _keep_image(archive: Archive, got: Got, capture: Capture, sky: Sky | None) -> Item:
    path, offer = got.errand.target, got.errand.offer
    form = Form(
        by=archive.by,
        licence=offer.licence,
        url=capture.url,
        how=f"downloaded from {offer.service}"
        if capture.status is not None
        else f"found here under the name of a file of {offer.service}; how it came is not known",
        attribution=offer.attribution,
        simulated=offer.simulated or marked(path),
        capture=capture,
        image=image_of(offer, sky),
    )
    check_simulated(path, form, exercise=archive.head.exercise)
    taken = take(path, store=archive.store)
    if taken.sha256 != got.entry.sha256:  # somebody wrote to it since: what the ledger says is not said of these bytes
        taken.put_back(archive.store)
        raise other_file(f"{path}: SHA-256 {taken.content[:16]}…; {got.entry.sha256[:16]}… was downloaded")
    return archive.keep(taken, form).item


def _parameters(offer: Offer, key: str, sky: Sky | None, place: str | None) -> dict[str, str | int | float | bool]:
    told: dict[str, str | int | float | bool | None] = {
        "service": offer.service,
        "collection": offer.collection,
        "asset": key,
        "doubts": ", ".join(doubt.code for doubt in offer.doubts) or None,
        "place": place,
        "seen_over_place": None if sky is None else sky.seen,
        "shadow_over_place": None if sky is None else sky.shadow,
    }
    return {name: value for name, value in told.items() if value is not None}


def _plain_hop(hop: Hop) -> Hop:
    return Hop(url=unsigned(hop.url), status=hop.status, to=unsigned(hop.to))
