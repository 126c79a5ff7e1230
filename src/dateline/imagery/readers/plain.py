"""Files with bands told apart and brought together: which band, which moment, which product, one acquisition each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from odc.geo.geobox import GeoBox

from dateline.core.errors import InputError, Refusal, UsageError
from dateline.imagery.catalog.black_marble import SIMULATED_SUFFIX
from dateline.imagery.chip import Direction, Pass
from dateline.imagery.readers import mark, stamps
from dateline.imagery.readers.acquisition import About, Told
from dateline.imagery.readers.band_files import BandFiles, Stored
from dateline.imagery.readers.opened import Declared, Notes
from dateline.imagery.readers.raster import SIMULATED_TAG, gdal_address
from dateline.imagery.readers.raster_image import examined, geobox_of
from dateline.imagery.resample import bounds_of, is_metric, true_pixel, utm_grid
from dateline.imagery.sensor import Quantity, Sensor, sensor_for, sensors

RADAR = ("VV", "VH", "HH", "HV")
INDEX = "index_declared"
"""The sensor whose single band need not be named, and whose values may be bytes."""
PICTURE = "picture_declared"
"""The sensor whose values are the bytes of a picture: a user says so, and methods that measure refuse them."""
_GENERIC = {"radar_declared": "radar", "optical_declared": "optical"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """One file with what it says of itself."""

    path: Path
    key: str
    moment: stamps.Moment
    sensor: Sensor
    product: str
    said: bool
    quantity: Quantity | None
    stored: Mapping[str, Stored]
    orbit: int | None
    direction: Direction | None
    geometry: Mapping[str, float]
    platform: str | None
    collection: str | None
    simulated: bool


def open_plain(paths: Iterable[Path], told: Told) -> tuple[BandFiles, ...]:
    """Plain files as acquisitions, in order of time.

    Time, orbit and quantity come from TIFF tags (DATELINE_TIME …), then the table, then the name of the file or its
    folder. Raises InputError `no-date`, `band-unknown`, `band-mismatch`, `doubled-band`, `mixed-grids`, `no-crs`,
    `truncated`; Refusal `picture-bytes`, `not-backscatter`; UsageError `product`.
    """
    groups: dict[tuple[Any, ...], list[_File]] = {}
    for path in paths:
        file = _read(path, told)
        groups.setdefault((path.parent, file.key, file.moment.at), []).append(file)
    made = [_acquisition(files) for files in groups.values()]
    return tuple(sorted(made, key=lambda one: (one.about.at, one.about.id)))


def _read(path: Path, told: Told) -> _File:
    row = told.rows.get(path.name, {})
    with examined(gdal_address(path), path) as raster:
        tags = {key.upper(): text for key, text in raster.tags().items()}
        text = f"{path.parent.name}/{path.name}"
        sensor, product, said = _product(path, told, row, tags, raster)
        names = _band_names(raster, path, sensor)
        _refuse_pictures(raster, path, sensor, names)
        geobox, _ = geobox_of(raster, path, Declared(crs=told.crs), sensor)
        marked = _carries_mark(raster)
        collection = told.collection or stamps.baseline_in(text)
        stored = {
            name: _stored(raster, path, index, geobox, (sensor, product, collection, name))
            for index, name in names.items()
        }
    only = next(iter(names.values())) if len(names) == 1 else None
    text += tags.get("POST_RTC_OPERA_IDS", "")[:100]  # a change metric names the passes it was made of
    orbit = _word(tags.get("DATELINE_ORBIT")) or row.get("orbit") or stamps.orbit_in(text)
    return _File(
        path=path,
        key=stamps.without_band(path.name.partition(".tif")[0], only),
        moment=_moment(path, row, tags),
        sensor=sensor,
        product=product,
        said=said,
        quantity=_quantity(tags, path, None if told.product is None else sensor.products[product].quantity),
        stored=stored,
        orbit=None if orbit is None else _orbit(str(orbit), path),
        direction=_direction(_word(tags.get("DATELINE_DIRECTION")) or row.get("direction"), path),
        geometry=_geometry(tags, path),
        platform=tags.get("DATELINE_PLATFORM") or stamps.platform_in(text),
        collection=collection if collection in sensor.collections else None,
        simulated=marked or SIMULATED_SUFFIX in path.name or bool({"SIMULATED", SIMULATED_TAG.upper()} & set(tags)),
    )


def _word(tag: str | None) -> str | None:
    """A tag's text, unless it says that there is none."""
    return None if tag is None or tag.strip().lower() in {"", "none"} else tag


