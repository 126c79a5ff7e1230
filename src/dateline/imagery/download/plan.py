"""What would be fetched: which files of which offers, how many bytes, under which licence, and what is here already."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from dateline.core.errors import UsageError
from dateline.evidence.item import Licence
from dateline.imagery.catalog.black_marble import Bounds, Key, parse_name
from dateline.imagery.catalog.local import index
from dateline.imagery.catalog.service import Asset, Offer
from dateline.imagery.download.work import Errand

USUAL = frozenset(
    {"granule", "product", "vv", "vh", "red", "green", "blue", "nir", "scl", "b02", "b03", "b04", "b08"}
    | {"b02_10m", "b03_10m", "b04_10m", "b08_10m", "scl_20m"}
)
"""The files that are meant when nobody names any: the whole granule, both polarisations, or four bands and the sky."""

CLASSES = frozenset({"scl", "scl_20m"})
"""How services call Sentinel-2's scene classification: what tells the cloud over a place."""

Status = Literal["here", "begun", "needed"]


@dataclass(frozen=True, slots=True)
class Planned:
    """One file of a plan. `begun` bytes of it are here from a run that was interrupted."""

    errand: Errand
    status: Status
    begun: int = 0

    @property
    def size(self) -> int | None:
        """Its size [bytes], exact or good enough for a plan; None where the service does not say."""
        asset = self.errand.asset
        if self.errand.bounds is not None:
            return _window_size(self.errand.bounds, self.errand.offer.resolution)
        return asset.size if asset.size is not None else asset.about

    def to_json(self) -> dict[str, Any]:
        """Its row for a program."""
        offer, asset = self.errand.offer, self.errand.asset
        return {
            "name": self.errand.name,
            "asset": asset.key,
            "service": offer.service,
            "collection": offer.collection,
            "scene": offer.id,
            "start": offer.start.isoformat(),
            "status": self.status,
            "window": self.errand.bounds is not None,
            "bytes": self.size,
            "begun": self.begun,
            "needs": asset.needs,
            "url": asset.url,
            "licence": licence_line(offer.licence),
            "doubts": [doubt.code for doubt in offer.doubts],
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """All files of a plan, in order of time."""

    files: tuple[Planned, ...]

    def lacking(self) -> tuple[Errand, ...]:
        """What is still to be fetched."""
        return tuple(planned.errand for planned in self.files if planned.status != "here")

    def size(self) -> int | None:
        """What is still to come over the network [bytes]; None where any of it is not known."""
        sizes = [(planned.size, planned.begun) for planned in self.files if planned.status != "here"]
        if any(size is None for size, _ in sizes):
            return None
        return sum((size or 0) - begun for size, begun in sizes)


def plan(offers: Sequence[Offer], folder: Path, *, assets: Sequence[str] = (), bounds: Bounds | None = None) -> Plan:
    """The files to have: those with the named keys of each offer, or the usual ones. A folder for each collection.

    With `bounds` [deg] only that part is read of files that let themselves be read in parts. A granule that lies
    anywhere in the folder in this version, or a newer one, is here. Raises UsageError (code `asset`) when an offer
    has none of the named files.
    """
    shelf = index(folder).granules if folder.is_dir() else {}
    rows = [
        _planned(_errand(offer, offer.assets[number], folder, bounds), shelf)
        for offer in offers
        for number in _chosen(offer, assets)
    ]
    return Plan(tuple(rows))


def licence_line(licence: Licence) -> dict[str, str]:
    """What a licence says, use by use."""
    return {
        "name": licence.name,
        "view": licence.view.allowed,
        "publish": licence.publish.allowed,
        "embed": licence.embed.allowed,
        "share": licence.share.allowed,
    }


def _chosen(offer: Offer, keys: Sequence[str]) -> Iterable[int]:
    wanted = frozenset(key.lower() for key in keys) or USUAL
    found = [number for number, asset in enumerate(offer.assets) if asset.key.lower() in wanted]
    if not found and not keys and len(offer.assets) == 1:
        return [0]
    if not found:
        raise UsageError(
            "An image has none of these files." if keys else "Say which files of an image are wanted.",
            saw=f"{', '.join(keys) or 'no --asset'}; {offer.name} has {', '.join(asset.key for asset in offer.assets)}",
            do="Name them: --asset red --asset scl.",
            code="asset",
        )
    return found


def _errand(offer: Offer, asset: Asset, folder: Path, bounds: Bounds | None) -> Errand:
    return Errand(offer, asset, folder / offer.collection, bounds if asset.windowed else None)


def _planned(errand: Errand, shelf: Mapping[Key, Path]) -> Planned:
    granule = parse_name(errand.asset.name)
    standing = None if granule is None else shelf.get(granule.key)
    if granule is not None and standing is not None:
        kept = parse_name(standing.name)
        if kept is not None and kept.stamp >= granule.stamp:
            return Planned(replace(errand, folder=standing.parent), "here")
    if errand.target.is_file():
        return Planned(errand, "here")
    begun = errand.unfinished.size() if errand.bounds is None else 0
    return Planned(errand, "begun" if begun else "needed", begun)


def _window_size(bounds: Bounds, resolution: float | None) -> int | None:
    """About what a window weighs [bytes]: two bytes a pixel, and the image's table of contents."""
    if resolution is None:
        return None
    west, south, east, north = bounds
    metres = 111_195.0  # in one degree of latitude
    width = (east - west) * metres * math.cos(math.radians((south + north) / 2)) / resolution
    return int(200_000 + 2 * (width + 4) * ((north - south) * metres / resolution + 4))
