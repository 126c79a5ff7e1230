"""Plain GeoTIFFs and JPEG 2000 with one band or several: all files of one moment are one acquisition."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from odc.geo.geobox import GeoBox
from rasterio.windows import Window as Reach

from dateline.core.errors import UsageError
from dateline.core.state import State, combine
from dateline.imagery.chip import Chip
from dateline.imagery.coverage import Window
from dateline.imagery.readers.acquisition import LARGEST, About, check_size
from dateline.imagery.readers.blocks import Blocks, masked
from dateline.imagery.readers.levels import BLOCK, check_calibrated, power, without_fills, zero_states, zeros_note
from dateline.imagery.readers.offset import baseline_offset
from dateline.imagery.readers.opened import Notes
from dateline.imagery.readers.raster_image import examined
from dateline.imagery.resample import between, nearest, needed, offset, positions, true_pixel
from dateline.imagery.stack import part_of
from dateline.imagery.windowed import WHOLE, Plane, is_windowed, strips, windowed

F4 = npt.NDArray[np.float32]
U1 = npt.NDArray[np.uint8]
_SAMPLE = 2048
"""Side of the part that tells how a large image's numbers are stored [px]."""


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
    blocks: Mapping[str, Blocks] = field(default_factory=dict)
    """Of bands that are read part by part."""

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
        if window.pixels > WHOLE and self.about.radar is None:
            wanted = {name: self.stored[name] for name in bands if name in self.stored}
            blocks = {name: Blocks.of(band.source, band.path, band.index) for name, band in wanted.items()}
            return replace(self, blocks=blocks)._by_parts(window, bands)
        check_size(window, self.about.id)
        target = part_of(self.grid, window)
        numbers = np.stack([self._numbers(name, target) for name in bands])
        values, notes = self._scaled(numbers, bands, target)
        zeros, told = zero_states(numbers, values)
        states = self._states(zeros, values, window)
        values[:, states >= State.NOT_OBSERVED] = np.nan
        return chip_of(self.about, bands, values, states, geobox=target, notes=(*notes, *told))

    def _by_parts(self, window: Window, bands: tuple[str, ...]) -> Chip:
        """A large window: its states are read now, its values when they are looked at."""
        check_size(window, self.about.id, LARGEST)
        target = part_of(self.grid, window)
        shift, told = self._offset(self._sample(bands, target), bands, target)
        states, lost = np.zeros(target.shape, np.uint8), 0  # what is never written to takes no memory
        for rows in strips(target.shape):
            made, zeros = self._strip_states(window, rows, bands, shift)
            lost += zeros
            if made.any():
                states[rows] = made
        planes = [self._plane(name, target, states, shift) for name in bands]
        notes = (*told, *zeros_note(lost))
        return chip_of(self.about, bands, windowed(planes), states, geobox=target, notes=notes)

    def _sample(self, bands: tuple[str, ...], target: GeoBox) -> F4:
        """Numbers of the middle of a large window: enough to tell how they are stored."""
        rows, columns = (slice((n - min(n, _SAMPLE)) // 2, (n + min(n, _SAMPLE)) // 2) for n in target.shape)
        part = part_of(target, Window(rows, columns))
        return np.stack([self._numbers(name, part) for name in bands])

    def _strip_states(self, window: Window, rows: slice, bands: tuple[str, ...], shift: float | None) -> tuple[U1, int]:
        """States of some rows and how many were lost to blocks of zeros, which reach beyond the rows."""
        top, bottom = max(rows.start - BLOCK, 0), min(rows.stop + BLOCK, window.shape[0])
        first = window.rows.start
        reach = Window(slice(first + top, first + bottom), window.columns)
        numbers = np.stack([self._numbers(name, part_of(self.grid, reach)) for name in bands])
        values = np.stack([self._value(numbers[i], name, shift) for i, name in enumerate(bands)])
        own = slice(rows.start - top, rows.stop - top)
        zeros, _ = zero_states(numbers, values)
        states = self._states(zeros, values, reach)
        return states[own], int((zeros[own] == State.NOT_OBSERVED).sum())

    def _plane(self, name: str, target: GeoBox, states: U1, shift: float | None) -> Plane:
        def read(rows: slice, columns: slice) -> F4:
            values = self._value(self._numbers(name, part_of(target, Window(rows, columns))), name, shift)
            values[states[rows, columns] >= State.NOT_OBSERVED] = np.nan
            return values

        shape = (target.shape[0], target.shape[1])
        return Plane(shape, read)

    def _value(self, numbers: F4, name: str, shift: float | None) -> F4:
        stored = self.stored[name]
        more = stored.offset if shift is None else shift
        return numbers if (stored.scale, more) == (1, 0) else numbers * np.float32(stored.scale) + np.float32(more)

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
            return self._padded(name, own)
        down, across = positions(target, band.geobox)
        reach = needed(down, across)
        here = self._padded(name, reach)
        return between(here, down - reach.rows.start, across - reach.columns.start)

    def _padded(self, name: str, window: Window) -> F4:
        """The stored numbers of a window of a band's own grid, NaN for no data and beyond the file."""
        band = self.stored[name]
        return read_padded(band, window, self.blocks[name].read if name in self.blocks else None)

    def _scaled(self, numbers: F4, bands: tuple[str, ...], target: GeoBox) -> tuple[F4, Notes]:
        """Physical values of stored numbers, with notes."""
        if self.about.radar is not None:
            return self._powers(numbers, bands)
        shift, notes = self._offset(numbers, bands, target)
        return np.stack([self._value(numbers[i], name, shift) for i, name in enumerate(bands)]), notes

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

    def _states(self, zeros: U1, values: F4, window: Window) -> U1:
        """The states of a window. zeros: what zeros alone say of it."""
        lost = np.where(np.isfinite(values).all(axis=0), np.uint8(State.OBSERVED), np.uint8(State.NOT_OBSERVED))
        return combine(lost, zeros, beyond(window, self.grid), *self._flagged(part_of(self.grid, window)))

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


def read_padded(band: Stored, window: Window, read: Callable[[Window], F4] | None = None) -> F4:
    """(rows, columns) the stored numbers of a window, NaN for no data and beyond the file. read: by blocks."""
    rows, columns = band.geobox.shape
    values = read(window) if read else read_window(band.source, band.path, band.index, (rows, columns), window)
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
        values = masked(file, index, reach)
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
        values=values if is_windowed(values) else values.astype(np.float32),
        states=states.astype(np.uint8),
        geobox=geobox,
        pixel=true_pixel(geobox),
        radar=about.radar,
        licence=about.sensor.licence,
        attribution=about.sensor.attribution,
        simulated=about.simulated,
        notes=tuple(dict.fromkeys((*about.notes, *notes))),
    )
