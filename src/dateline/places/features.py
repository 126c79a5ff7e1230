"""Features of a map extract (OSM PBF, GeoPackage, GeoJSON): what each is, by its tags, and where, in metres."""

from __future__ import annotations

import re
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import Transformer

from dateline.core import InputError

MOST_BYTES, MOST_FEATURES = 2_000_000_000, 5_000_000
KINDS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "airfield": (("aeroway", "aerodrome|runway|airstrip"),),
    "antenna": (("man_made", "mast|antenna|communications_tower"),),
    "apartment block": (("building", "apartments|residential|dormitory"),),
    "barracks": (("military", "barracks|base"), ("building", "barracks")),
    "beach": (("natural", "beach"),),
    "bridge": (("bridge", "yes|viaduct|movable"), ("man_made", "bridge")),
    "bus stop": (("highway", "bus_stop"),),
    "cemetery": (("landuse", "cemetery"), ("amenity", "grave_yard")),
    "chimney": (("man_made", "chimney"),),
    "church": (("building", "church|cathedral|chapel"), ("amenity", "place_of_worship&religion=christian|")),
    "coast": (("natural", "coastline"),),
    "crane": (("man_made", "crane"),),
    "factory": (("building", "industrial|factory"), ("man_made", "works"), ("landuse", "industrial")),
    "fence": (("barrier", "fence|wall"),),
    "flagpole": (("man_made", "flagpole"),),
    "forest": (("natural", "wood"), ("landuse", "forest")),
    "fuel station": (("amenity", "fuel"),),
    "hospital": (("amenity", "hospital|clinic"), ("building", "hospital")),
    "lake": (("natural", "water"), ("water", "lake|reservoir|pond")),
    "level crossing": (("railway", "level_crossing|crossing"),),
    "lighthouse": (("man_made", "lighthouse"),),
    "mast": (("man_made", "mast"),),
    "monument": (("historic", "monument|memorial"),),
    "mosque": (("building", "mosque"), ("amenity", "place_of_worship&religion=muslim")),
    "park": (("leisure", "park"),),
    "pier": (("man_made", "pier|breakwater|quay"),),
    "place of worship": (
        ("amenity", "place_of_worship"), ("building", "church|cathedral|chapel|mosque|synagogue|temple"),
    ),
    "power line": (("power", "line|minor_line"),),
    "power station": (("power", "plant|substation"),),
    "pylon": (("power", "tower|pole"),),
    "railway": (("railway", "rail|light_rail|narrow_gauge|disused|abandoned"),),
    "railway station": (("railway", "station|halt"), ("building", "train_station")),
    "river": (("waterway", "river|canal"),),
    "road": (("highway", "motorway|trunk|primary|secondary|tertiary|unclassified|residential"),),
    "roundabout": (("junction", "roundabout"),),
    "school": (("amenity", "school|kindergarten|college"), ("building", "school")),
    "silo": (("man_made", "silo|storage_tank"),),
    "stadium": (("leisure", "stadium"), ("building", "stadium")),
    "stream": (("waterway", "stream|ditch|drain"),),
    "tower": (("man_made", "tower|communications_tower|water_tower"), ("building", "tower")),
    "traffic lights": (("highway", "traffic_signals"),),
    "tram": (("railway", "tram"),),
    "tunnel": (("tunnel", "yes"),),
    "warehouse": (("building", "warehouse"),),
    "water tower": (("man_made", "water_tower"), ("building", "water_tower")),
    "wind turbine": (("generator:source", "wind"), ("man_made", "windmill")),
}  # fmt: skip
"""Words for features and the OpenStreetMap tags that mean them: key, values; `&key=value` narrows (an empty value:
also where the key is missing). After the OpenStreetMap wiki's map features."""

_TAG = re.compile(r'"((?:[^"\\]|\\.)*)"=>"((?:[^"\\]|\\.)*)"')
_LAYERS = ("points", "lines", "multipolygons")


@dataclass(frozen=True, slots=True)
class Features:
    """All features of an extract: ids, tags, shapes in degrees and in metres around its middle; its credit."""

    ids: tuple[str, ...]
    tags: tuple[Mapping[str, str], ...]
    shapes: npt.NDArray[np.object_]
    metric: npt.NDArray[np.object_]
    away: Transformer
    """From longitude and latitude to metres east and north."""
    file: str
    credit: str

    def of_kind(self, name: str) -> npt.NDArray[np.intp]:
        """Indices of the features that a word (see KINDS) or a tag `key=value` means."""
        wanted = _tests(name)
        return np.array([at for at, tags in enumerate(self.tags) if any(_means(tags, *one) for one in wanted)], np.intp)

    def centre(self, at: int) -> tuple[float, float]:
        """Longitude and latitude [degrees] of the middle of one feature."""
        middle = shapely.centroid(self.shapes[at])
        return float(middle.x), float(middle.y)

    def title(self, at: int) -> str:
        """What one feature is called, or its id."""
        return self.tags[at].get("name") or self.ids[at]


