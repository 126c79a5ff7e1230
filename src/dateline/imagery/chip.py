"""A cut-out of one image on a metric grid: what the methods about ports and sites are given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np
import numpy.typing as npt
from odc.geo.geobox import GeoBox

from dateline.core.errors import UsageError
from dateline.imagery.sensor import Quantity

Direction = Literal["ascending", "descending"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """How a radar flew and looked, at the middle of a chip. None: the file does not say.

    relative_orbit: the track. heading: of the platform, clockwise from north [degrees]. incidence: [degrees].
    slant_range: to the ground [m]. speed: of the platform [m s-1]. prf: pulse repetition frequency [Hz].
    wavelength: [m]. looks: equivalent number of looks of a pixel as delivered [1].
    """

    relative_orbit: int | None = None
    direction: Direction | None = None
    heading: float | None = None
    incidence: float | None = None
    slant_range: float | None = None
    speed: float | None = None
    prf: float | None = None
    wavelength: float | None = None
    looks: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """One image around a place: all its bands on one grid in metres, with what is known about each pixel.

    at: the time of the look, with its zone. sensor: id of the sensor file. values: (bands, rows, columns) float32,
    NaN where there is none. states: (rows, columns), codes of core.State. geobox: the grid, in a projected reference
    system. pixel: true height and width of the middle pixel on the ground [m], whatever the projection says.
    day_only: only the day of `at` is known, and its hour means nothing.
    """

    id: str
    at: datetime
    day_only: bool = False
    sensor: str
    platform: str | None = None
    bands: tuple[str, ...]
    quantity: Quantity
    values: npt.NDArray[np.float32]
    states: npt.NDArray[np.uint8]
    geobox: GeoBox
    pixel: tuple[float, float]
    radar: Pass | None = None
    sha256: str = ""
    licence: str = ""
    attribution: str = ""
    simulated: bool = False
    notes: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        rows, columns = self.geobox.shape
        if self.values.shape != (len(self.bands), rows, columns) or self.states.shape != (rows, columns):
            raise ValueError(
                f"Chip {self.id}: values {self.values.shape} and states {self.states.shape} do not fit "
                f"{len(self.bands)} bands on a grid of {rows} by {columns}."
            )
        if self.at.tzinfo is None:
            raise ValueError(f"Chip {self.id}: the time {self.at} has no zone.")

    def band(self, name: str) -> npt.NDArray[np.float32]:
        """(rows, columns) one band. Raises UsageError (code `layer`) where there is no such band."""
        if name not in self.bands:
            raise UsageError(
                "The image has no band of this name.",
                saw=repr(name),
                do=f"Choose from {', '.join(self.bands)}.",
                code="layer",
            )
        values: npt.NDArray[np.float32] = self.values[self.bands.index(name)]
        return values
