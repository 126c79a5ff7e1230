"""Reads Black Marble tiles (HDF-EOS5): VNP46A1-A4 and VJ146A1-A4, Collections 1 and 2."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from affine import Affine
from odc.geo.geobox import GeoBox

from dateline.core.errors import InputError
from dateline.imagery import mask
from dateline.imagery.catalog.black_marble import Granule, Key, Tile, first_day, parse_name
from dateline.imagery.readers import mark
from dateline.imagery.readers.opened import Declared, Notes, damaged
from dateline.imagery.scene import Pixels, Scene
from dateline.imagery.sensor import Layer, Sensor, sensor_for

SIMULATED_ATTRIBUTE = "dateline_simulated"
"""Root attribute of every tile that dateline simulated."""

_CACHE = 48 << 20
"""Bytes of chunk cache: one whole-tile chunk of any layer fits, so reading it by parts inflates it once."""

_PLATFORMS = {"SUOMI-NPP": "Suomi-NPP", "NPP": "Suomi-NPP", "JPSS-1": "NOAA-20", "NOAA-20": "NOAA-20", "N20": "NOAA-20"}


@dataclass(frozen=True, slots=True, kw_only=True)
class BlackMarbleTile:
    """One tile on disk. Nothing stays open between reads."""

    scene: Scene
    sensor: Sensor
    group: str
    names: tuple[str, ...]
    notes: Notes
    minimum_nights: int | None

    @property
    def default_layer(self) -> str:
        """The sensor's default, or the first value layer of the tile's collection."""
        known = self.sensor.value_layers(self.scene.collection)
        return self.sensor.default_layer if self.sensor.default_layer in known else known[0]

    def layers(self) -> tuple[str, ...]:
        """The names of its layers, as in the file."""
        return self.names

    def unit(self, layer: str) -> str:
        """The unit of a layer's values."""
        return self.sensor.layer(layer, self.scene.collection).unit

    def block(self, layer: str) -> tuple[int, int]:
        """Rows and columns of a stored chunk [px]."""
        with self._data() as data:
            dataset = _dataset(data, layer, self.scene.path)
            rows, columns = dataset.chunks or dataset.shape
            return int(rows), int(columns)

    def read(self, layer: str, rows: slice, columns: slice) -> Pixels:
        """A window of one layer: values scaled [unit of the layer], states, looks where the product counts them."""
        described = self.sensor.layer(layer, self.scene.collection)
        with self._data() as data:
            values = _scaled(_dataset(data, layer, self.scene.path), described, rows, columns)
            self._refuse_hidden_mark(values, described, rows, columns)
            nights = _counts(data, described, rows, columns)
            beside = mask.Beside(
                fetch=lambda name: data[name][rows, columns] if name in data else None,
                nights=nights,
                minimum=self.minimum_nights,
                floor=self.sensor.floor(self.scene.collection) if described.role == "value" else None,
            )
            codes = mask.states(values, described, self.sensor.collection(self.scene.collection), beside)
        return Pixels(values, codes, nights)

    def values(self, layer: str, rows: slice, columns: slice) -> Any:
        """Only the values of a window [unit of the layer], NaN where there is none: no state is worked out."""
        described = self.sensor.layer(layer, self.scene.collection)
        with self._data() as data:
            return _scaled(_dataset(data, layer, self.scene.path), described, rows, columns)

    def raw(self, layer: str, rows: slice, columns: slice) -> Any:
        """A window of one layer as it is stored: flags keep their bits, nothing is scaled."""
        with self._data() as data:
            return _dataset(data, layer, self.scene.path)[rows, columns]

    def platforms(self, rows: slice, columns: slice) -> tuple[str, ...]:
        """The satellites behind a window's pixels, as DNB_Platform says; empty for products without it."""
        with self._data() as data:
            return _platforms(data, self.sensor, self.scene.collection, rows, columns)

    def _refuse_hidden_mark(self, values: Any, layer: Layer, rows: slice, columns: slice) -> None:
        if self.scene.simulated or layer.role != "value":
            return
        height, width = self.scene.geobox.shape
        there = mark.corner((height, width))
        top, left = rows.indices(height)[0], columns.indices(width)[0]
        if rows.indices(height)[1] == height and columns.indices(width)[1] == width:
            part = values[max(there[0].start - top, 0) :, max(there[1].start - left, 0) :]
            if mark.carries(part):
                raise InputError(
                    "The pixels say SIMULATED; the file's name and attributes do not.",
                    saw=f"{self.scene.path.name}: the word in the south-east corner of {layer.name}",
                    do="Don't use this file: it was made by dateline's simulator and renamed.",
                    code="simulated-unmarked",
                )

    @contextmanager
    def _data(self) -> Iterator[Any]:
        with _opened(self.scene.path) as file:
            yield file[self.group]