def _carries_mark(raster: Any) -> bool:
    """Whether the south-east corner says SIMULATED in its pixels, whatever name and tags say now."""
    if raster.height < mark.WORD.shape[0] or raster.width < mark.WORD.shape[1]:
        return False
    if not str(raster.dtypes[0]).startswith("float"):
        return False
    rows, columns = mark.corner((raster.height, raster.width))
    return mark.carries(
        raster.read(1, window=((rows.start, rows.stop), (columns.start, columns.stop))).astype(np.float32)
    )


def _moment(path: Path, row: Mapping[str, str], tags: Mapping[str, str]) -> stamps.Moment:
    if text := tags.get("DATELINE_TIME") or row.get("time"):
        return stamps.read_moment(text, path.name)
    found = stamps.moment_in(path.name) or stamps.moment_in(path.parent.name)
    if found is None:
        raise InputError(
            "The file does not say when it was seen.",
            saw=path.name,
            do="Put the time into its name (20240204T232812), into its tag DATELINE_TIME, or give a table with the "
            "columns file and time (times.csv) beside the images.",
            code="no-date",
        )
    return found


def _product(
    path: Path, told: Told, row: Mapping[str, str], tags: Mapping[str, str], raster: Any
) -> tuple[Sensor, str, bool]:
    """The sensor, the product, and whether anybody said so: else the kind of its bands alone."""
    named = told.product or row.get("product") or tags.get("DATELINE_SENSOR")
    if named is not None:
        known = sensors()
        sensor = known[named] if named in known else sensor_for(named)
        product = named if named in sensor.products else next(iter(sensor.products))
        _check_cut(product, sensor)
        return sensor, product, True
    for sensor in sensors().values():
        chips = {name: product for name, product in sensor.products.items() if product.quantity is not None}
        if chips and any(re.search(alias, f"{path.parent.name}/{path.name}") for alias in sensor.aliases):
            return sensor, next(iter(chips)), True
    for name, product in _GENERIC.items():
        sensor = sensors()[name]
        if any(text and stamps.band_in(text, (sensor,)) for text in (path.stem, *raster.descriptions)):
            return sensor, product, False
    colours = set(raster.dtypes) == {"uint8"} and (raster.count > 1 or raster.nodata is None)
    raise _picture(raster, path) if colours else _unknown(path, raster)


def _check_cut(product: str, sensor: Sensor) -> None:
    if sensor.products[product].quantity is None:
        chips = [name for one in sensors().values() for name, told in one.products.items() if told.quantity is not None]
        raise UsageError(
            "This product is not cut into chips: it is light, by night or month.",
            saw=product,
            do=f"Choose from {', '.join(sorted(chips))}.",
            code="product",
        )


def _unknown(path: Path, raster: Any) -> Refusal:
    return Refusal(
        "Nothing says that these numbers are backscatter or reflectance.",
        saw=f"{path.name}: bands described as {list(raster.descriptions)}",
        do="Name the band (VV, VH, B02 …) in the file or its name; or say --product index if it is another number "
        "a pixel, such as a change metric or codes.",
        code="not-backscatter",
    )


