"""What every reader is told beyond the file itself, and what it gives beyond the plain image."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from dateline.core.errors import InputError
from dateline.core.when import When
from dateline.imagery.scene import Image
from dateline.imagery.sensor import Sensor

Notes = tuple[tuple[str, str], ...]
"""What a reader noticed, as (code, text)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What the user says about a file where the file does not say it. None: nothing said.

    counts: a file with the number of looks behind each value. crs: the coordinate system of a file without one.
    minimum_nights: fewer looks than this are too few (default: the sensor file's).
    """

    product: str | None = None
    when: When | None = None
    layer: str | None = None
    collection: str | None = None
    platform: str | None = None
    counts: Path | None = None
    crs: str | None = None
    minimum_nights: int | None = None


class OpenedImage(Image, Protocol):
    """An image with what its reader knows about it."""

    @property
    def sensor(self) -> Sensor:
        """The description it was read by."""
        ...

    @property
    def notes(self) -> Notes:
        """What the reader noticed, as (code, text)."""
        ...

    @property
    def default_layer(self) -> str:
        """The layer to measure where nobody asked for another."""
        ...

    def unit(self, layer: str) -> str:
        """The unit of a layer's values."""
        ...

    def block(self, layer: str) -> tuple[int, int]:
        """Rows and columns of a stored block: windows made of whole blocks read each block once."""
        ...


def damaged(path: Path, error: Exception) -> InputError:
    """The error for a file that begins well and cannot be read on."""
    return InputError(
        "The file is damaged or was not downloaded to its end.",
        saw=f"{path.name}: {error}",
        do="Download it again; compare its size with the listing's.",
        code="truncated",
    )