def open_tile(path: Path, declared: Declared) -> BlackMarbleTile:
    """Opens one tile and checks that name and attributes agree.

    Raises InputError: `truncated`, `no-grid` (an HDF5 file without Black Marble's group), `tile-mismatch`,
    `product-mismatch`, `collection-mismatch`, `platform-mismatch`, `no-tile`, `granule-date`.
    """
    with _opened(path) as file:
        told = {name: _text(value) for name, value in file.attrs.items() if name in _USED}
        granule = _identity(path, told, declared)
        sensor = sensor_for(granule.key.product)
        group = _group(file, sensor, granule.key.collection, path)
        data = file[group]
        shapes = {name: dataset.shape for name, dataset in data.items() if len(getattr(dataset, "shape", ())) == 2}
        _check_shapes(shapes, sensor, path)
        platform = _platform(data, sensor, granule, told, path)
    return BlackMarbleTile(
        scene=_scene(path, granule, sensor, platform, simulated=granule.simulated or SIMULATED_ATTRIBUTE in told),
        sensor=sensor,
        group=group,
        names=tuple(shapes),
        notes=_notes(granule, sensor, tuple(shapes)),
        minimum_nights=sensor.minimum_nights if declared.minimum_nights is None else declared.minimum_nights,
    )


def _scene(path: Path, granule: Granule, sensor: Sensor, platform: str | None, *, simulated: bool) -> Scene:
    key = granule.key
    return Scene(
        id=path.name.removesuffix(".h5"),
        product=key.product,
        collection=key.collection,
        platform=platform,
        when=granule.when,
        geobox=_geobox(key.tile, sensor),
        path=path,
        licence="simulated by dateline: not an observation" if simulated else sensor.licence,
        attribution=sensor.attribution.format(product=key.product),
        simulated=simulated,
        produced=granule.stamp or None,
    )


def _geobox(tile: Tile, sensor: Sensor) -> GeoBox:
    # From the tile number: the files' lon and lat are the pixels' corners, and using them as centres shifts by half.
    assert sensor.size is not None
    west, _, _, north = tile.bounds
    side = 10 / sensor.size
    return GeoBox((sensor.size, sensor.size), Affine(side, 0, west, 0, -side, north), sensor.crs)


def _notes(granule: Granule, sensor: Sensor, names: tuple[str, ...]) -> Notes:
    notes: list[tuple[str, str]] = []
    if granule.near_real_time:
        notes.append(("near-real-time", "A near-real-time granule: the standard one, made later, can differ."))
    known = {layer.name for layer in sensor.layers_of(granule.key.collection)}
    if unknown := sorted(set(names) - known):
        notes.append(("layers-unknown", f"The sensor file does not describe {', '.join(unknown)}."))
    return tuple(notes)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        with h5py.File(path, "r", rdcc_nbytes=_CACHE) as file:
            yield file
    except (OSError, RuntimeError) as error:
        raise damaged(path, error) from error


_USED = (
    "ShortName",
    "VersionID",
    "HorizontalTileNumber",
    "VerticalTileNumber",
    "RangeBeginningDate",
    "PlatformShortName",
    SIMULATED_ATTRIBUTE,
)