def _band_names(raster: Any, path: Path, sensor: Sensor) -> dict[int, str]:
    """Band names by number: from descriptions, else of a single band from the file's name.

    Raises InputError `band-unknown`; `band-mismatch` where description and name disagree.
    """
    if sensor.id == PICTURE:
        return {1: "red", 2: "green", 3: "blue"} if raster.count >= 3 else {1: "grey"}
    described = {i: stamps.band_in(text, (sensor,)) for i, text in enumerate(raster.descriptions, 1) if text}
    found = {index: name for index, name in described.items() if name is not None}
    inside = stamps.band_in(path.stem, (sensor,))
    if raster.count == 1 and found and inside is not None and found[1] != inside:
        raise InputError(
            "The file's name says another band than the file does.",
            saw=f"{path.name}: described as {found[1]}",
            do="Find out which is right, and rename the file or mend its band description.",
            code="band-mismatch",
        )
    if not found and raster.count == 1:
        single = inside or (sensor.default_layer if sensor.id == INDEX else None)
        found = {} if single is None else {1: single}
    if not found or len(set(found.values())) < len(found):
        raise InputError(
            "The file does not say which bands it has.",
            saw=f"{path.name}: {raster.count} bands, described as {list(raster.descriptions)}",
            do=f"Describe each band ({', '.join(sensor.value_layers(None)[:4])} …), or give one band a file with the "
            "band in its name.",
            code="band-unknown",
        )
    return found


def _refuse_pictures(raster: Any, path: Path, sensor: Sensor, names: Mapping[int, str]) -> None:
    """Bytes are colours wherever a sensor's values are not bytes: no reflectance, no backscatter."""
    values = [index for index, name in names.items() if sensor.layer(name, None).role == "value"]
    if sensor.id not in {INDEX, PICTURE} and any(raster.dtypes[index - 1] == "uint8" for index in values):
        raise _picture(raster, path)


def _picture(raster: Any, path: Path) -> Refusal:
    return Refusal(
        "These are picture bytes: they have no unit, and what was done to them is not known.",
        saw=f"{path.name}: {raster.count} band{'s' if raster.count > 1 else ''} of uint8 (0 to 255)",
        do="Measure the product itself (reflectance, backscatter), not a picture of it; or say --product picture to "
        "have places ranked for people to look at.",
        code="picture-bytes",
    )


def _stored(raster: Any, path: Path, index: int, geobox: GeoBox, known: tuple[Sensor, str, str | None, str]) -> Stored:
    """One band with the scale of its numbers: the file's, else the product's where it is stored as whole numbers."""
    sensor, product, collection, name = known
    layer = sensor.layer(name, collection)
    scale, offset = float(raster.scales[index - 1]), float(raster.offsets[index - 1])
    whole = not str(raster.dtypes[index - 1]).startswith("float")
    if (scale, offset) == (1.0, 0.0) and whole:
        scale, offset = sensor.products[product].scale * layer.scale, layer.offset
    amplitude = whole and name in RADAR and scale == 1.0
    return Stored(
        source=gdal_address(path),
        path=path,
        index=index,
        geobox=geobox,
        scale=scale,
        offset=offset,
        nodata=0.0 if amplitude else layer.fill,
        amplitude=amplitude,
    )


def _quantity(tags: Mapping[str, str], path: Path, declared: Quantity | None) -> Quantity | None:
    found = tags.get("DATELINE_QUANTITY")
    if None not in {found, declared} and found != declared:
        raise UsageError(
            "The file says another quantity than you do.",
            saw=f"{path.name}: {found}; declared: {declared}",
            do="Leave --product out: the file's own tag counts.",
            code="product-mismatch",
        )
    match found:
        case "sigma0" | "gamma0" | "reflectance" | "relative" | None:
            return found
    raise InputError(
        "The tag DATELINE_QUANTITY says something unknown.",
        saw=repr(found),
        do="Write sigma0, gamma0, reflectance or relative.",
        code="quantity",
    )


def _direction(text: str | None, path: Path) -> Direction | None:
    match (text or "").lower():
        case "":
            return None
        case "ascending" | "asc" | "a":
            return "ascending"
        case "descending" | "desc" | "d":
            return "descending"
    raise InputError(
        "A direction is ascending or descending.", saw=f"{path.name}: {text!r}", do="Mend it.", code="direction"
    )


def _orbit(text: str, path: Path) -> int:
    if not text.strip().isdigit():
        raise InputError(
            "A relative orbit is a whole number.", saw=f"{path.name}: {text!r}", do="Mend it.", code="orbit"
        )
    return int(text)


