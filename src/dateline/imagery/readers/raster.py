"""Reads plain GeoTIFFs and COGs of a known product: cut composites, Earth Engine exports, anything declared."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from rasterio.enums import ColorInterp

from dateline.core.errors import InputError, Refusal
from dateline.imagery.catalog.black_marble import SIMULATED_SUFFIX
from dateline.imagery.readers import naming
from dateline.imagery.readers.opened import Declared, Notes
from dateline.imagery.readers.raster_image import (
    UNSTATED,
    Band,
    RasterImage,
    counts_grid,
    examined,
    geobox_of,
    same_grid,
)
from dateline.imagery.scene import Scene
from dateline.imagery.sensor import Layer, Sensor, sensor_for

SIMULATED_TAG = "dateline_simulated"


def open_raster(path: Path, declared: Declared, *, source: str | None = None) -> RasterImage:
    """Opens one GeoTIFF; product, time, collection and layer come from the declaration, else from its name and bands.

    Raises UsageError `product`; InputError `no-date`, `no-crs`, `bands-unnamed`, `scale-unknown`, `counts-grid`,
    `truncated`; Refusal `picture-bytes`.
    """
    address = source or str(path)
    product = naming.product_of(path.name, declared.product)
    sensor = sensor_for(product)
    when = declared.when or naming.when_in(path.name, sensor, product)
    if when is None:
        raise naming.no_date(path.name, sensor.period)
    naming.check_lived(path.name, when, sensor, product)
    collection = declared.collection or naming.collection_in(path.name, sensor)
    with examined(address, path) as file:
        _refuse_pictures(file, sensor, path)
        names = _names(file, path, declared, sensor, collection)
        bands = {name: _band(file, address, index, name, (sensor, collection)) for index, name in names.items()}
        geobox, grid_notes = geobox_of(file, path, declared, sensor)
        notes = grid_notes + _notes(file, bands, sensor, collection)
        simulated = SIMULATED_SUFFIX in path.name or SIMULATED_TAG in file.tags()
    scene = Scene(
        id=path.name.partition(".tif")[0],
        product=product,
        collection=collection,
        platform=declared.platform or sensor.products[product].platform,
        when=when,
        geobox=geobox,
        path=path,
        licence=sensor.licence,
        attribution=sensor.attribution.format(product=product),
        simulated=simulated,
    )
    return RasterImage(
        scene=scene,
        sensor=sensor,
        bands=_with_counts(bands, scene, sensor, declared.counts),
        default_layer=_default(bands, sensor, collection),
        notes=notes,
        minimum_nights=sensor.minimum_nights if declared.minimum_nights is None else declared.minimum_nights,
    )


def _default(bands: Mapping[str, Band], sensor: Sensor, collection: str | None) -> str:
    """The sensor's default layer if it is there, else the first value layer, else the first band."""
    values = [name for name in bands if name == UNSTATED or _is_value(sensor, name, collection)]
    return sensor.default_layer if sensor.default_layer in values else (*values, *bands)[0]


def _refuse_pictures(file: Any, sensor: Sensor, path: Path) -> None:
    """A picture has no unit: bytes where the product has radiance, or colours."""
    stored = {layer.dtype for layers in sensor.layers.values() for layer in layers if layer.role == "value"}
    colours = {ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.palette} & set(file.colorinterp)
    if all(dtype == "uint8" for dtype in file.dtypes) and ("uint8" not in stored or colours):
        raise Refusal(
            "These are picture bytes, not radiance: they have no unit, and what was done to them is not known.",
            saw=f"{path.name}: {file.count} band{'s' if file.count > 1 else ''} of uint8 (0 to 255)",
            do=f"Measure the product itself ({sensor.unit}), not a picture of it; show the picture if you like.",
            code="picture-bytes",
        )


