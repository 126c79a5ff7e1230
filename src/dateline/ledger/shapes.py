"""The outline of a place from a GeoJSON file of the case."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic_core import PydanticCustomError

from dateline.core.where import Where
from dateline.ledger.record import refuse

LARGEST = 64 << 20
"""[bytes] A larger outline is a data set, not a place."""

_AREAS = "a GeoJSON Point, Polygon or MultiPolygon, alone or as the features of a collection"


def read_shape(name: str, *, root: Path) -> Where:
    """The geometry in a GeoJSON file, in degrees (WGS 84). All polygons of a collection are joined.

    Refuses (as a fault of the record that names it) a path outside the case, a missing file, another reference system,
    and whatever is no geometry.
    """
    try:
        return _where(json.loads(_text(root / name, root)), name)
    except PydanticCustomError:
        raise
    except (OSError, RuntimeError, ValueError, KeyError, TypeError, AttributeError) as error:
        refuse(f"{name[:80]!r}: {str(error) or type(error).__name__}", _AREAS, at="geojson")


def _text(path: Path, root: Path) -> str:
    if not path.resolve().is_relative_to(root.resolve()):
        refuse(str(path), "a path within the case, such as shapes/port.geojson", at="geojson")
    if not path.is_file():
        refuse(f"{path.name!r}, which is not there", "a GeoJSON file's path, relative to the case", at="geojson")
    if path.stat().st_size > LARGEST:
        refuse(f"{path.stat().st_size:,} bytes", f"an outline of at most {LARGEST:,} bytes", at="geojson")
    return path.read_text(encoding="utf-8-sig")


def _where(data: Any, name: str) -> Where:
    system = str(((data.get("crs") or {}).get("properties") or {}).get("name", "CRS84"))
    if not system.endswith(("CRS84", "4326")):
        refuse(f"{name!r} in {system}", "longitude and latitude (WGS 84), as GeoJSON asks", at="geojson")
    features = data["features"] if data.get("type") == "FeatureCollection" else [data]
    geometries = [feature["geometry"] if feature.get("type") == "Feature" else feature for feature in features]
    places = [Where.from_json(geometry) for geometry in geometries]
    if len(places) == 1:
        return places[0]
    polygons = [polygon for place in places for polygon in place.polygons]
    if not polygons or not all(place.is_area for place in places):
        raise ValueError(f"{len(places)} features that are not all areas")
    return Where(polygons=tuple(polygons))
