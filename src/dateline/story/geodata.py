"""The places of a figure as GeoJSON: positions as they may be printed, with what was found at each and whose it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dateline.core.where import Where
from dateline.evidence.item import Item
from dateline.ledger.finding import Finding
from dateline.places.geodesy import disc
from dateline.story.page import Page
from dateline.story.spots import NOT_MEASURED, Spot

DIGITS = 5
"""Decimals of a degree: about a metre, and no finer whatever a record says."""


def feature_collection(page: Page, spots: Sequence[Spot], finding: Finding | None) -> Mapping[str, Any]:
    """A FeatureCollection (RFC 7946) of places. One that may be told coarsely only is the area that it may lie in."""
    items = _items(page, finding)
    shared = {
        "case": page.case.head.id,
        "simulated": page.case.head.exercise or bool(finding is not None and finding.simulated),
        "finding": finding.id if finding is not None else None,
        "method": f"{finding.method} {finding.method_version}" if finding is not None else None,
        "source": sorted({item.attribution or item.name for item in items}) or None,
        "licence": sorted({item.licence.name for item in items}) or None,
    }
    return {"type": "FeatureCollection", "features": [_feature(spot, shared) for spot in spots]}


def _feature(spot: Spot, shared: Mapping[str, Any]) -> dict[str, Any]:
    told = {
        "name": spot.name,
        "role": spot.role,
        "result": None if spot.result == NOT_MEASURED else spot.result or None,
        "estimate": spot.estimate.to_json() if spot.estimate is not None else None,
        "position": "coarse, as published" if spot.coarse else "as recorded",
        "within_m": spot.where.precision if spot.where.is_area else spot.where.radius,
        **shared,
    }
    known = {key: value for key, value in told.items() if value is not None}
    return {"type": "Feature", "id": spot.id, "geometry": geometry(spot.where, coarse=spot.coarse), "properties": known}


def geometry(where: Where, *, coarse: bool) -> dict[str, Any]:
    """A GeoJSON geometry; of a coarse point the disc around it, where one can be drawn."""
    drawn = where
    if coarse and not where.is_area and where.radius:
        try:
            drawn = disc(where, metres=where.radius, vertices=48)
        except ValueError:  # around a pole
            drawn = where
    plain = drawn.to_json()
    return {"type": plain["type"], "coordinates": _rounded(plain["coordinates"])}


def _rounded(value: Any) -> Any:
    return round(value, DIGITS) if isinstance(value, int | float) else [_rounded(each) for each in value]


def _items(page: Page, finding: Finding | None) -> list[Item]:
    """The archived items that a finding rests on directly."""
    named = {ref.id for ref in finding.inputs} if finding is not None else set()
    return [page.case.items[name] for name in sorted(named & {*page.case.items})]
