"""Replies written by hand, and an answerer that gives them in order and remembers what was asked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dateline.core.when import When
from dateline.evidence.door.request import Reply, Request
from dateline.imagery.catalog.service import Ask

RASON = (130.2, 42.1, 130.4, 42.3)
"""West, south, east, north [deg]."""


@dataclass
class Answers:
    """`answers(request)` gives the next reply; `asked` are the requests so far."""

    replies: Sequence[Reply]
    asked: list[Request] = field(default_factory=list)

    def __call__(self, request: Request) -> Reply:
        reply = self.replies[min(len(self.asked), len(self.replies) - 1)]
        self.asked.append(request)
        return Reply(request.url, reply.status, reply.headers, reply.body)


def json_reply(told: Any, *headers: tuple[str, str]) -> Reply:
    """A reply in JSON from wherever it was asked."""
    return Reply("", 200, (("Content-Type", "application/json"), *headers), json.dumps(told).encode())


def raw_reply(body: bytes, kind: str = "application/json") -> Reply:
    """A reply of these bytes."""
    return Reply("", 200, (("Content-Type", kind),), body)


def ask(*collections: str, periods: Sequence[When] = (), area: tuple[float, ...] = RASON, **more: Any) -> Ask:
    """An ask for one place, in March 2021 unless said otherwise."""
    west, south, east, north = area
    when = tuple(periods) or (When.month(2021, 3),)
    return Ask(collections=collections, periods=when, areas=((west, south, east, north),), **more)


def days(first: str, last: str) -> When:
    """From a day to a day."""
    return When.between(date.fromisoformat(first), date.fromisoformat(last))


def umm(name: str, *, url: str | None = None, **file: Any) -> dict[str, Any]:
    """A granule of CMR as UMM-G 1.6 writes it (fields that nobody reads left out)."""
    product = name.partition(".")[0]
    address = url or f"https://data.laadsdaac.earthdatacloud.nasa.gov/prod-lads/{product}/{name}"
    return {
        "meta": {"concept-id": "G3365931-LAADS", "provider-id": "LAADS"},
        "umm": {
            "GranuleUR": "LAADS:8675309",
            "RelatedUrls": [
                {"URL": f"s3://prod-lads/{product}/{name}", "Type": "GET DATA VIA DIRECT ACCESS"},
                {"URL": address, "Type": "GET DATA"},
                {"URL": f"{address}.dmrpp", "Type": "EXTENDED METADATA"},
            ],
            "DataGranule": {
                "Identifiers": [{"IdentifierType": "ProducerGranuleId", "Identifier": name}],
                "ArchiveAndDistributionInformation": [{"Name": "Not provided", **file}],
            },
        },
    }


def item(id_: str, moment: str, **properties: Any) -> dict[str, Any]:
    """A STAC item over Rason."""
    ring = [[130, 42], [131, 42], [131, 43], [130, 43], [130, 42]]
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": id_,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "bbox": [130, 42, 131, 43],
        "properties": {"datetime": moment, **properties},
        "assets": {
            "red": {
                "href": f"https://sentinel-cogs.s3.us-west-2.amazonaws.com/{id_}/B04.tif",
                "type": "image/tiff; application=geotiff; profile=cloud-optimized",
                "roles": ["data", "reflectance"],
                "raster:bands": [{"nodata": 0, "scale": 0.0001, "offset": -0.1}],
            },
            "thumbnail": {"href": "https://example.org/t.jpg", "type": "image/jpeg", "roles": ["thumbnail"]},
        },
    }


def page(*items: Any, links: Sequence[Any] = ()) -> Reply:
    """A page of a STAC search."""
    return json_reply({"type": "FeatureCollection", "features": list(items), "links": list(links)})