def _names(file: Any, path: Path, declared: Declared, sensor: Sensor, collection: str | None) -> Mapping[int, str]:
    """Which layer each band is: by its description, by the declaration, by the file's name, or not stated."""
    known = {naming.plain(layer.name): layer.name for layer in sensor.layers_of(collection)}
    found = {
        index: known[naming.plain(text)]
        for index, text in enumerate(file.descriptions, start=1)
        if text and naming.plain(text) in known
    }
    if found:
        return found
    if file.count > 1:
        raise InputError(
            "The file has several bands and does not say what they are.",
            saw=f"{path.name}: {file.count} bands, described as {list(file.descriptions)}",
            do=f"Name the bands as {sensor.title} does (such as {sensor.default_layer}), or give one band a file.",
            code="bands-unnamed",
        )
    if declared.layer is not None:
        return {1: sensor.layer(declared.layer, collection).name}
    return {1: naming.layer_in(path.name, sensor, collection) or _only(sensor, collection) or UNSTATED}


def _only(sensor: Sensor, collection: str | None) -> str | None:
    values = sensor.value_layers(collection)
    return values[0] if len(values) == 1 else None


def _band(file: Any, address: str, index: int, name: str, known: tuple[Sensor, str | None]) -> Band:
    """One band with the scale of its numbers: the file's, or the product's where it is stored as the product is."""
    sensor, collection = known
    name = sensor.default_layer if name == UNSTATED else name
    layer, dtype = sensor.layer(name, collection), file.dtypes[index - 1]
    scale, offset = file.scales[index - 1], file.offsets[index - 1]
    if (scale, offset) != (1.0, 0.0) or layer.role != "value" or dtype.startswith("float"):
        return Band(address, index, scale, offset)
    # Without a known collection the numbers are clear only where all collections store them alike.
    possible = [collection] if collection is not None else list(sensor.collections)
    stored = {(one.dtype, one.scale, one.offset) for c in possible for one in sensor.layers_of(c) if one.name == name}
    if len(stored) == 1 and dtype == layer.dtype:
        return Band(address, index, layer.scale, layer.offset)
    raise InputError(
        "The file holds whole numbers and does not say how to make radiance of them.",
        saw=f"{Path(address).name}: {dtype} without scale, collection {collection or 'not known'}",
        do="Say which collection it is (Collection 1 counts in steps of 0.1), or store it with its scale.",
        code="scale-unknown",
    )


def _notes(file: Any, bands: Mapping[str, Band], sensor: Sensor, collection: str | None) -> Notes:
    notes: list[tuple[str, str]] = []
    if UNSTATED in bands:
        notes.append(("layer-unstated", "The file does not say which of the product's layers it holds."))
    if collection is None and len(sensor.collections) > 1:
        notes.append(("collection-unknown", "Neither file nor name says which collection this is."))
    flagged = any(sensor.layer(name, collection).role in {"quality", "water"} for name in bands if name != UNSTATED)
    if file.nodata is not None and np.isnan(file.nodata) and not flagged:
        notes.append(("nan-unexplained", "Pixels without a value: the file can't tell sea from unseen."))
    if file.nodata is None and _has_zeros(file, bands, sensor, collection):
        notes.append(("zeros-undeclared", "No no-data value is declared and there are exact zeros: dark, or no data?"))
    return tuple(notes)


def _has_zeros(file: Any, bands: Mapping[str, Band], sensor: Sensor, collection: str | None) -> bool:
    """Whether a value band has an exact zero; reads on until the first."""
    values = [band for name, band in bands.items() if name == UNSTATED or _is_value(sensor, name, collection)]
    return any(
        (file.read(band.index, window=window) == 0).any() for band in values for _, window in file.block_windows()
    )


def _is_value(sensor: Sensor, name: str, collection: str | None) -> bool:
    return sensor.layer(name, collection).role == "value"


def _with_counts(bands: dict[str, Band], scene: Scene, sensor: Sensor, counts: Path | None) -> dict[str, Band]:
    """The bands with a separate file of counts beside them, where the product has such a layer."""
    name = next((layer.count for layer in _values(sensor, scene.collection) if layer.count), None)
    if counts is None or name is None:
        return bands
    source = gdal_address(counts)
    with examined(source, counts) as file:
        if not same_grid(file, scene.geobox):
            raise counts_grid(scene.path, counts.name)
    return {**bands, name: Band(source, 1)}


def _values(sensor: Sensor, collection: str | None) -> list[Layer]:
    return [layer for layer in sensor.layers_of(collection) if layer.role == "value"]


def gdal_address(path: Path) -> str:
    """How GDAL is told to open a file: through its own unpacker where the name ends in .gz."""
    return f"/vsigzip/{path}" if path.suffix == ".gz" else str(path)
