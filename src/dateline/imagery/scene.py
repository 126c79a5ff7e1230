"""The frozen metadata of one image, and its pixels as they come: values with the state of each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
from odc.geo.geobox import GeoBox

from dateline.core.when import When


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One image: which sensor made it, when, where, and under what licence. Pixels are read on demand.

    `product` is the name in a sensor file ("VNP46A3"). `collection` and `platform` are None where the file does
    not tell; an unknown is named in the finding and is never guessed.
    """

    id: str
    product: str
    collection: str | None
    platform: str | None
    when: When
    geobox: GeoBox
    path: Path
    licence: str
    attribution: str
    simulated: bool = False
    produced: str | None = None
    """The production stamp in the file's name: a reprocessed granule has a later one."""


@dataclass(frozen=True, slots=True)
class Pixels:
    """A window of one layer.

    values: float32 (rows, columns) in the layer's physical unit, NaN where there is none.
    states: uint8 (rows, columns), codes of core.State.
    nights: uint16 (rows, columns), number of looks behind each value, or None where the product does not count.
    """

    values: npt.NDArray[np.float32]
    states: npt.NDArray[np.uint8]
    nights: npt.NDArray[np.uint16] | None


class Image(Protocol):
    """An opened image: what each reader returns."""

    @property
    def scene(self) -> Scene:
        """Its metadata."""
        ...

    def layers(self) -> tuple[str, ...]:
        """The names of its layers, as in the file."""
        ...

    def read(self, layer: str, rows: slice, columns: slice) -> Pixels:
        """A window of one layer, scaled, with states; cost follows the window and not the file."""
        ...
