"""A measured image drawn for the page on a declared stretch, with what labels and a scale bar need to stand right."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from affine import Affine
from odc.geo.geobox import GeoBox
from PIL import Image
from pyproj import Geod, Transformer

from dateline.core.errors import InputError
from dateline.core.where import Where
from dateline.imagery.open import open_image
from dateline.imagery.picture import radiance_picture
from dateline.story.picture import WIDEST, Drawn, Placed, encode
from dateline.story.picture_spec import Stretch

Window = tuple[float, float, float, float]
FULL = 1200
"""[px] A small image is enlarged, pixel by pixel, to about this width."""
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
    rows, columns = rows_columns(image.scene.geobox, window, path)
    pixels = image.read(layer or image.default_layer, rows, columns)
    geobox = cut(image.scene.geobox, rows, columns)
    height, width = pixels.values.shape
    picture = radiance_picture(
        pixels.values,
        pixels.states,
        scale=(stretch.low, stretch.high),
        unit=stretch.unit,
        credit=image.scene.attribution,
        simulated=simulated or image.scene.simulated,
        zoom=max(1, round(FULL / width)),
    )
    with Image.open(io.BytesIO(picture.data)) as opened:
        narrower = shrink(geobox) * min(1.0, WIDEST / picture.width)
        size = (round(picture.width * narrower), round(picture.height * min(1.0, WIDEST / picture.width)))
        shown = opened.convert("RGB").resize(size, Image.Resampling.BOX if narrower < 0.5 else Image.Resampling.NEAREST)
    return encode(shown, lossless=True, placed=placed(geobox, (height, width), size, labels))


def rows_columns(geobox: Any, window: Window | None, path: Path) -> tuple[slice, slice]:
    """The rows and columns of a window [degrees]. Raises InputError (code "picture") outside the image, or too many."""
    height, width = geobox.shape
    if window is None:
        rows, columns = slice(0, height), slice(0, width)
    else:
        to_grid = Transformer.from_crs(4326, geobox.crs.to_wkt(), always_xy=True)
        west, south, east, north = window
        corners = [_through(~geobox.transform, *to_grid.transform(x, y)) for x in (west, east) for y in (south, north)]
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


def cut(geobox: GeoBox, rows: slice, columns: slice) -> GeoBox:
    """The grid of a window."""
    affine = geobox.transform
    left, top = _through(affine, columns.start, rows.start)
    shape = (rows.stop - rows.start, columns.stop - columns.start)
    return GeoBox(shape, Affine(affine.a, affine.b, left, affine.d, affine.e, top), geobox.crs)


def shrink(geobox: Any) -> float:
    """How much narrower a pixel is drawn than it is high: in degrees the ground narrows with latitude."""
    if not geobox.crs.geographic:
        return 1.0
    height, width = geobox.shape
    _, latitude = _through(geobox.transform, width / 2, height / 2)
    ratio = abs(geobox.transform.a / geobox.transform.e)
    return float(ratio * math.cos(math.radians(latitude)))


def placed(geobox: Any, shape: tuple[int, int], size: tuple[int, int], labels: Sequence[tuple[str, Where]]) -> Placed:
    """Where labels stand [px of the drawing, which is `size` wide and high], for an image of `shape` rows, columns."""
    height, width = shape
    to_grid = Transformer.from_crs(4326, geobox.crs.to_wkt(), always_xy=True)
    found = []
    for name, where in labels:
        lon, lat = _middle(where)
        column, row = _through(~geobox.transform, *to_grid.transform(lon, lat))
        if 0 <= column <= width and 0 <= row <= height:
            found.append((name, column * size[0] / width, row * size[1] / height))
    ground = _ground_width(geobox)
    return Placed(tuple(found), ground, ground / width)


def _through(affine: Any, x: float, y: float) -> tuple[float, float]:
    """A point through an affine transform; written out because affine's own operator is changing its name."""
    return affine.a * x + affine.b * y + affine.c, affine.d * x + affine.e * y + affine.f


def _middle(where: Where) -> tuple[float, float]:
    if where.lon is not None and where.lat is not None:
        return where.lon, where.lat
    west, south, east, north = where.bounds()
    return (west + east) / 2, (south + north) / 2


def _ground_width(geobox: Any) -> float:
    """The ground that the middle row shows, on the ellipsoid [m]: Web Mercator metres are not metres."""
    to_degrees = Transformer.from_crs(geobox.crs.to_wkt(), 4326, always_xy=True)
    height, width = geobox.shape
    ends = [to_degrees.transform(*_through(geobox.transform, column, height / 2)) for column in (0, width)]
    return float(Geod(ellps="WGS84").inv(*ends[0], *ends[1])[2])
