"""A first look at the lights of a night, from pictures: ranges of values, states, and never a measurement."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from affine import Affine

from dateline.core.errors import InputError
from dateline.core.where import Where
from dateline.imagery.catalog.colormap import Colormap, decode
from dateline.imagery.catalog.mercator import MapTile
from dateline.imagery.extent import shape_of

LABEL = (
    "FIRST LOOK, NOT A MEASUREMENT: greys of a picture of the gap-filled layer. An outage can be invisible here; a "
    "number is a range of 0.1 nW cm-2 sr-1 or wider, and above the saturation nothing is known."
)

FOLDER = "first-look-not-a-measurement"
"""The name of every folder that these pictures are put in."""

State = Literal["no data", "saturated", "range"]

F4 = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One night over one place. `low` to `high` [nW cm-2 sr-1] is the range of the middle pixel; None: not known.

    `pixels` are those of the place, `seen` the share of them with a value, `saturated` the share above the scale [1].
    Every value may be filled from earlier nights: the picture does not say which.
    """

    day: date
    state: State
    low: float | None
    high: float | None
    pixels: int
    seen: float
    saturated: float
    pictures: tuple[Path, ...]

    def to_json(self) -> dict[str, Any]:
        """Its row for a program."""
        return {
            "day": self.day.isoformat(),
            "state": self.state,
            "low": self.low,
            "high": self.high,
            "unit": "nW cm-2 sr-1",
            "pixels": self.pixels,
            "seen": self.seen,
            "saturated": self.saturated,
            "gap_filled": "possible",
            "pictures": [str(path) for path in self.pictures],
        }


def look(day: date, pictures: Mapping[MapTile, Path], colours: Colormap, place: Where) -> Look:
    """Reads the pixels of a place whose middles lie in it (the nearest one of a tiny place) from the tiles of a day.

    Raises InputError (code `picture`) for a tile that is no picture of 256 by 256 pixels.
    """
    shape = shape_of(place)
    parts = [_pixels(tile, path, colours, shape, touched=False) for tile, path in pictures.items()]
    if not any(low.size for low, _ in parts):
        parts = [_pixels(tile, path, colours, shape, touched=True) for tile, path in pictures.items()]
    low = np.concatenate([part for part, _ in parts] or [np.empty(0, np.float32)])
    high = np.concatenate([part for _, part in parts] or [np.empty(0, np.float32)])
    return _summed(day, low, high, tuple(pictures.values()))


def _summed(day: date, low: F4, high: F4, pictures: tuple[Path, ...]) -> Look:
    known = ~np.isnan(low)
    count = int(known.sum())
    if count == 0:
        return Look(
            day=day, state="no data", low=None, high=None, pixels=low.size, seen=0.0, saturated=0.0, pictures=pictures
        )
    middle = np.argsort(low[known], kind="stable")[(count - 1) // 2]
    bottom, top = float(low[known][middle]), float(high[known][middle])
    return Look(
        day=day,
        state="saturated" if math.isinf(top) else "range",
        low=bottom,
        high=None if math.isinf(top) else top,
        pixels=low.size,
        seen=count / low.size,
        saturated=float(np.isinf(high[known]).mean()),
        pictures=pictures,
    )


def _pixels(tile: MapTile, path: Path, colours: Colormap, shape: Any, *, touched: bool) -> tuple[F4, F4]:
    """Lower and upper edges of the pixels of a tile that lie in a shape [deg]."""
    from rasterio.features import geometry_mask
    from rasterio.warp import transform_geom
    from shapely.geometry import mapping

    values = decode(_picture(path), colours)
    inside = geometry_mask(
        [transform_geom("EPSG:4326", "EPSG:3857", mapping(shape))],
        values.low.shape,
        _transform(tile),
        all_touched=touched,
        invert=True,
    )
    return values.low[inside], values.high[inside]


def _transform(tile: MapTile) -> Affine:
    """From pixels of a tile to metres of EPSG:3857."""
    west, _, east, north = tile.extent
    side = (east - west) / 256
    return Affine(side, 0.0, west, 0.0, -side, north)


def _picture(path: Path) -> npt.NDArray[np.uint8]:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as image:
            if image.size != (256, 256):
                raise ValueError(f"{image.size[0]} x {image.size[1]} pixels")
            return np.asarray(image.convert("RGBA"))
    except (UnidentifiedImageError, OSError, ValueError) as error:
        raise InputError(
            "This is not a tile of a map.",
            saw=f"{path.name}: {error}",
            do="Delete it and look again.",
            code="picture",
        ) from error
