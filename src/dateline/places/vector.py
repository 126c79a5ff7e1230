"""KML, KMZ, GPX, GeoJSON, GeoPackage and Shapefile become places, through GDAL's drivers (pyogrio)."""

from __future__ import annotations

import itertools
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from shapely.errors import ShapelyError

from dateline.core import InputError
from dateline.places.named import NamedPlace, Reading, clean_name, with_unique_ids
from dateline.places.shapes import NotAPlace, reprojection_note, to_wgs84, where_of
from dateline.places.zips import members

MOST_FEATURES = 50_000
_SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_NAME_FIELDS = (
    "name", "name:en", "name_en", "placename", "place", "title", "label", "shapename", "nam", "naam",
    "adm3_en", "adm2_en", "adm1_en", "adm0_en", "name_3", "name_2", "name_1", "name_0",
)  # fmt: skip
"""Fields that hold names, as the common sources call them; the finest administrative level first."""
_WAYPOINTS = "waypoints"
_OUR_BYTES = "pyogrio_"
"""What pyogrio calls bytes in memory; GeoJSON without a name of its own takes it as the layer's."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of a file: its name, reference system, fields by lower-case name, and shapes (None where null)."""

    name: str
    crs: str | None
    fields: dict[str, Sequence[Any]]
    shapes: Sequence[Any]


def read_vector(data: bytes, *, origin: str, name_field: str | None = None) -> Reading:
    """The places in the bytes of a KML, GPX, GeoJSON or GeoPackage file."""
    _check_markup(data, origin)
    return _reading(_layers(data, origin), origin, name_field)


def read_kmz(data: bytes, *, origin: str, name_field: str | None = None) -> Reading:
    """The places in a KMZ, or in a zip that holds KML, GeoJSON, GeoPackage or Shapefile parts."""
    found = members(data, (".kml", ".geojson", ".json", ".gpkg", ".gpx", *_SHAPEFILE_PARTS), origin=origin)
    stems = sorted(name for name in found if name.lower().endswith(".shp"))
    layers: list[Layer] = []
    for stem in stems:
        parts = {PurePosixPath(name).suffix.lower(): found[name] for name in _siblings(stem, found)}
        layers += _shapefile_layers(parts, stem=PurePosixPath(stem).stem, origin=origin)
    for name in sorted(found):
        if not name.lower().endswith(_SHAPEFILE_PARTS):
            _check_markup(found[name], f"{origin}, {name}")
            layers += _layers(found[name], f"{origin}, {name}")
    if not layers:
        raise InputError(
            "This archive holds no file of places.",
            saw=f"{origin}: no .kml, .geojson, .gpkg, .gpx or .shp",
            do="Put one of these into the archive, or give the file itself.",
            code="no-places",
        )
    return _reading(layers, origin, name_field)


def read_shapefile(path: Path, *, name_field: str | None = None) -> Reading:
    """The places in a Shapefile: the .shp and the files of the same name beside it."""
    beside = [file for file in path.parent.iterdir() if file.stem == path.stem]
    parts = {file.suffix.lower(): file.read_bytes() for file in beside if file.suffix.lower() in _SHAPEFILE_PARTS}
    return _reading(_shapefile_layers(parts, stem=path.stem, origin=path.name), path.name, name_field)


def _siblings(shp: str, names: dict[str, bytes]) -> list[str]:
    stem = shp[: -len(".shp")].lower()
    return [name for name in names if name.lower().rpartition(".")[0] == stem]


def _shapefile_layers(parts: dict[str, bytes], *, stem: str, origin: str) -> list[Layer]:
    """GDAL needs the parts of a Shapefile side by side on disk: they get names that we choose."""
    missing = [suffix for suffix in (".shx", ".dbf") if suffix not in parts]
    if missing:
        raise InputError(
            "A part of the Shapefile is missing.",
            saw=f"{origin}: no {' and no '.join(missing)} beside {stem}.shp",
            do="Give all files of that name together (.shp, .shx, .dbf, .prj), or a zip of them.",
            code="shapefile-part",
        )
    with tempfile.TemporaryDirectory(prefix="dateline-places-") as folder:
        for suffix, content in parts.items():
            (Path(folder) / f"layer{suffix}").write_bytes(content)
        layers = _layers(Path(folder) / "layer.shp", origin)
    return [Layer(stem, layer.crs, layer.fields, layer.shapes) for layer in layers]


def _check_markup(data: bytes, origin: str) -> None:
    """Entities can blow up or read other files, and GDAL's VRT opens whatever it names: neither belongs in a list."""
    for mark in (b"<!ENTITY", b"<!DOCTYPE", b"OGRVRTDataSource"):
        if mark in data:
            raise InputError(
                "This file contains instructions to a program, not only places.",
                saw=f"{origin}: {mark.decode()}",
                do="Open it in a map program and export the places again.",
                code="markup",
            )


