"""Sentinel-2 L2A products (SAFE, folder or zip): bands and the scene classification, with the product's own offset."""

from __future__ import annotations

import re
from pathlib import Path

from odc.geo.geobox import GeoBox

from dateline.core.errors import InputError
from dateline.imagery.readers.acquisition import About
from dateline.imagery.readers.band_files import BandFiles, Stored
from dateline.imagery.readers.opened import Declared
from dateline.imagery.readers.product_files import ProductFiles
from dateline.imagery.readers.product_xml import broken, moment, number, parse
from dateline.imagery.readers.raster_image import examined, geobox_of
from dateline.imagery.sensor import Sensor, sensors

SENSOR = "sentinel2_l2a"
PRODUCT = "S2-L2A"
_IMAGE = r"IMG_DATA/(?:R\d0m/)?[^/]*_({band})_(\d0)m\.jp2$"
_BY_NUMBER = ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B10", "B11", "B12")
"""The bands by the numbers that the product's metadata gives them."""


def open_s2(files: ProductFiles) -> tuple[BandFiles, ...]:
    """Opens a Level-2A product. Raises InputError `not-l2a`, `no-measurement`, `truncated`, `xml`.

    The offset and the divisor are those of its metadata: -1000 and 10000 from baseline 04.00 on (2022-01-25).
    """
    origin = f"{files.title}, MTD_MSIL2A.xml"
    if "MTD_MSIL2A.xml" not in files.names:
        raise InputError(
            "This Sentinel-2 product is not Level-2A.",
            saw=f"{files.title}: no MTD_MSIL2A.xml",
            do="Give the L2A product of the same image: surface reflectance with its scene classification.",
            code="not-l2a",
        )
    root = parse(files.read("MTD_MSIL2A.xml"), origin)
    divisor = number(root, ".//BOA_QUANTIFICATION_VALUE", origin)
    if divisor <= 0:
        raise broken(origin, f"BOA_QUANTIFICATION_VALUE is {divisor:g}")
    offsets = {
        _BY_NUMBER[place]: number(one, ".", origin)
        for one in root.iter("BOA_ADD_OFFSET")
        if 0 <= (place := _place(one.get("band_id", ""), origin)) < len(_BY_NUMBER)
    }
    sensor = sensors()[SENSOR]
    stored = _stored(files, sensor, divisor, offsets)
    about = About(
        id=files.title,
        at=moment(root, ".//PRODUCT_START_TIME", origin).replace(microsecond=0),
        sensor=sensor,
        product=PRODUCT,
        quantity="reflectance",
        platform=root.findtext(".//SPACECRAFT_NAME") or None,
        simulated=".simulated" in files.root.name,
    )
    baseline = (root.findtext(".//PROCESSING_BASELINE") or "").strip()
    grid = _finest(stored)
    return (BandFiles(about=about, stored=stored, grid=grid, collection="04" if baseline >= "04" else "03", sure=True),)


def _place(band: str, origin: str) -> int:
    if not band.isdecimal():
        raise broken(origin, f"band_id is {band!r}")
    return int(band)


def _stored(files: ProductFiles, sensor: Sensor, divisor: float, offsets: dict[str, float]) -> dict[str, Stored]:
    """Each band at its finest resolution."""
    found: dict[str, Stored] = {}
    for layer in sensor.layers_of("04"):
        names = files.match(_IMAGE.format(band=layer.name))
        if not names:
            continue
        name = min(names, key=lambda one: int(re.findall(r"_(\d0)m\.jp2$", one)[0]))
        source, path = files.address(name), files.path(name)
        with examined(source, path) as raster:
            geobox, _ = geobox_of(raster, Path(name), Declared(), sensor)
        value = layer.role == "value"
        found[layer.name] = Stored(
            source=source,
            path=path,
            index=1,
            geobox=geobox,
            scale=1 / divisor if value else 1.0,
            offset=offsets.get(layer.name, 0.0) / divisor if value else 0.0,
            nodata=0.0 if value else None,
        )
    if not any(name != "SCL" for name in found):
        raise InputError(
            "The product has no image, only what lies beside it.",
            saw=f"{files.title}: {len(files.names)} files",
            do="Download the whole product.",
            code="no-measurement",
        )
    return found


def _finest(stored: dict[str, Stored]) -> GeoBox:
    return min((band.geobox for band in stored.values()), key=lambda box: abs(box.affine.a))
