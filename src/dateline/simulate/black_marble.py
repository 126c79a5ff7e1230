"""Writes simulated Black Marble tiles, true to the format: all layers, types, fills and attributes; always marked.

The mark is in the file's name (`.simulated` before `.h5`), in its attributes, and in its pixels: the word SIMULATED as
light in the tile's south-east corner, over pixels whose flags say that nothing was observed there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from dateline.core.errors import UsageError
from dateline.imagery import mask
from dateline.imagery.catalog.black_marble import Granule, Key, Tile, first_day, period
from dateline.imagery.readers import mark
from dateline.imagery.readers.black_marble import SIMULATED_ATTRIBUTE
from dateline.imagery.scene import Pixels
from dateline.imagery.sensor import Layer, Sensor, sensor_for
from dateline.simulate.composite import Layers, composite
from dateline.simulate.daily import at_sensor, corrected
from dateline.simulate.world import Window, World

CHUNK = 240
"""Stored blocks [px]; blocks outside the window are never written and cost nothing."""

_SIZE = 2400
_STAMP = "2026001000000"
_LONG = {
    "1": "Daily Gridded Day Night Band 15 arc-second Linear Lat Lon Grid Night",
    "2": "Gap-Filled Lunar BRDF-Adjusted Nighttime Lights Daily L3 Global 15 arc-second Linear Lat Lon Grid",
    "3": "Lunar BRDF-Adjusted Nighttime Lights Monthly L3 Global 15 arc second Linear Lat Lon Grid",
    "4": "Lunar BRDF-Adjusted Nighttime Lights Yearly L3 Global 15 arc second Linear Lat Lon Grid",
}
_SHORT_NAMES = {"Suomi-NPP": ("SUOMI-NPP", "NPP_OPS"), "NOAA-20": ("JPSS-1", "J01_OPS")}


def simulate_layers(
    world: World, product: str, day: date, window: Window, *, names: Sequence[str] | None = None
) -> Layers:
    """All layers of a product over a window, without writing a file: physical values, NaN where there is none.

    names: of composites only these, with their companions. Raises UsageError for a product that is not Black Marble's.
    """
    sensor = sensor_for(product)
    platform = sensor.products[product].platform
    if sensor.reader != "black_marble" or platform is None:
        raise UsageError(
            "Only Black Marble products can be simulated.", saw=product, do="Choose VNP46A1-A4 or VJ146A1-A4."
        )
    makers: dict[str, Callable[[], Layers]] = {
        "1": lambda: at_sensor(world, window, day, platform=platform),
        "2": lambda: corrected(world, window, day, platform=platform),
        "3": lambda: composite(world, window, day, platform=platform, names=names),
        "4": lambda: composite(world, window, day, platform=platform, names=names, yearly=True),
    }
    return makers[product[-1]]()


def simulate_pixels(
    world: World,
    product: str,
    day: date,
    window: Window,
    *,
    layer: str | None = None,
    minimum_nights: int | None = None,
) -> Pixels:
    """What reading one layer of the simulated tile would give over the window, without writing it: for many runs.

    layer: default the sensor's. Collection 2; the mark is not in it. States come from the same rules as a file's.
    """
    sensor = sensor_for(product)
    described = sensor.layer(layer or sensor.default_layer, "2")
    names = (described.name, described.name.replace("Snow_Free", "Snow_Covered"))
    layers: dict[str, Any] = simulate_layers(world, product, day, window, names=names)
    nights = layers.get(described.count) if described.count else None
    beside = mask.Beside(
        fetch=layers.get,
        nights=nights,
        minimum=sensor.minimum_nights if minimum_nights is None else minimum_nights,
        floor=sensor.floor("2"),
    )
    values = layers[described.name]
    return Pixels(values, mask.states(values, described, sensor.collection("2"), beside), nights)


def write_tile(
    folder: Path,
    world: World,
    product: str,
    day: date,
    window: Window,
    *,
    collection: str = "2",
    stamp: str = _STAMP,
) -> Path:
    """Writes one simulated tile and returns its path; only the window carries data, the rest of the tile is fill.

    day: any day of the tile's night, month or year. The file appears under its name only when it is whole.
    """
    sensor = sensor_for(product)
    granule = Granule(Key(product, collection, window.tile, first_day(product, day)), stamp, simulated=True)
    layers = simulate_layers(world, product, granule.key.day, window)
    folder.mkdir(parents=True, exist_ok=True)
    path, part = folder / granule.name, folder / f"{granule.name}.part"
    with h5py.File(part, "w") as file:
        _write_attributes(file, granule, sensor)
        group = file.create_group(sensor.collection(collection).groups[0])
        for layer in sensor.layers_of(collection):
            _write_layer(group, layer, layers[layer.name.removesuffix("_500m")], window)
        _write_axes(group, window.tile)
        information = file.create_group("HDFEOS INFORMATION")
        information.attrs["HDFEOSVersion"] = np.bytes_("HDFEOS_5.1.16")
        information.create_dataset(
            "StructMetadata.0", data=np.array(_structure(window.tile, group.name), dtype="S32000")
        )
    part.replace(path)
    return path


def _write_attributes(file: Any, granule: Granule, sensor: Sensor) -> None:
    key, span = granule.key, period(granule.key.product, granule.key.day)
    short, instrument = _SHORT_NAMES[sensor.products[key.product].platform or ""]
    satellite = "NPP" if short == "SUOMI-NPP" else "JPSS-1"
    west, south, east, north = key.tile.bounds
    told = {
        "ShortName": key.product,
        "LongName": f"SIMULATED by dateline: VIIRS/{satellite} {_LONG[key.product[-1]]}",
        "VersionID": f"{int(key.collection):03d}",
        "TileID": f"61{key.tile.h:03d}{key.tile.v:03d}",
        "HorizontalTileNumber": f"{key.tile.h:02d}",
        "VerticalTileNumber": f"{key.tile.v:02d}",
        "PlatformShortName": short,
        "SatelliteInstrument": instrument,
        "DataResolution": "15 arc second",
        "DayNightFlag": "Night",
        "Conventions": "CF-1.6",
        "RangeBeginningDate": str(span.earliest),
        "RangeEndingDate": str(span.latest),
        "LocalGranuleID": granule.name,
        "PGEVersion": "2.0.3",
        "identifier_product_doi": f"none: simulated in the form of {key.product}",
        SIMULATED_ATTRIBUTE: "true: an invented coast; not an observation of any place",
    }
    for name, text in told.items():
        file.attrs[name] = np.bytes_(text)
    kind = np.float64 if key.product.endswith("A1") else np.float32
    for name, value in (("West", west), ("South", south), ("East", east), ("North", north)):
        file.attrs[f"{name}BoundingCoord"] = kind(value)
    file.create_group("HDFEOS/ADDITIONAL/FILE_ATTRIBUTES")


def _write_layer(group: Any, layer: Layer, values: Any, window: Window) -> None:
    """One layer: fill everywhere, the window's values, the mark."""
    dtype = np.dtype(layer.dtype)
    fill: Any = dtype.type(layer.fill)
    dataset = group.create_dataset(
        layer.name,
        shape=(_SIZE, _SIZE),
        dtype=dtype,
        chunks=(CHUNK, CHUNK),
        compression="gzip",
        compression_opts=1,
        fillvalue=fill,
    )
    dataset[window.rows, window.columns] = _stored(values, layer)
    _write_mark(dataset, layer, fill)
    dataset.attrs["_FillValue"] = np.array([fill])
    dataset.attrs["long_name"] = np.bytes_(layer.name.replace("_", " "))
    dataset.attrs["units"] = np.bytes_(_UNITS.get(layer.unit, "flag, no units"))
    if layer.role not in {"quality", "cloud", "snow"} or layer.name.endswith("_Quality"):
        dataset.attrs["scale_factor"] = np.array([layer.scale])
        daily_raw = any(name.startswith("DNB_At_Sensor") for name in group)
        dataset.attrs["add_offset" if daily_raw else "offset"] = np.array([layer.offset])
    if layer.dtype == "float32":
        dataset.attrs["valid_range"] = np.bytes_(">= 0.0 \n")  # text, as in the real files


