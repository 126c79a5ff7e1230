"""Reads NetCDF cubes (classic and HDF5) of a declared product: one image a frame, indexed by date."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from odc.geo.geobox import GeoBox

from dateline.core.errors import InputError, Refusal
from dateline.core.when import When
from dateline.imagery.readers import naming
from dateline.imagery.readers.opened import Declared, Notes
from dateline.imagery.readers.raster_image import (
    UNSTATED,
    Band,
    RasterImage,
    counts_grid,
    examined,
    geobox_of,
    read_band,
    same_grid,
)
from dateline.imagery.scene import Scene
from dateline.imagery.sensor import Sensor, sensor_for

_COUNT_NAMES = ("clouds", "cf_cvg", "counts")
"""What stands in the name of a count cube where the value cube's name says `radiance`."""

_UNIT = re.compile(r"(seconds?|minutes?|hours?|days?)\s+since\s+(\d{4}-\d{1,2}-\d{1,2})", re.IGNORECASE)


def open_netcdf(path: Path, declared: Declared) -> tuple[RasterImage, ...]:
    """Opens a cube: an image for each frame, in order of time.

    A date that occurs twice is dropped with a note where both frames are equal, and refused where they differ (code
    `doubled-frame`). Raises UsageError `product`; InputError `no-crs`, `no-date`, `no-variable`, `counts-grid`.
    """
    product = naming.product_of(path.name, declared.product)
    sensor = sensor_for(product)
    address = _variable(path, declared, sensor)
    with examined(address, path) as file:
        geobox, grid_notes = geobox_of(file, path, declared, sensor)
        times = _times(file, path, declared, sensor, product)
    counts, count_notes = _counts(path, declared, sensor, geobox, len(times))
    base = _image(path, declared, product, geobox, grid_notes + count_notes)
    frames = [_frame(base, when, address, index, counts) for index, when in enumerate(times, start=1)]
    return _by_date(frames)


def _image(path: Path, declared: Declared, product: str, geobox: GeoBox, notes: Notes) -> RasterImage:
    """What all frames share."""
    sensor = sensor_for(product)
    collection = declared.collection or naming.collection_in(path.name, sensor)
    if collection is None and len(sensor.collections) > 1:
        notes += (("collection-unknown", "Neither file nor name says which collection this is."),)
    scene = Scene(
        id=path.stem,
        product=product,
        collection=collection,
        platform=declared.platform or sensor.products[product].platform,
        when=When.on(date(1, 1, 1)),
        geobox=geobox,
        path=path,
        licence=sensor.licence,
        attribution=sensor.attribution.format(product=product),
    )
    layer = declared.layer or naming.layer_in(path.name, sensor, collection) or UNSTATED
    if layer == UNSTATED:
        notes += (("layer-unstated", "The file does not say which of the product's layers it holds."),)
    return RasterImage(
        scene=scene,
        sensor=sensor,
        bands={},
        default_layer=layer,
        notes=notes,
        minimum_nights=sensor.minimum_nights if declared.minimum_nights is None else declared.minimum_nights,
    )


def _frame(base: RasterImage, when: When, address: str, index: int, counts: tuple[str, str] | None) -> RasterImage:
    bands = {base.default_layer: Band(address, index)}
    if counts is not None:
        bands[counts[0]] = Band(counts[1], index)
    scene = replace(base.scene, id=f"{base.scene.id}@{when.edtf()}", when=when)
    return replace(base, scene=scene, bands=bands)


def _by_date(frames: list[RasterImage]) -> tuple[RasterImage, ...]:
    kept: dict[str, RasterImage] = {}
    for frame in sorted(frames, key=lambda frame: frame.scene.when.edtf()):
        day = frame.scene.when.edtf()
        kept[day] = _same(kept[day], frame) if day in kept else frame
    return tuple(kept.values())


