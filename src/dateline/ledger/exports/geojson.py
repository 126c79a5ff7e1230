"""`dateline export geojson`: the places, for maps; sensitive ones only as coarsely as may be printed.

GeoJSON (RFC 7946): longitude and latitude in degrees (WGS 84), outer rings counterclockwise.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from dateline.core.identity import pretty_json
from dateline.core.where import Ring, Where
from dateline.ledger.case import Case
from dateline.ledger.exports.bundle import KEPT_BACK, Bundle, public_where
from dateline.ledger.place import Place


def bundle(case: Case) -> Bundle:
    """One feature a place, with the ids of the claims, events and media that name it."""
    features, without = [], {}
    for place in case.places.values():
        where = public_where(place)
        if where is None:
            without[place.id] = KEPT_BACK
        else:
            features.append(_feature(place, where, case))
    told = {"type": "FeatureCollection", "features": features}
    return Bundle(files={"places.geojson": pretty_json(told).encode()}, without=without)


def _feature(place: Place, where: Where, case: Case) -> dict[str, Any]:
    known = {
        "name": place.name(case.head.languages[0]),
        "names": place.names,
        "role": place.role,
        "within": place.within,
        "sensitive": place.is_sensitive or None,
        "radius_m": where.radius,
        "precision_m": where.precision,
        **dict(_named_by(place.id, case)),
    }
    properties = {key: value for key, value in known.items() if value is not None}
    return {"type": "Feature", "id": place.id, "geometry": geometry(where), "properties": properties}


def _named_by(place: str, case: Case) -> Iterator[tuple[str, list[str]]]:
    for key, records in (("claims", case.claims), ("events", case.events), ("media", case.media)):
        ids = [name for name, record in records.items() if place in record.places]
        if ids:
            yield key, ids


def geometry(where: Where) -> dict[str, Any]:
    """A place as a GeoJSON geometry."""
    if not where.is_area:
        return {"type": "Point", "coordinates": [where.lon, where.lat]}
    shapes = [[_turned(ring, left=index == 0) for index, ring in enumerate(polygon)] for polygon in where.polygons]
    if len(shapes) == 1:
        return {"type": "Polygon", "coordinates": shapes[0]}
    return {"type": "MultiPolygon", "coordinates": shapes}


def _turned(ring: Ring, *, left: bool) -> list[tuple[float, float]]:
    """The ring counterclockwise (`left`) or clockwise (shoelace formula)."""
    twice = sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in itertools.pairwise(ring))
    return list(ring) if (twice >= 0) == left else list(reversed(ring))