def _layers(source: bytes | Path, origin: str) -> list[Layer]:
    try:
        with warnings.catch_warnings():
            # GDAL's remarks (an unclosed ring, an odd name) concern shapes that we examine ourselves.
            warnings.simplefilter("ignore", RuntimeWarning)
            listed = [(index, str(name)) for index, (name, kind) in enumerate(pyogrio.list_layers(source)) if kind]
            layers = [_layer(source, index, name) for index, name in listed]
    except (DataSourceError, DataLayerError, UnicodeDecodeError) as error:
        raise InputError(
            "This file cannot be read as places.",
            saw=f"{origin}: {str(error).strip()[:200]}",
            do="It may be cut short or not be what its name says: save it again as KML, GeoJSON or GeoPackage.",
            code="unreadable",
        ) from error
    if sum(len(layer.shapes) for layer in layers) > MOST_FEATURES:
        raise InputError(
            "This file has more features than a list of places.",
            saw=f"{origin}: more than {MOST_FEATURES:,}",
            do="Cut it to the places you need.",
            code="too-many",
        )
    return layers


def _layer(source: bytes | Path, index: int, name: str) -> Layer:
    meta, _, shapes, columns = pyogrio.raw.read(source, layer=index, max_features=MOST_FEATURES + 1)
    fields = {str(field).lower(): column for field, column in zip(meta["fields"], columns, strict=True)}
    return Layer("" if name.startswith(_OUR_BYTES) else name, meta["crs"], fields, shapes)


def _reading(layers: Sequence[Layer], origin: str, name_field: str | None) -> Reading:
    notes: list[str] = []
    places: list[NamedPlace] = []
    left_out: list[str] = []
    if any(layer.name == _WAYPOINTS for layer in layers):
        others = sum(len(layer.shapes) for layer in layers if layer.name in {"routes", "tracks"})
        layers = [layer for layer in layers if layer.name == _WAYPOINTS]
        notes += [f"{others} routes or tracks were left out: a place is a point or an area."] if others else []
    for layer in layers:
        names, how = _names(layer, name_field, origin)
        notes += [how] if how else []
        for row, shape in enumerate(layer.shapes):
            title = f"{layer.name}, feature {row + 1}".removeprefix(", ") + (f" ({names[row]})" if names[row] else "")
            try:
                places.append(_place(shape, layer, names[row], title, origin))
            except NotAPlace as reason:
                left_out.append(f"{title}: {reason}")
        if any(shape is not None and _has_height(shape) for shape in layer.shapes):
            notes.append("Heights were dropped.")
    if left_out:
        notes.append(f"{len(left_out)} left out: {_some(left_out)}.")
    if not places:
        raise InputError(
            "There is no place in this file.",
            saw=f"{origin}: {_some(left_out) if left_out else 'no features'}",
            do="A place is a point or an area; check that the file was saved with its shapes.",
            code="no-places",
        )
    return Reading(places=with_unique_ids(places), notes=tuple(dict.fromkeys(notes)))


def _place(shape: bytes | None, layer: Layer, name: str, title: str, origin: str) -> NamedPlace:
    if shape is None:
        raise NotAPlace("no shape")
    way = to_wgs84(layer.crs, origin)
    try:
        geometry = shapely.from_wkb(shape)
    except ShapelyError as error:
        raise NotAPlace(f"a broken shape ({error})") from error
    if geometry.is_empty:
        raise NotAPlace("an empty shape")
    where, notes = where_of(geometry, way, feature=f"{origin}, {title}")
    if way is not None:
        notes = (*notes, reprojection_note(way))
    if not name:
        notes = (*notes, "No name in the file.")
    return NamedPlace(id=name, name=name or title, where=where, origin=f"{origin}, {title}", notes=notes)


def _names(layer: Layer, name_field: str | None, origin: str) -> tuple[list[str], str | None]:
    """The name of each feature ("" where there is none), and a note when the field had to be guessed."""
    if name_field is not None and name_field.lower() not in layer.fields:
        raise InputError(
            f"There is no field {name_field!r} in this file.",
            saw=f"{origin}: {', '.join(layer.fields) or 'no fields'}",
            do="Choose one of these for the names.",
            code="name-field",
        )
    known = (name_field.lower(),) if name_field else _NAME_FIELDS
    for field in known:
        if field in layer.fields and any(map(_text, layer.fields[field])):
            return [_text(value) for value in layer.fields[field]], None
    for field, column in layer.fields.items():
        texts = [_text(value) for value in column]
        if field != "id" and all(texts) and len(set(texts)) == len(texts) and all(map(_is_text, column)):
            return texts, f"Names were taken from the field {field!r}."
    return [""] * len(layer.shapes), None


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _text(value: Any) -> str:
    return clean_name(value) if isinstance(value, str) else ""


def _has_height(shape: bytes) -> bool:
    """Whether a shape in WKB has a third dimension: its type is past 1000, or has the highest bit set."""
    kind = int.from_bytes(shape[1:5], "little" if shape[0] else "big")
    return bool(kind & 0x80000000) or kind % 0x20000000 > 1000


def _some(texts: Sequence[str]) -> str:
    """At most five of a list, and how many more there are."""
    shown: Iterator[str] = itertools.islice(texts, 5)
    more = f"; and {len(texts) - 5} more" if len(texts) > 5 else ""
    return "; ".join(shown) + more