def _text(value: Any) -> str:
    if isinstance(value, np.ndarray):
        value = value.ravel()[0] if value.size else b""
    return value.decode("utf-8", "replace").strip() if isinstance(value, bytes) else str(value).strip()


def _identity(path: Path, told: Mapping[str, str], declared: Declared) -> Granule:
    """What granule this is: from its name where that is whole, else from its attributes; both must agree."""
    named = parse_name(path.name)
    product = named.key.product if named else told.get("ShortName", declared.product)
    version = named.key.collection if named else _number(told.get("VersionID")) or declared.collection
    if not product or not version:
        raise _unidentified(path, f"ShortName {told.get('ShortName')}, VersionID {told.get('VersionID')}")
    tile = _tile(told)
    if named is None and (tile is None or "RangeBeginningDate" not in told):
        raise _unidentified(path, "no tile number and date in the attributes")
    if named is None:
        assert tile is not None
        day = first_day(product, date.fromisoformat(told["RangeBeginningDate"]))
        return Granule(Key(product, str(version), tile, day), "")
    _agree(path, "tile", str(named.key.tile), None if tile is None else str(tile))
    _agree(path, "product", product, told.get("ShortName", product).removesuffix("_NRT"))
    _agree(path, "collection", version, _number(told.get("VersionID")))
    return named


def _unidentified(path: Path, saw: str) -> InputError:
    return InputError(
        "This HDF5 file does not say which Black Marble granule it is.",
        saw=f"{path.name}: {saw}",
        do="Give it its original name (such as VNP46A3.A2022060.h31v04.002.2022101000000.h5), or download it again.",
        code="no-tile",
    )


def _agree(path: Path, what: str, named: str, told: str | None) -> None:
    if told is not None and told != named:
        raise InputError(
            f"The {what} in the file's name is not the one inside the file.",
            saw=f"{path.name}: the name says {named}, the attributes say {told}",
            do="Download the granule again and keep its name.",
            code=f"{what}-mismatch",
        )


def _number(text: str | None) -> str | None:
    return str(int(text)) if text and text.isdigit() else None


def _tile(told: Mapping[str, str]) -> Tile | None:
    h, v = (_number(told.get(f"{axis}TileNumber")) for axis in ("Horizontal", "Vertical"))
    return None if h is None or v is None else Tile(int(h), int(v))


def _group(file: Any, sensor: Sensor, collection: str, path: Path) -> str:
    """The path of the data: as the sensor file says, or the only grid that has the product's layers."""
    wanted = [layer.name for layer in sensor.layers_of(collection) if layer.role == "value"]
    grids = file.get("HDFEOS/GRIDS")
    others = [f"HDFEOS/GRIDS/{name}/Data Fields" for name in (grids or ())]
    for place in (*sensor.collection(collection).groups, *others):
        if place in file and any(name in file[place] for name in wanted):
            return place
    raise InputError(
        "This HDF5 file has no Black Marble grid in it.",
        saw=f"{path.name}: {', '.join(others) or 'no HDFEOS/GRIDS'}",
        do="Check that it is a VNP46 or VJ146 product; other HDF5 and NetCDF files are read by a declared product.",
        code="no-grid",
    )


def _check_shapes(shapes: Mapping[str, tuple[int, ...]], sensor: Sensor, path: Path) -> None:
    for name, shape in shapes.items():
        if shape != (sensor.size, sensor.size):
            raise InputError(
                "A layer does not have the size of a tile.",
                saw=f"{path.name}: {name} is {shape}, not {sensor.size} by {sensor.size}",
                do="Use the granule as NASA published it; give cut pieces as GeoTIFF.",
                code="tile-size",
            )


def _platform(data: Any, sensor: Sensor, granule: Granule, told: Mapping[str, str], path: Path) -> str | None:
    """The satellite: as the product's name has it, and for NOAA-20's composites as DNB_Platform says.

    VJ146 composites may hold NOAA-21 as well; VNP46 is Suomi-NPP by definition, which saves reading a layer.
    """
    known = sensor.products[granule.key.product].platform
    label = _PLATFORMS.get(told.get("PlatformShortName", "").upper())
    if label is not None and known is not None:
        _agree(path, "platform", known, label)
    if known != "Suomi-NPP":
        whole = slice(None)
        found = _platforms(data, sensor, granule.key.collection, whole, whole)
        return " and ".join(found) or known
    return known


