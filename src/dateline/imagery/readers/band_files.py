"""Plain GeoTIFFs and JPEG 2000 with one band or several: all files of one moment are one acquisition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from odc.geo.geobox import GeoBox
from rasterio.enums import MaskFlags
from rasterio.windows import Window as Reach

from dateline.core.errors import UsageError
from dateline.core.state import State, combine
from dateline.imagery.chip import Chip
from dateline.imagery.coverage import Window
from dateline.imagery.readers.acquisition import About, check_size
from dateline.imagery.readers.levels import check_calibrated, power, without_fills, zero_states
from dateline.imagery.readers.offset import baseline_offset
from dateline.imagery.readers.opened import Notes
from dateline.imagery.readers.raster_image import examined
from dateline.imagery.resample import between, nearest, needed, offset, positions, true_pixel
from dateline.imagery.stack import part_of

F4 = npt.NDArray[np.float32]
U1 = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One band as it is stored. source: address for GDAL. value = number * scale + offset; nodata: no value.

    amplitude: whether the number is to be squared to give power.
    """

    source: str
    path: Path
    index: int
    geobox: GeoBox
    scale: float = 1.0
    offset: float = 0.0
    nodata: float | None = None
    amplitude: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BandFiles:
    """An acquisition out of raster bands on one grid in metres. Nothing stays open between reads."""

    about: About
    stored: Mapping[str, Stored]
    grid: GeoBox
    collection: str | None = None
    sure: bool = False
    """Whether the file itself or the user says the offset of its numbers, so that pixels need not be asked."""

    @property
    def bands(self) -> tuple[str, ...]:
        """The names of its value bands."""
        return tuple(name for name in self.stored if not self._is_flag(name))

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files behind it."""
        return tuple(sorted({band.path for band in self.stored.values()}))

    def read(self, window: Window, bands: tuple[str, ...]) -> Chip:
        """A window of its grid as a chip. Raises UsageError `layer`; what levels and offset raise."""
        check_size(window, self.about.id)
        target = part_of(self.grid, window)
        numbers = np.stack([self._numbers(name, target) for name in bands])
        values, notes = self._scaled(numbers, bands, target)
        states, told = self._states(numbers, values, window)
        values[:, states >= State.NOT_OBSERVED] = np.nan
        return chip_of(self.about, bands, values, states, geobox=target, notes=(*notes, *told))

    def _numbers(self, name: str, target: GeoBox) -> F4:
        """The stored numbers of a band on a grid, NaN where there is none."""
        if name not in self.stored:
            raise UsageError(
                "The image has no band of this name.",
                saw=f"{self.about.id}: {name}",
                do=f"Choose from {', '.join(self.bands)}.",
                code="layer",
            )
        band = self.stored[name]
        if (own := offset(target, band.geobox)) is not None:
            return read_padded(band, own)
        down, across = positions(target, band.geobox)
        reach = needed(down, across)
        here = read_padded(band, reach)
        return between(here, down - reach.rows.start, across - reach.columns.start)

    def _scaled(self, numbers: F4, bands: tuple[str, ...], target: GeoBox) -> tuple[F4, Notes]:
        """Physical values of stored numbers, with notes."""
        if self.about.radar is not None:
            return self._powers(numbers, bands)
        shift, notes = self._offset(numbers, bands, target)
        made = [
            numbers[i] * np.float32(self.stored[name].scale)
            + np.float32(self.stored[name].offset if shift is None else shift)
            for i, name in enumerate(bands)
        ]
        return np.stack(made).astype(np.float32), notes

    def _powers(self, numbers: F4, bands: tuple[str, ...]) -> tuple[F4, Notes]:
        made, notes = np.empty_like(numbers), dict[str, str]()
        for i, name in enumerate(bands):
            band, label = self.stored[name], f"{self.about.id} {name}"
            values, told = without_fills(numbers[i])
            values = values * np.float32(band.scale) + np.float32(band.offset)
            if band.amplitude:
                values = values * values
            made[i], more = power(values, decibel=self.about.described.decibel, name=label)
            if self.about.quantity != "relative":
                check_calibrated(made[i], label)
            notes.update((code, f"{name}: {text}") for code, text in (*told, *more))
        return made, tuple(notes.items())

    def _offset(self, numbers: F4, bands: tuple[str, ...], target: GeoBox) -> tuple[float | None, Notes]:
        if self.about.sensor.id != "sentinel2_l2a" or self.sure:
            return None, ()
        classes = self._flag_codes("SCL", target) if "SCL" in self.stored else None
        return baseline_offset(numbers, bands, classes, self.collection, self.about)

    def _states(self, numbers: F4, values: F4, window: Window) -> tuple[U1, Notes]:
        lost = np.where(np.isfinite(values).all(axis=0), np.uint8(State.OBSERVED), np.uint8(State.NOT_OBSERVED))
        zeros, notes = zero_states(numbers, values)
        target = part_of(self.grid, window)
        return combine(lost, zeros, beyond(window, self.grid), *self._flagged(target)), notes

    def _flagged(self, target: GeoBox) -> list[U1]:
        """The states that flag layers give."""
        made = []
        rules = self.about.sensor.collection(self.collection).flags
        for name, flags in rules.items():
            if name not in self.stored:
                continue
            codes = self._flag_codes(name, target)
            states = np.zeros(codes.shape, np.uint8)
            for code, state in flags.values.items():
                states[codes == code] = state
            made.append(states)
        return made

    def _flag_codes(self, name: str, target: GeoBox) -> U1:
        band = self.stored[name]
        down, across = positions(target, band.geobox)
        reach = needed(down, across)
        codes = np.nan_to_num(read_padded(replace(band, nodata=None), reach)).astype(np.uint8)
        return nearest(codes, down - reach.rows.start, across - reach.columns.start, outside=0)

    def _is_flag(self, name: str) -> bool:
        return self.about.sensor.layer(name, self.collection).role != "value"


def beyond(window: Window, grid: GeoBox) -> U1:
    """(rows, columns) OUTSIDE where a window reaches beyond its grid, OBSERVED elsewhere."""
    inside = [
        (np.arange(side.start, side.stop) >= 0) & (np.arange(side.start, side.stop) < length)
        for side, length in zip(window, grid.shape, strict=True)
    ]
    return np.where(np.outer(*inside), np.uint8(State.OBSERVED), np.uint8(State.OUTSIDE))


def read_padded(band: Stored, window: Window) -> F4:
    """(rows, columns) the stored numbers of a window, NaN for no data and beyond the file."""
    rows, columns = band.geobox.shape
    values = read_window(band.source, band.path, band.index, (rows, columns), window)
    if band.nodata is not None:
        values[values == np.float32(band.nodata)] = np.nan
    return values


def read_window(source: str, path: Path, index: int, shape: tuple[int, int], window: Window) -> F4:
    """(rows, columns) a window of a raster band as float32, NaN beyond it and where its mask says so.

    source: address for GDAL. shape: rows and columns of the raster. Raises InputError `truncated`.
    """
    made = np.full(window.shape, np.nan, np.float32)
    top, bottom = max(window.rows.start, 0), min(window.rows.stop, shape[0])
    left, right = max(window.columns.start, 0), min(window.columns.stop, shape[1])
    if top >= bottom or left >= right:
        return made
    with examined(source, path) as file:
        reach = Reach(left, top, right - left, bottom - top)
        values = file.read(index, window=reach, out_dtype="float32")
        if file.mask_flag_enums[index - 1] != [MaskFlags.all_valid]:
            values[file.read_masks(index, window=reach) == 0] = np.nan
    values[~np.isfinite(values)] = np.nan
    into = (
        slice(top - window.rows.start, bottom - window.rows.start),
        slice(left - window.columns.start, right - window.columns.start),
    )
    made[into] = values
    return made


def chip_of(about: About, bands: tuple[str, ...], values: F4, states: U1, *, geobox: GeoBox, notes: Notes = ()) -> Chip:
    """A chip of an acquisition. The hash of its files is added where they are kept."""
    return Chip(
        id=about.id,
        at=about.at,
        day_only=about.day_only,
        sensor=about.sensor.id,
        platform=about.platform,
        bands=bands,
        quantity=about.quantity,
        values=values.astype(np.float32),
        states=states.astype(np.uint8),
        geobox=geobox,
        pixel=true_pixel(geobox),
        radar=about.radar,
        licence=about.sensor.licence,
        attribution=about.sensor.attribution,
        simulated=about.simulated,
        notes=tuple(dict.fromkeys((*about.notes, *notes))),
    )
