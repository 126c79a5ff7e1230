"""Bands of raster files as one image: value, counts and flags may lie in several bands or files of one grid."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from affine import Affine
from odc.geo.geobox import GeoBox
from pyproj import CRS
from pyproj.exceptions import CRSError
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.windows import Window

from dateline.core.errors import InputError, UsageError
from dateline.core.state import State
from dateline.imagery import mask
from dateline.imagery.readers.opened import Declared, Notes, damaged
from dateline.imagery.scene import Pixels, Scene
from dateline.imagery.sensor import Layer, Sensor

UNSTATED = "not stated"
"""The name of a layer in a file that does not say which of the product's layers it holds."""


@dataclass(frozen=True, slots=True)
class Band:
    """One band of one file: its address for GDAL, its number from 1, and the scale of its numbers."""

    source: str
    index: int
    scale: float = 1.0
    offset: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RasterImage:
    """An image out of raster bands. Nothing stays open between reads."""

    scene: Scene
    sensor: Sensor
    bands: Mapping[str, Band]
    default_layer: str
    notes: Notes
    minimum_nights: int | None

    def layers(self) -> tuple[str, ...]:
        """The names of its layers, spelled as the product spells them; "not stated" where the file does not say."""
        return tuple(self.bands)

    def unit(self, layer: str) -> str:
        """The unit of a layer's values."""
        return self._described(layer).unit

    def block(self, layer: str) -> tuple[int, int]:
        """Rows and columns of a stored block [px]."""
        with opened(self._band(layer).source, self.scene.path) as file:
            rows, columns = file.block_shapes[0]
            return int(rows), int(columns)

    def read(self, layer: str, rows: slice, columns: slice) -> Pixels:
        """A window of one layer: values [unit of the layer], NaN where there is none, states, looks where counted."""
        described = self._described(layer)
        values = self._values(self._band(layer), rows, columns)
        if described.minimum is not None:
            np.putmask(values, values < np.float32(described.minimum), np.float32(np.nan))
        nights = self._nights(described, rows, columns)
        beside = mask.Beside(
            fetch=lambda name: self._flags(name, rows, columns),
            nights=nights,
            minimum=self.minimum_nights,
            floor=self.sensor.floor(self.scene.collection) if described.role == "value" else None,
        )
        codes = mask.states(values, described, self.sensor.collection(self.scene.collection), beside)
        np.putmask(values, codes >= State.NOT_OBSERVED, np.float32(np.nan))
        return Pixels(values, codes, nights)

    def _described(self, layer: str) -> Layer:
        name = self.sensor.default_layer if layer == UNSTATED else layer
        return self.sensor.layer(name, self.scene.collection)

    def _band(self, layer: str) -> Band:
        # Where the file does not name its layer, whoever asks for a value layer declares which it is.
        if UNSTATED in self.bands and self._described(layer).role == "value":
            return self.bands[UNSTATED]
        if layer in self.bands:
            return self.bands[layer]
        raise InputError(
            "The file lacks this layer.",
            saw=f"{self.scene.path.name}: {layer}; it has {', '.join(self.bands)}",
            do="Choose one of its layers.",
            code="layer-missing",
        )

    def _values(self, band: Band, rows: slice, columns: slice) -> Any:
        read = read_band(band, self.scene.path, rows, columns)
        values = np.where(np.ma.getmaskarray(read), np.nan, read.data.astype(np.float32)).astype(np.float32)
        np.putmask(values, ~np.isfinite(values), np.float32(np.nan))
        if (band.scale, band.offset) != (1.0, 0.0):
            values = values * np.float32(band.scale) + np.float32(band.offset)
        return values

    def _nights(self, described: Layer, rows: slice, columns: slice) -> Any:
        if described.count is None or described.count not in self.bands:
            return None
        read = read_band(self.bands[described.count], self.scene.path, rows, columns)
        self._refuse_fractions(read)
        return np.nan_to_num(read.filled(0)).clip(0, np.iinfo(np.uint16).max - 1).astype(np.uint16)

    def _refuse_fractions(self, read: Any) -> None:
        """Counts are whole numbers; anything else is another quantity under the wrong flag."""
        known = np.ma.compressed(read)
        if known.dtype.kind == "f" and (known[np.isfinite(known)] % 1).any():
            raise InputError(
                "The file of counts does not hold counts.",
                saw=f"values such as {float(known[np.isfinite(known)].max()):.3g}, with fractions",
                do="Give the file with the number of cloud-free looks (cf_cvg).",
                code="counts-file",
            )

    def _flags(self, name: str, rows: slice, columns: slice) -> Any:
        if name not in self.bands:
            return None
        described = self.sensor.layer(name, self.scene.collection)
        read = read_band(self.bands[name], self.scene.path, rows, columns)
        unset = 0 if described.fill is None else int(described.fill)
        return np.where(np.ma.getmaskarray(read), unset, np.nan_to_num(read.data)).astype(described.dtype)


