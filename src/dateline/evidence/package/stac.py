"""`dateline export stac`: images as a static STAC catalogue: time, outline, cloud over the scene, licence, hash.

STAC 1.1 (https://stacspec.org), with the extensions eo and file. An image whose time nobody knows has no place in such
a catalogue: unknown is not a date. The release of a mosaic is not one either.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from dateline.evidence.item import Item
from dateline.evidence.package.contents import bytes_of, stored
from dateline.evidence.package.kinds import Made, Order
from dateline.evidence.package.layout import portable
from dateline.evidence.package.parcel import parcel
from dateline.evidence.provenance import Image

OPTIONS = frozenset({"bytes"})

EO = "https://stac-extensions.github.io/eo/v1.1.0/schema.json"
FILE = "https://stac-extensions.github.io/file/v2.1.0/schema.json"

_SHA256 = "1220"
"""How a multihash of 32 bytes of SHA-256 begins (https://multiformats.io/multihash)."""

_SPDX = frozenset({
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC-BY-3.0", "CC-BY-4.0", "CC-BY-NC-4.0", "CC-BY-SA-4.0",
    "CC0-1.0", "MIT", "ODbL-1.0", "PDDL-1.0",
})  # fmt: skip


def export(order: Order) -> Made:
    """Writes the folder of the catalogue, with the files of images that may be shared.

    Opens no socket: the schemas of extensions are named, not fetched.
    """
    import pystac

    found = order.contents
    catalog = pystac.Catalog(id=found.told.case, description=found.told.question, title=found.told.title)
    without = dict(found.kept_back)
    placed: dict[str, str] = {}
    for name, item in found.items.items():
        if item.image is None:
            continue
        why = _undated(item.image)
        if why is None:
            here = item.sha256 if bytes_of(item, order.store, order.sharing) is None else None
            catalog.add_item(_entry(item, item.image, here=here is not None))
            placed |= {f"{name}/{portable(item.name)}": here} if here else {}
        else:
            without[name] = why
    with parcel(order.out, zipped=False) as made, tempfile.TemporaryDirectory() as folder:
        catalog.normalize_and_save(folder, catalog_type=pystac.CatalogType.SELF_CONTAINED)
        written = [made.write(path, pieces) for path, pieces in _files(Path(folder))]
        written += [made.write(path, stored(sha256, order.store)) for path, sha256 in placed.items()]
    total = sum(file.bytes for file in written)
    return Made(path=order.out, files=len(written), bytes=total, without=MappingProxyType(without))


def _files(folder: Path) -> Iterator[tuple[str, list[bytes]]]:
    for path in sorted(folder.rglob("*.json")):
        told = json.loads(path.read_bytes())
        yield path.relative_to(folder).as_posix(), [json.dumps(told, ensure_ascii=False, indent=2).encode() + b"\n"]


def _undated(image: Image) -> str | None:
    return "nobody knows when it was taken" if image.start is None and image.end is None else None


def _entry(item: Item, image: Image, *, here: bool) -> Any:
    import pystac

    start, end = image.start, image.end
    moment = start if end is None or start == end else None if start is not None else end
    spoken = {"start_datetime": _spelled(start), "end_datetime": _spelled(end)} if moment is None else {}
    entry = pystac.Item(
        id=item.id,
        geometry=_outline(image.bounds),
        bbox=list(image.bounds) if image.bounds else None,
        datetime=moment,
        properties=spoken | _properties(item, image),
    )
    if image.cloud is not None and image.cloud_over == "scene":
        entry.properties["eo:cloud_cover"] = round(image.cloud * 100, 4)
        entry.stac_extensions.append(EO)
    for name, href in {"data": f"./{portable(item.name)}" if here else None, "source": item.origin.url}.items():
        if href is not None:
            entry.add_asset(name, _asset(item, href))
            entry.stac_extensions = sorted({*entry.stac_extensions, FILE})
    return entry


def _properties(item: Item, image: Image) -> dict[str, Any]:
    told = {
        "title": item.name,
        "created": _spelled(item.collected),
        "license": item.licence.name if item.licence.name in _SPDX else "other",
        "gsd": image.resolution,
        "instruments": [image.sensor] if image.sensor else None,
        "dateline:scene": image.scene,
        "dateline:licence": item.licence.name,
        "dateline:attribution": item.attribution,
        "dateline:status": item.sighting.state if item.sighting else item.status.value,
        "dateline:cloud_over_place": image.cloud if image.cloud_over == "place" else None,
        "dateline:simulated": item.simulated or None,
    }
    return {key: value for key, value in told.items() if value is not None}


def _asset(item: Item, href: str) -> Any:
    """The image's file: beside the entry, or at the address that it came from."""
    import pystac

    more: dict[str, Any] = {"file:checksum": _SHA256 + item.sha256} if item.sha256 else {}
    more |= {"file:size": item.bytes} if item.bytes is not None else {}
    return pystac.Asset(href=href, media_type=item.media_type, roles=["data"], extra_fields=more)


def _outline(bounds: tuple[float, float, float, float] | None) -> dict[str, Any] | None:
    if bounds is None:
        return None
    west, south, east, north = bounds
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _spelled(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")