def _same(first: RasterImage, second: RasterImage) -> RasterImage:
    """The first of two frames of one date, with a note; refuses where they differ."""
    for name in first.bands:
        one, other = (
            read_band(image.bands[name], image.scene.path, slice(None), slice(None)) for image in (first, second)
        )
        if not np.array_equal(one.filled(), other.filled()):
            raise Refusal(
                "Two frames of the cube have the same date and different values.",
                saw=f"{first.scene.path.name}: {first.scene.when.edtf()}, {name}",
                do="Find out which one is right and give the cube without the other.",
                code="doubled-frame",
            )
    text = f"{first.scene.when.edtf()} occurs twice with equal values; the second was dropped."
    return replace(first, notes=(*first.notes, ("doubled-frame", text)))


def _variable(path: Path, declared: Declared, sensor: Sensor) -> str:
    """GDAL's address of the cube's data variable: the declared layer's, the product's, or the only one."""
    with examined(f"netcdf:{path}", path) as file:
        parts = [part for part in file.subdatasets if not re.search(r"_?(bnds|bounds)$", part)]
        if not parts:
            return f"netcdf:{path}"
    wanted = {naming.plain(name) for name in (declared.layer, *sensor.value_layers(None)) if name}
    named = [part for part in parts if naming.plain(part.rsplit(":", 1)[1]) in wanted]
    if len(named or parts) != 1:
        names = [part.rsplit(":", 1)[1] for part in parts]
        raise InputError(
            "The file has several variables and it is not clear which one to measure.",
            saw=f"{path.name}: {', '.join(names)}",
            do="Say the layer by its variable's name.",
            code="no-variable",
        )
    return str((named or parts)[0])


def _times(file: Any, path: Path, declared: Declared, sensor: Sensor, product: str) -> list[When]:
    tags = file.tags()
    values, unit = tags.get("NETCDF_DIM_time_VALUES"), _UNIT.match(tags.get("time#units", ""))
    if values is None or unit is None:
        when = declared.when or naming.when_in(path.name, sensor, product)
        if when is None or file.count != 1:
            raise naming.no_date(path.name, sensor.period)
        return [when]
    _refuse_calendar(tags.get("time#calendar", "standard"), path)
    step = timedelta(**{unit[1].lower().rstrip("s") + "s": 1})
    year, month, day = map(int, unit[2].split("-"))
    start = datetime(year, month, day)  # noqa: DTZ001  only its day is used
    return [_period((start + float(value) * step).date(), sensor) for value in values.strip("{}").split(",")]


def _refuse_calendar(name: str, path: Path) -> None:
    if name.lower() not in {"standard", "gregorian", "proleptic_gregorian"}:
        raise InputError(
            "The file counts its days in a calendar that is not ours.",
            saw=f"{path.name}: calendar {name}",
            do="Convert its times to the standard calendar.",
            code="no-date",
        )


def _period(day: date, sensor: Sensor) -> When:
    match sensor.period:
        case "month":
            return When.month(day.year, day.month)
        case "year":
            return When.year(day.year)
    return When.on(day)


def _counts(
    path: Path, declared: Declared, sensor: Sensor, geobox: GeoBox, frames: int
) -> tuple[tuple[str, str] | None, Notes]:
    """Layer name and address of the cube of counts, given or found beside the values, and what to say of it."""
    described = sensor.layer(sensor.default_layer, None)
    if described.count is None:
        return None, ()
    found = declared.counts or _beside(path)
    if found is None:
        return None, (("counts-missing", "No cube of counts beside the values: zeros count as not observed."),)
    address = _variable(found, Declared(layer=described.count), sensor)
    with examined(address, found) as file:
        if not same_grid(file, geobox) or file.count != frames:
            raise counts_grid(path, found.name)
    return (described.count, address), (("counts-beside", f"Looks counted by {found.name}."),)


def _beside(path: Path) -> Path | None:
    if "radiance" not in path.name:
        return None
    others = (path.with_name(path.name.replace("radiance", word)) for word in _COUNT_NAMES)
    return next((other for other in others if other.is_file()), None)