@contextmanager
def examined(source: str, path: Path) -> Iterator[Any]:
    """A raster opened for its metadata: a missing position is answered with our own error, not GDAL's warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with opened(source, path) as file:
            yield file


@contextmanager
def opened(source: str, path: Path) -> Iterator[Any]:
    """A raster opened for reading; what GDAL cannot read on becomes a three-part error (code `truncated`)."""
    try:
        with rasterio.open(source) as file:
            yield file
    except RasterioError as error:
        raise damaged(path, error) from error


def read_band(band: Band, path: Path, rows: slice, columns: slice) -> Any:
    """A masked window of a band, in the file's own numbers."""
    with opened(band.source, path) as file:
        top, bottom, _ = rows.indices(file.height)
        left, right, _ = columns.indices(file.width)
        window = Window(left, top, max(right - left, 0), max(bottom - top, 0))
        return file.read(band.index, window=window, masked=True)


def geobox_of(file: Any, path: Path, declared: Declared, sensor: Sensor) -> tuple[GeoBox, Notes]:
    """The grid of a raster, and a note where its coordinate system was not in the file.

    Raises InputError (code `no-crs`). A NetCDF axis in steps of the product's own pixel is taken for the product's
    grid: such files hardly ever carry a coordinate system.
    """
    transform: Affine = file.transform
    told = None if file.crs is None else file.crs.to_epsg()
    crs = f"EPSG:{told}" if told else None if file.crs is None else file.crs.to_wkt()
    notes: Notes = ()
    _check_declared(declared.crs, crs, path)
    if crs is None and declared.crs is not None and not transform.is_identity:
        crs, notes = (
            declared.crs,
            (("crs-declared", f"The file has no coordinate system; {declared.crs} was declared."),),
        )
    if crs is None and file.driver == "netCDF" and _is_products_grid(transform, sensor):
        crs = sensor.crs
        notes = (
            ("crs-from-product", f"The file has no coordinate system; its steps are the product's ({sensor.crs})."),
        )
    if crs is None or transform.is_identity:
        raise InputError(
            "The file does not say where on Earth it lies.",
            saw=f"{path.name}: coordinate system {crs or 'missing'}{', no position' if transform.is_identity else ''}",
            do="Use the georeferenced original, or declare its coordinate system (such as EPSG:4326) if you know it.",
            code="no-crs",
        )
    return GeoBox((file.height, file.width), transform, crs), notes


def _check_declared(declared: str | None, told: str | None, path: Path) -> None:
    """Raises UsageError (code `crs`) for a declared system that does not exist, or that the file contradicts."""
    if declared is None:
        return
    try:
        wanted = CRS.from_user_input(declared)
    except CRSError as error:
        raise UsageError(
            "There is no such coordinate system.", saw=repr(declared), do="Write EPSG:4326, for example.", code="crs"
        ) from error
    if told is not None and CRS.from_user_input(told) != wanted:
        raise UsageError(
            "The file says another coordinate system than you do.",
            saw=f"{path.name}: {told}; declared: {declared}",
            do="Leave --crs out: the file's own counts.",
            code="crs",
        )


def _is_products_grid(transform: Affine, sensor: Sensor) -> bool:
    if sensor.pixel is None or sensor.crs is None:
        return False
    square = abs(abs(transform.a) - sensor.pixel) + abs(abs(transform.e) - sensor.pixel) < 1e-3 * sensor.pixel
    return bool(square and abs(transform.c) <= 180 and abs(transform.f) <= 90)


def same_grid(file: Any, geobox: GeoBox) -> bool:
    """Whether a raster lies on this grid, to a hundredth of a pixel."""
    if (file.height, file.width) != tuple(geobox.shape):
        return False
    pixel = abs(geobox.transform.a)
    return all(
        abs(one - other) < pixel / 100 for one, other in zip(file.transform[:6], geobox.transform[:6], strict=True)
    )


def counts_grid(path: Path, counts: str) -> InputError:
    """The error for counts that lie on another grid than the values."""
    return InputError(
        "The counts of looks do not lie on the grid of the values.",
        saw=f"{path.name} and {counts}",
        do="Give the count file that belongs to this image.",
        code="counts-grid",
    )
