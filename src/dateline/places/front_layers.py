"""Layers of a map of a front, as map-makers publish them in GeoJSON: which land each draws, and how."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import shapely
from shapely.errors import ShapelyError
from shapely.geometry import shape as shape_from
from shapely.geometry.base import BaseGeometry

from dateline.core import InputError
from dateline.places.front import Drawn

MOST_FEATURES = 100_000
_KEY = re.compile(r"geoJSON\.[\w.]+")
_OF_KEYS: Mapping[str, Drawn] = {
    "geoJSON.status.occupied": "occupied", "geoJSON.territories.crimea": "occupied",
    "geoJSON.territories.ordlo": "occupied", "geoJSON.territories.tuzla": "occupied",
    "geoJSON.status.unknown": "unknown", "geoJSON.status.dismissed": "liberated",
    "geoJSON.status.dismissed_at": "liberated",
}  # fmt: skip
"""Keys at the end of a map's names ("ОРДЛО /// CADR and CALR /// geoJSON.territories.ordlo"): where there is one it
decides, since land that is no front, such as Karelia or Transnistria, is called occupied too."""
_ELSEWHERE = re.compile(
    r"karelia|карел|kuril|курил|prussia|прусс|abkhazia|абхаз|tskhinval|цхінвал|osseti|осеті|transnistria|придністров|"
    r"ichkeria|ічкер|salla|салла|estonia|естоні|latvia|латві",
    re.IGNORECASE,
)
_OF_NAMES: tuple[tuple[re.Pattern[str], Drawn], ...] = (
    (re.compile(r"liberat|звільнен", re.IGNORECASE), "liberated"),
    (
        re.compile(r"unknown|невідом|невизначен|grey zone|gray zone|contested|claimed|infiltrat", re.IGNORECASE),
        "unknown",
    ),
    (
        re.compile(r"occupied|окупован|ордло|ordlo|cadr|assessed russian (?:control|advance)", re.IGNORECASE),
        "occupied",
    ),
)
"""Names of layers without a key and how the land in them is drawn; other names are left."""


def features_of(path: Path) -> list[dict[str, Any]]:
    """The features of a file: a collection, one feature, one geometry, or a reply of a map's own service.

    Raises InputError `front-file`.
    """
    try:
        data = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise broken(path, str(error)[:80], "Give GeoJSON as it was published.") from error
    if isinstance(data, dict) and isinstance(data.get("map"), dict):
        data = data["map"]  # a reply of a map's own service
    features: object = None
    if isinstance(data, dict) and "features" in data:
        features = data["features"]
    elif isinstance(data, dict) and "geometry" in data:
        features = [data]
    elif isinstance(data, dict) and "coordinates" in data:
        features = [{"geometry": data, "properties": {}}]
    if not isinstance(features, list) or not all(isinstance(feature, dict) for feature in features):
        raise broken(path, type(data).__name__, "Give a FeatureCollection or one geometry.")
    if not features or len(features) > MOST_FEATURES:
        raise broken(path, f"{len(features)} features", f"Give 1 to {MOST_FEATURES:,} features.")
    return features


def name_of(feature: Mapping[str, Any]) -> str:
    """What a layer is called; empty where it is not."""
    told = feature.get("properties")
    if not isinstance(told, dict):
        return ""
    return str(told.get("name") or told.get("status") or told.get("Name") or told.get("layer") or "")


def drawn_as(name: str) -> Drawn | None:
    """How the land in a layer of this name is drawn; None for a name that says nothing of it."""
    if key := _KEY.search(name):
        return _OF_KEYS.get(key[0])
    if _ELSEWHERE.search(name):
        return None
    return next((drawn for pattern, drawn in _OF_NAMES if pattern.search(name)), None)


def is_told(name: str) -> bool:
    """Whether a layer's name says what it is, be it land of the front or not."""
    return _KEY.search(name) is not None or drawn_as(name) is not None


def is_no_land(geometry: object) -> bool:
    """Whether a shape is a point or line: icons, arrows and positions of units are not read."""
    return isinstance(geometry, dict) and str(geometry.get("type")).endswith(("Point", "LineString"))


def area_of(geometry: object, path: Path) -> BaseGeometry | None:
    """The polygons [degrees] of a GeoJSON shape made valid; None where it has none. Raises InputError `front-file`."""
    if geometry is None or is_no_land(geometry):
        return None
    try:
        given: Any = geometry
        area = shapely.force_2d(shapely.make_valid(shape_from(given)))
    except (ShapelyError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        raise broken(path, str(error)[:80], "Mend or leave out the feature.") from error
    parts = [part for part in _polygons(area) if not part.is_empty]
    if not parts:
        return None
    west, south, east, north = area.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise broken(path, f"bounds {area.bounds}", "Give longitude and latitude in degrees (WGS 84).")
    return shapely.union_all(parts)


def _polygons(shape: BaseGeometry) -> list[BaseGeometry]:
    """The polygons of a shape, those of collections inside it too."""
    if shape.geom_type == "GeometryCollection":
        return [one for part in shapely.get_parts(shape) for one in _polygons(part)]
    return [shape] if shape.geom_type in {"Polygon", "MultiPolygon"} else []


def broken(path: Path, saw: str, do: str) -> InputError:
    """The error `front-file`."""
    return InputError("This map of a front cannot be read.", saw=f"{path.name}: {saw}", do=do, code="front-file")
