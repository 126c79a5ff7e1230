"""Sentinel products by their names: which scene they show, which version they are, and how their numbers are stored.

Names: Sentinel-2 Products Specification Document 15.0 (2024), 3.4.1.4; Sentinel-1 Product Specification 3.14, 3.4.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from dateline.imagery.catalog.service import Doubt, Offer

_S2 = re.compile(
    r"(?P<unit>S2[A-Z])_MSIL2A_(?P<start>\d{8}T\d{6})_(?:N(?P<baseline>\d{4})_)?R(?P<orbit>\d{3})"
    r"_T(?P<tile>\d{2}[A-Z]{3})_(?P<made>\d{8}T\d{6})"
)
_S1 = re.compile(r"(?P<take>S1[A-Z]_\w\w_GRD[FHM]_1S\w\w_\d{8}T\d{6}_\d{8}T\d{6}_\d{6}_[0-9A-F]{6})(?P<rest>\w*)")

OFFSET_SINCE = "04.00"
"""The first baseline whose reflectance is stored 1,000 too high (25 January 2022; older scenes when reprocessed)."""


@dataclass(frozen=True, slots=True)
class Product:
    """What a product's name says. `scene` is the same for all versions of one scene."""

    scene: str
    tile: str | None = None
    orbit: int | None = None
    baseline: str | None = None
    made: datetime | None = None


def product_of(name: str) -> Product | None:
    """Reads the name of a Sentinel-2 L2A or Sentinel-1 GRD product, with or without .SAFE; None for others."""
    found = _S2.match(name)
    if found is not None:
        digits = found["baseline"]
        return Product(
            scene=f"{found['unit']} {found['start']} {found['tile']}",
            tile=found["tile"],
            orbit=int(found["orbit"]),
            baseline=None if digits is None else f"{digits[:2]}.{digits[2:]}",
            made=_moment(found["made"]),
        )
    radar = _S1.match(name)
    return None if radar is None else Product(scene=radar["take"])


def same_scene(offers: Iterable[Offer]) -> tuple[list[Offer], int]:
    """One version of each scene: the newest baseline, and of equals the one made last; how many were left out.

    Parts of one scene (its data came in two strips) are both kept: their footprints differ.
    """
    groups: dict[tuple[str, str], list[Offer]] = defaultdict(list)
    for offer in offers:
        product = product_of(offer.name)
        groups[offer.collection, product.scene if product else offer.id].append(offer)
    kept: list[Offer] = []
    for group in groups.values():
        newest = max(_age(offer)[0] for offer in group)
        strips: dict[object, Offer] = {}
        for offer in sorted((offer for offer in group if _age(offer)[0] == newest), key=_age):
            strips[_where(offer)] = offer
        kept += strips.values()
    return kept, sum(map(len, groups.values())) - len(kept)


def _age(offer: Offer) -> tuple[str, datetime, str]:
    return (offer.baseline or "", offer.made or datetime.min.replace(tzinfo=UTC), offer.id)


def _where(offer: Offer) -> object:
    if offer.footprint is None:
        return None
    return tuple(round(edge, 1) for edge in offer.footprint.bounds())


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def is_offset(baseline: str | None) -> bool | None:
    """Whether products of a baseline store reflectance 1,000 too high; None where the baseline is not known."""
    if baseline is None or re.fullmatch(r"\d{2}\.\d{2}", baseline) is None:
        return None
    return baseline >= OFFSET_SINCE


NO_BASELINE = Doubt(
    "no-baseline",
    "The processing baseline is not stated: compare the darkest water with 0 and 1,000 before using reflectance.",
)

NO_GRID = Doubt(
    "no-map-grid",
    "Ground range detected: pixels are amplitude on the radar's own grid with ground control points, neither "
    "calibrated nor terrain corrected; nothing in it may be measured as on a map.",
)