_UNITS = {
    "nW cm-2 sr-1": "nWatts/(cm^2 sr)",
    "night": "number of observations",
    "degree": "degrees",
    "K": "Kelvins",
    "h": "decimal hours",
    "day": "Number of Days \n",
    "nW cm-2": "nWatts/cm^2 \n",
    "%": "percentage",
    "W m-2 um-1 sr-1": "W/(m2 micron sr)",
}


def _stored(values: Any, layer: Layer) -> Any:
    """Values as the file stores them: scaled, rounded, fill where there is none."""
    dtype = np.dtype(layer.dtype)
    assert layer.fill is not None  # all Black Marble layers have one
    if values.dtype == dtype:
        return np.where(np.isnan(values), dtype.type(layer.fill), values) if dtype.kind == "f" else values
    missing = np.isnan(values)
    limits = np.iinfo(dtype)
    raw = np.rint((np.where(missing, 0, values).astype(float) - layer.offset) / layer.scale)
    return np.where(missing, layer.fill, raw.clip(limits.min, limits.max)).astype(dtype)


def _write_mark(dataset: Any, layer: Layer, fill: Any) -> None:
    there = mark.corner((_SIZE, _SIZE))
    if layer.role == "value":
        word = np.where(mark.WORD, mark.LIGHT / layer.scale, fill)
        dataset[there] = np.rint(word) if np.dtype(layer.dtype).kind in "iu" else word
    else:
        dataset[there] = 0 if layer.role == "count" else fill


def _write_axes(group: Any, tile: Tile) -> None:
    """lat and lon hold the pixels' upper-left corners, as published files seem to; no reader should use them."""
    west, _, _, north = tile.bounds
    for name, start, step in (("lat", north, -10 / _SIZE), ("lon", west, 10 / _SIZE)):
        dataset = group.create_dataset(name, data=start + step * np.arange(_SIZE), dtype="f8")
        dataset.attrs["_CoordinateAxisType"] = np.bytes_(name.capitalize())
        dataset.attrs["_FillValue"] = np.float32(-999.9)


def _structure(tile: Tile, group: str) -> str:
    west, south, east, north = tile.bounds
    corners = [f"({_packed(x)},{_packed(y)})" for x, y in ((west, north), (east, south))]
    return (
        "GROUP=SwathStructure\nEND_GROUP=SwathStructure\nGROUP=GridStructure\n\tGROUP=GRID_1\n"
        f'\t\tGridName="{group.split("/")[3]}"\n\t\tXDim={_SIZE}\n\t\tYDim={_SIZE}\n'
        f"\t\tUpperLeftPointMtrs={corners[0]}\n\t\tLowerRightMtrs={corners[1]}\n"
        "\t\tProjection=HE5_GCTP_GEO\n\t\tGridOrigin=HE5_HDFE_GD_UL\n\tEND_GROUP=GRID_1\n"
        "END_GROUP=GridStructure\nEND\n"
    )


def _packed(degrees: float) -> str:
    """Whole degrees as DDDMMMSSS.ss."""
    return f"{int(degrees) * 1_000_000}.00"
