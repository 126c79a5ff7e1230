"""An acquisition: one image of one moment with all its bands, known before a pixel is read, cut on demand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from odc.geo.geobox import GeoBox

from dateline.imagery.chip import Chip, Pass
from dateline.imagery.coverage import Window
from dateline.imagery.readers.opened import Notes
from dateline.imagery.sensor import Product, Quantity, Sensor
from dateline.imagery.windowed import WHOLE, too_large

LARGEST = 200_000_000
"""Pixels that are read part by part: of each image one byte a pixel, its state, is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the user says about images where they do not say it themselves.

    product: name in a sensor file. collection: processing baseline. crs: of files without one. rows: what a table
    says of a file, by the file's name: time, orbit, direction, product.
    """

    product: str | None = None
    collection: str | None = None
    crs: str | None = None
    rows: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is known of an acquisition beside its pixels. Units and unknowns as in Chip."""

    id: str
    at: datetime
    day_only: bool = False
    sensor: Sensor
    product: str
    quantity: Quantity
    platform: str | None = None
    radar: Pass | None = None
    simulated: bool = False
    notes: Notes = ()

    @property
    def described(self) -> Product:
        """The product's own description."""
        return self.sensor.products[self.product]


class Acquisition(Protocol):
    """What each reader of chips returns."""

    @property
    def about(self) -> About:
        """What is known beside the pixels."""
        ...

    @property
    def bands(self) -> tuple[str, ...]:
        """The names of its bands."""
        ...

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files behind it."""
        ...

    @property
    def grid(self) -> GeoBox:
        """Its own grid in metres, on which `read` counts."""
        ...

    def read(self, window: Window, bands: tuple[str, ...]) -> Chip:
        """A window of its grid, which may reach beyond it: OUTSIDE there. Cost follows the window, not the file."""
        ...


def check_size(window: Window, name: str, most: int = WHOLE) -> None:
    """Raises InputError `chip-too-large` for more pixels than a chip may have: as many as are kept whole, or `most`."""
    if window.pixels > most:
        raise too_large(f"{name}: {window.shape[0]} by {window.shape[1]} pixels")
