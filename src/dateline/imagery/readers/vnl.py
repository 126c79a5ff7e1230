"""Reads EOG's VIIRS night lights: monthly and annual GeoTIFFs, with the counts of looks (cf_cvg) beside them."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from dateline.imagery.readers import naming
from dateline.imagery.readers.opened import Declared
from dateline.imagery.readers.raster import gdal_address, open_raster
from dateline.imagery.readers.raster_image import RasterImage
from dateline.imagery.sensor import sensor_for

_NAME = re.compile(r"(?P<stem>.+?)\.(?P<layer>[a-z][a-z0-9_]*(?:\.masked)?)(?P<dat>\.dat)?\.tiff?(?P<gz>\.gz)?")


def open_vnl(path: Path, declared: Declared) -> RasterImage:
    """Opens one EOG file; the counts are found by name in the same folder.

    Without counts an exact zero of an unmasked layer is "not observed": EOG prints zero where nothing was seen
    and nowhere else. Raises what open_raster raises.
    """
    product = naming.product_of(path.name, declared.product)
    sensor = sensor_for(product)
    match = _NAME.fullmatch(path.name)
    named = match["layer"] if match else None
    known = {layer.name for layer in sensor.layers_of(None)}
    layer = declared.layer or (named if named in known else None)
    counts = declared.counts or (_beside(path, match["stem"]) if match else None)
    image = open_raster(path, replace(declared, layer=layer, counts=counts), source=gdal_address(path))
    return replace(image, notes=tuple(note for note in image.notes if note[0] != "zeros-undeclared") + _notes(image))


def _beside(path: Path, stem: str) -> Path | None:
    """The count file of the same composite: …cf_cvg.tif, with .dat and .gz or without."""
    endings = (".cf_cvg.tif", ".cf_cvg.dat.tif", ".cf_cvg.tif.gz", ".cf_cvg.dat.tif.gz")
    return next((path.with_name(stem + end) for end in endings if path.with_name(stem + end).is_file()), None)


def _notes(image: RasterImage) -> tuple[tuple[str, str], ...]:
    notes: list[tuple[str, str]] = []
    if "cf_cvg" not in image.bands:
        notes.append(
            ("counts-missing", "No cf_cvg beside the file: zeros count as not observed, few looks go unnoticed.")
        )
    if image.scene.collection == "vcmcfg":
        notes.append(
            ("stray-light-excluded", "vcmcfg: nights with stray light are left out; no summer at high latitudes.")
        )
    if image.scene.collection == "vcmslcfg":
        notes.append(("stray-light-corrected", "vcmslcfg: nights with stray light are corrected and kept."))
    if any(name.endswith("masked") for name in image.bands):
        notes.append(
            ("background-masked", "Background is set to zero in this layer; don't compare with unmasked ones.")
        )
    if image.scene.path.suffix == ".gz":
        notes.append(("gzipped", "Read through gzip: unpack the file if many windows are to be read."))
    return tuple(notes)
