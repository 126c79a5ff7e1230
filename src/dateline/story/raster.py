"""A measured image drawn for the page: one stretch, a perceptual scale from dark to light, unseen pixels hatched."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image
from pyproj import Geod, Transformer

from dateline.core.errors import InputError
from dateline.core.where import Where
from dateline.imagery.open import open_image
from dateline.story import tokens
from dateline.story.picture import WIDEST, Drawn, Placed, encode
from dateline.story.picture_spec import Stretch

Window = tuple[float, float, float, float]
_HATCH = 9
_LARGEST = 36_000_000
"""[px] A bigger window is refused: name a smaller one."""


def is_measured(path: Path) -> bool:
    """Whether a file holds measured values and not a picture: a TIFF, HDF5 or NetCDF file."""
    with path.open("rb") as stream:
        head = stream.read(8)
    return head.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"\x89HDF", b"CDF", b"\x1f\x8b"))


def draw(
    path: Path,
    stretch: Stretch,
    *,
    product: str | None = None,
    layer: str | None = None,
    window: Window | None = None,
    labels: Sequence[tuple[str, Where]] = (),
    simulated: bool = False,
) -> Drawn:
    """One layer of a measured image on a declared stretch [unit of the layer].

    window: west, south, east, north [degrees]; the whole image when None. labels: names and places to be written on
    it. Raises InputError (code "picture") for a window outside the image, or one too big.
    """
    image = open_image(path, product)[0]
    rows, columns = _rows_columns(image.scene.geobox, window, path)
    pixels = image.read(layer or image.default_layer, rows, columns)
    geobox = image.scene.geobox[rows, columns]
    colours = shade(pixels.values, pixels.states <= 1, stretch)
    height, width, shrink = *pixels.values.shape, _shrink(geobox)
    zoom = max(1.0, min(WIDEST / (width * shrink), 1200 / (width * shrink)))
    size = (round(width * shrink * zoom), round(height * zoom))
    picture = _hatched(_resized(colours, size), _resized(_grey(pixels.states <= 1), size))
    placed = _placed(geobox, size, labels)
    return encode(picture, simulated=simulated or image.scene.simulated, lossless=True, placed=placed)


def shade(values: npt.NDArray[np.float32], seen: npt.NDArray[np.bool_], stretch: Stretch) -> npt.NDArray[np.uint8]:
    """Values as colours (rows, columns, 3); what lies outside the stretch takes its nearest end, unseen is black."""
    low, high = stretch.low, stretch.high
    with np.errstate(invalid="ignore"):
        clipped = np.clip(np.where(seen, np.nan_to_num(values, nan=low), low), low, high)
    share = np.log(clipped / low) / math.log(high / low) if stretch.scale == "log" else (clipped - low) / (high - low)
    ramp = np.array(tokens.ramp("lights"), dtype=np.uint8)
    shaded: npt.NDArray[np.uint8] = ramp[np.rint(share * (len(ramp) - 1)).astype(np.intp)]
    shaded[~seen] = 0
    return shaded


def _rows_columns(geobox: Any, window: Window | None, path: Path) -> tuple[slice, slice]:
    height, width = geobox.shape
    if window is None:
        rows, columns = slice(0, height), slice(0, width)
    else:
        to_grid = Transformer.from_crs(4326, geobox.crs.to_wkt(), always_xy=True)
        west, south, east, north = window
        corners = [~geobox.transform * to_grid.transform(x, y) for x in (west, east) for y in (south, north)]
        xs, ys = zip(*corners, strict=True)
        columns = slice(max(0, math.floor(min(xs))), min(width, math.ceil(max(xs))))
        rows = slice(max(0, math.floor(min(ys))), min(height, math.ceil(max(ys))))
    pixels = max(0, rows.stop - rows.start) * max(0, columns.stop - columns.start)
    if not 0 < pixels <= _LARGEST:
        raise InputError(
            f"This part of {path.name} cannot be drawn.",
            saw=f"{pixels:,} pixels",
            do="Give window = [west, south, east, north] in degrees, within the image and not larger than needed.",
            code="picture",
        )
    return rows, columns


def _shrink(geobox: Any) -> float:
    """How much narrower a pixel is drawn than it is high: in degrees the ground narrows with latitude."""
    if not geobox.crs.geographic:
        return 1.0
    middle = geobox.boundingbox
    ratio = abs(geobox.transform.a / geobox.transform.e)
    return float(ratio * math.cos(math.radians((middle.bottom + middle.top) / 2)))


def _resized(values: npt.NDArray[np.uint8], size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    shrinking = size[0] < values.shape[1]
    how = Image.Resampling.BOX if shrinking else Image.Resampling.NEAREST
    resized: npt.NDArray[np.uint8] = np.asarray(Image.fromarray(values).resize(size, how))
    return resized


def _grey(seen: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint8]:
    return np.where(seen, np.uint8(255), np.uint8(0))


def _hatched(colours: npt.NDArray[np.uint8], seen: npt.NDArray[np.uint8]) -> Image.Image:
    """Unseen pixels get diagonal lines: black means dark here, and unseen is not dark."""
    rows, columns = np.indices(seen.shape)
    line = (rows + columns) % _HATCH < 2
    ground, stroke = tokens.colours("unseen")
    hatched = colours.copy()
    unseen = seen < 128
    hatched[unseen] = ground
    hatched[unseen & line] = stroke
    return Image.fromarray(hatched)


def _placed(geobox: Any, size: tuple[int, int], labels: Sequence[tuple[str, Where]]) -> Placed:
    height, width = geobox.shape
    to_grid = Transformer.from_crs(4326, geobox.crs.to_wkt(), always_xy=True)
    found = []
    for name, where in labels:
        lon, lat = _middle(where)
        column, row = ~geobox.transform * to_grid.transform(lon, lat)
        if 0 <= column <= width and 0 <= row <= height:
            found.append((name, column * size[0] / width, row * size[1] / height))
    ground = _ground_width(geobox)
    return Placed(tuple(found), ground, ground / width)


def _middle(where: Where) -> tuple[float, float]:
    if where.lon is not None and where.lat is not None:
        return where.lon, where.lat
    west, south, east, north = where.bounds()
    return (west + east) / 2, (south + north) / 2


def _ground_width(geobox: Any) -> float:
    """The ground that the middle row shows, on the ellipsoid [m]: Web Mercator metres are not metres."""
    to_degrees = Transformer.from_crs(geobox.crs.to_wkt(), 4326, always_xy=True)
    height, width = geobox.shape
    ends = [to_degrees.transform(*(geobox.transform * (column, height / 2))) for column in (0, width)]
    return float(Geod(ellps="WGS84").inv(*ends[0], *ends[1])[2])