def _platforms(data: Any, sensor: Sensor, collection: str | None, rows: slice, columns: slice) -> tuple[str, ...]:
    layer = next((one for one in sensor.layers_of(collection) if one.role == "platform"), None)
    if layer is None or layer.name not in data:
        return ()
    codes = data[layer.name][rows, columns]
    return tuple(name for code, name in sensor.platforms.items() if (codes == code).any())


def _dataset(data: Any, layer: str, path: Path) -> Any:
    if layer not in data:
        raise InputError(
            "The file lacks this layer.",
            saw=f"{path.name}: no {layer}",
            do="Choose another layer, or download the whole granule again.",
            code="layer-missing",
        )
    return data[layer]


def _scaled(dataset: Any, layer: Layer, rows: slice, columns: slice) -> Any:
    """float32 values in the layer's unit, NaN where there is none."""
    raw = dataset[rows, columns]
    scale, offset = _attribute(dataset, ("scale_factor",), layer.scale), _offset(dataset, layer)
    fill = _fill(dataset, raw.dtype)
    values = raw if raw.dtype == np.float32 else np.empty(raw.shape, np.float32)
    for top in range(0, raw.shape[0], mask.STRIP):
        part = slice(top, top + mask.STRIP)
        missing = _missing(raw[part], fill, layer)
        if values is not raw or (scale, offset) != (1.0, 0.0):
            np.multiply(raw[part], np.float32(scale), out=values[part], dtype=np.float32)
            values[part] += np.float32(offset)
        np.copyto(values[part], np.float32(np.nan), where=missing)
    return values


def _missing(raw: Any, told: float | None, layer: Layer) -> Any:
    # Compared in the layer's own type: the double -999.9 equals no float32.
    fills = {raw.dtype.type(fill) for fill in (layer.fill, told) if fill is not None}
    if raw.dtype.kind == "f" and layer.minimum is not None:
        return ~(raw >= np.float32(layer.minimum))  # NaN and the fill values fail it as well
    missing = np.isnan(raw) if raw.dtype.kind == "f" else np.zeros(raw.shape, np.bool_)
    for fill in fills:
        missing |= raw == fill
    return missing


def _fill(dataset: Any, dtype: Any) -> float | None:
    """The file's own fill value, where it is a number that the layer's type can hold."""
    told = np.asarray(dataset.attrs.get("_FillValue", np.nan)).ravel()
    if told.size == 0 or told.dtype.kind not in "iuf" or not np.isfinite(told[0]):
        return None
    limits = np.iinfo(dtype) if dtype.kind in "iu" else np.finfo(dtype)
    value = float(told[0])
    return value if limits.min <= value <= limits.max else None


def _offset(dataset: Any, layer: Layer) -> float:
    # A1 says add_offset, A2 to A4 say offset.
    return _attribute(dataset, ("add_offset", "offset"), layer.offset)


def _attribute(dataset: Any, names: tuple[str, ...], otherwise: float) -> float:
    """A number from the file's attributes where it is sane (one finite number, a scale not zero), else the table's."""
    for name in names:
        told = np.asarray(dataset.attrs.get(name, np.nan)).ravel()
        if told.size == 1 and told.dtype.kind in "iuf" and np.isfinite(told[0]):
            value = float(f"{float(told[0]):.6g}")  # 0.1f becomes 0.1
            if name != "scale_factor" or value > 0:
                return value
    return otherwise


def _counts(data: Any, layer: Layer, rows: slice, columns: slice) -> Any:
    if layer.count is None or layer.count not in data:
        return None
    counts = data[layer.count][rows, columns]
    unset = np.iinfo(np.uint16).max
    if counts.size and counts.max() == unset:
        np.putmask(counts, counts == unset, np.uint16(0))
    return counts