def _acquisition(files: list[_File]) -> BandFiles:
    first = min(files, key=lambda file: (true_pixel(next(iter(file.stored.values())).geobox)[0], file.path.name))
    _check_one(files)
    stored = {
        name: band for file in sorted(files, key=lambda file: file.path.name) for name, band in file.stored.items()
    }
    native = next(iter(first.stored.values())).geobox
    grid = native if is_metric(native) else utm_grid(bounds_of(native), round(min(true_pixel(native)), 3))
    product = first.sensor.products[first.product]
    quantity, notes = _settled(first, stored, product.quantity)
    about = About(
        id=first.key,
        at=first.moment.at,
        day_only=first.moment.day_only,
        sensor=first.sensor,
        product=first.product,
        quantity=quantity,
        platform=first.platform,
        radar=_pass(first),
        simulated=any(file.simulated for file in files),
        notes=(*notes, *_grid_notes(native, first.moment)),
    )
    return BandFiles(about=about, stored=stored, grid=grid, collection=first.collection)


def _pass(file: _File) -> Pass | None:
    is_radar = bool(set(RADAR) & set(file.sensor.value_layers(None)))
    if not is_radar and not (file.platform or "").startswith("Sentinel-1"):
        return None
    known = {"wavelength": file.sensor.wavelength, "looks": file.sensor.looks} | dict(file.geometry)
    return Pass(relative_orbit=file.orbit, direction=file.direction, **known)


def _geometry(tags: Mapping[str, str], path: Path) -> dict[str, float]:
    """The numbers of a Pass that tags tell: DATELINE_HEADING, _INCIDENCE, _SLANT_RANGE, _SPEED, _PRF, _LOOKS …"""
    made: dict[str, float] = {}
    for name in ("heading", "incidence", "slant_range", "speed", "prf", "wavelength", "looks"):
        told = _word(tags.get(f"DATELINE_{name.upper()}"))
        if told is None:
            continue
        try:
            made[name] = float(told)
        except ValueError as error:
            raise InputError(
                "A tag of the file is no number.", saw=f"{path.name}: {name} = {told!r}", do="Mend the tag.", code="tag"
            ) from error
    return made


def _check_one(files: list[_File]) -> None:
    """Raises InputError where files of one moment cannot be one image."""
    names = [name for file in files for name in file.stored]
    if doubled := sorted({name for name in names if names.count(name) > 1}):
        raise InputError(
            "Two files of one moment have the same band.",
            saw=f"{', '.join(file.path.name for file in files)}: {', '.join(doubled)}",
            do="Give each band once.",
            code="doubled-band",
        )
    crs = {str(band.geobox.crs) for file in files for band in file.stored.values()}
    if len(crs) > 1 or len({file.product for file in files}) > 1:
        raise InputError(
            "The bands of one moment do not belong together.",
            saw=", ".join(f"{file.path.name}: {file.product}" for file in files) + f"; {', '.join(sorted(crs))}",
            do="Give bands of one product in one reference system.",
            code="mixed-products",
        )


def _settled(file: _File, stored: Mapping[str, Stored], product: Quantity | None) -> tuple[Quantity, Notes]:
    """What the values are. Plain numbers of a product that needs calibration beside it are relative."""
    radar = bool(set(RADAR) & set(stored))
    uncalibrated = radar and any(band.amplitude for band in stored.values())
    if file.quantity is not None and not (uncalibrated and file.quantity != "relative"):
        return file.quantity, ()
    if uncalibrated:
        return "relative", (
            ("uncalibrated", "Whole numbers without calibration, read as amplitudes: levels are relative only."),
        )
    if not file.said or (file.sensor.reader == "safe" and radar):
        return "relative", (
            ("quantity-undeclared", "The file does not say what its numbers are: levels are relative."),
        )
    return product or "relative", ()


def _grid_notes(native: GeoBox, moment: stamps.Moment) -> Notes:
    notes: list[tuple[str, str]] = []
    if moment.day_only:
        notes.append(("day-only", "Only the day of the image is known, not its hour."))
    if not is_metric(native):
        notes.append(("from-degrees", "The image counts in degrees and was brought to a UTM grid."))
    elif native.crs is not None and native.crs.epsg == 3857:
        height, width = true_pixel(native)
        step = abs(native.affine.a)
        text = f"Web Mercator: a pixel called {step:.2f} m is {height:.2f} by {width:.2f} m on the ground."
        notes.append(("web-mercator", text))
    return tuple(notes)