def is_kind(name: str) -> bool:
    """Whether a word or tag can be looked for."""
    return name in KINDS or re.fullmatch(r"[a-z_:]+=[\w|;:.-]+", name) is not None


def read_features(path: Path) -> Features:
    """An extract in OSM PBF, GeoPackage or GeoJSON. Raises InputError `features-file`, `features-tags`."""
    if path.stat().st_size > MOST_BYTES:
        raise _broken(path, f"{path.stat().st_size:,} bytes", "Cut the extract to the region that is searched.")
    ids: list[str] = []
    tags: list[Mapping[str, str]] = []
    shapes: list[npt.NDArray[np.object_]] = []
    try:
        for layer, rows, found in _layers(path):
            ids += [f"{layer[:5]}/{row.get('osm_id') or row.get('osm_way_id') or at}" for at, row in enumerate(rows)]
            tags += [_tags(row) for row in rows]
            shapes.append(found)
    except (DataSourceError, DataLayerError, ValueError) as error:
        raise _broken(path, str(error)[:100], "Give an .osm.pbf, .gpkg or .geojson as it was downloaded.") from error
    every = np.concatenate(shapes) if shapes else np.array([], object)
    keep = np.array([shape is not None and not shapely.is_empty(shape) for shape in every], bool)
    if not keep.any() or not any(set(one) & _KEYS for one in tags):
        keys = sorted({key for one in tags[:99] for key in one})
        raise InputError(
            "This file holds no features with OpenStreetMap's tags.",
            saw=f"{path.name}: {len(every)} shapes, keys {', '.join(keys[:8])}",
            do="Give an extract with tags such as building, railway, man_made, natural.",
            code="features-tags",
        )
    west, south, east, north = shapely.total_bounds(every[keep])
    away = Transformer.from_crs(
        "EPSG:4326", f"+proj=aeqd +lat_0={(south + north) / 2} +lon_0={(west + east) / 2} +datum=WGS84 +units=m",
        always_xy=True,
    )  # fmt: skip
    kept = every[keep]
    metric = shapely.transform(kept, lambda xy: np.column_stack(away.transform(xy[:, 0], xy[:, 1])))
    return Features(
        ids=tuple(one for one, is_kept in zip(ids, keep, strict=True) if is_kept),
        tags=tuple(one for one, is_kept in zip(tags, keep, strict=True) if is_kept),
        shapes=kept, metric=metric, away=away, file=path.name,
        credit="© OpenStreetMap contributors, ODbL" if path.name.endswith(".pbf") else "",
    )  # fmt: skip


_KEYS = frozenset(key for tests in KINDS.values() for key, _ in tests)


def _layers(path: Path) -> Iterator[tuple[str, list[dict[str, Any]], npt.NDArray[np.object_]]]:
    """Each layer's rows and shapes. GDAL's reader of OSM keeps its index in a temporary folder."""
    from pyogrio.raw import read

    present = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
    wanted = [layer for layer in _LAYERS if layer in present] if path.suffix == ".pbf" else present
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # rings of an extract that its border cuts
        before = pyogrio.get_gdal_config_option("CPL_TMPDIR")
        pyogrio.set_gdal_config_options({"CPL_TMPDIR": folder})
        try:
            read_all = [(layer, read(path, layer=layer, encoding="utf-8")) for layer in wanted]
        finally:
            pyogrio.set_gdal_config_options({"CPL_TMPDIR": before})
    for layer, (meta, _, shapes, fields) in read_all:
        if len(shapes) > MOST_FEATURES:
            raise _broken(path, f"{len(shapes):,} features", "Cut the extract to the region that is searched.")
        names = list(meta["fields"])
        rows = [dict(zip(names, row, strict=True)) for row in zip(*fields, strict=True)] or [{} for _ in shapes]
        yield layer, rows, np.asarray(shapely.from_wkb(shapes, on_invalid="ignore"))


def _tags(row: Mapping[str, Any]) -> dict[str, str]:
    told = {key: str(value) for key, value in row.items() if value not in {None, ""} and key != "other_tags"}
    more = _TAG.findall(str(row.get("other_tags") or ""))
    return told | {key: value.replace('\\"', '"') for key, value in more}


def _tests(name: str) -> Sequence[tuple[str, str]]:
    if name in KINDS:
        return KINDS[name]
    key, _, values = name.partition("=")
    return ((key, values),)


def _means(tags: Mapping[str, str], key: str, values: str) -> bool:
    wanted, _, narrowed = values.partition("&")
    if tags.get(key) not in wanted.split("|"):
        return False
    if not narrowed:
        return True
    other, _, allowed = narrowed.partition("=")
    return tags.get(other, "") in allowed.split("|")


def _broken(path: Path, saw: str, do: str) -> InputError:
    return InputError("This extract of a map cannot be read.", saw=f"{path.name}: {saw}", do=do, code="features-file")
